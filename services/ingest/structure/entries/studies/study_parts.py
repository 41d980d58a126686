"""How a line of studies is parted: what stands between its names, and what is none of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

# Stands where a degree was.
DEGREE_MARK = "\x01"

# The look ahead lets most signs go by at one glance. A stop that ends a short form of a school's name parts nothing.
PARTS = re.compile(
    r"(?=[\s\x00\x01|•·;，،、⋅‧,:：–—.C-])(?:"
    r"\s{0,3}(?:\bCity\s{0,3},\s{0,3}State\b|[|•·;，،、⋅‧]\s{0,3}|,\s{1,3}|:\s{1,3})|\x00+|\x01+"
    r"|\s{1,3}[-–—−]+\s{1,3}|\s{1,3}[–—]|[–—]\s{1,3}|,(?!\d)|：|\.{3,80}\s{0,3}|-{2,80}"
    r"|(?<=[^\W\d_]{3})(?<!Comm)(?<!Univ)(?<!Inst)(?<!Coll)(?<!Tech)(?<!Acad)(?<!Elem)\.\s{1,3}(?=[A-ZÀ-Ý])"
    r"|\s\((?=[a-z]))"
)
PLACE_END = re.compile(
    r"\s{0,3}[|–,-]\s{0,3}City\b.*$|\s{1,3}City\s{0,3},\s{0,3}(?:State)?.*$|\s{0,3}City\s{0,3}$"
    r"|\s{0,3}[|–-]\s{0,3}State\b.*$"
)
REMARK = re.compile(
    r"\b(?:GPA|G\.P\.A|Grade|Note|Abschlussnote|Notendurchschnitt|mention|mit der Note|Dean['’]?s List|Magna Cum"
    r"|Summa Cum|Cum Laude|Graduated with|Top \d{1,2} ?%|with honou?rs|voto|ocena|promedio|média"
    r"|conseguit[ao]|obtenue?|erworben)\b.*$",
    re.IGNORECASE,
)
IN = re.compile(
    r"\s{0,3}(?:degree\s{1,3})?(?:(?:in|of|en|de|em|di|im fach|der|des|zum|zur|im|w|в|по|في"
    r"|(?-i:i)|with a major in|major in|major|specialization in)\s{1,3}|d['’]|ב)",
    re.IGNORECASE,
)
# What a form puts where nothing was filled in.
_UNFILLED = re.compile(
    r"Select (?:One|Degree|Your Degree)\b|Select\.{2,3}|\[[A-Z][\w /’'-]{1,30}\]"
    r"|\b(?:University|School|College|Institution|Degree|Course|Major) Name\b"
    r"|\bName of (?:School|University|Institution)\b"
)
# What forms of many countries put before the school, the degree and the date.
_LABELS = re.compile(
    r"\s{0,3}(?:[•*·-]\s{0,3})?(?:"
    r"(?:nome e tipo d(?:i|[’'])\s{0,2}istituto(?: di istruzione o formazione)?|qualifica conseguita|titolo conseguito"
    r"|name and type of organi[sz]ation(?: providing education and training)?|title of qualification awarded"
    r"|título de la cualificación obtenida|nombre y tipo de la organización(?: educativa)?"
    r"|intitulé du (?:certificat ou )?diplôme(?: délivré)?)\s{0,3}:?"
    r"|(?:título(?: obtenido)?|titulación|centro(?: de estudios| educativo)?|institución|titolo(?: di studio)?"
    r"|istituto|scuola|università|ateneo|diplôme(?: obtenu)?|établissement|école|skola|lärosäte"
    r"|okul|okul adı|üniversite|lise|учебное заведение|вуз|school|institution|university"
    r"|college|schule|hochschule|escola|instituição|instelling|data|fecha|año|date|tarih|datum|uczelnia|szkoła)"
    r"\s{0,3}:)\s{0,3}(?=\S)",
    re.IGNORECASE,
)
_PLAN = re.compile(r"\(plan\b[^()]{0,30}\)", re.IGNORECASE)
_BRACKETS = re.compile(r"\(([^()]{2,80})\)")


@lru_cache(maxsize=1024)
def separated(text: str) -> tuple[tuple[int, int], ...]:
    """Where the parts of a line begin and end."""
    found = []
    start = 0
    for match in PARTS.finditer(text):
        if match.start() > start:
            found.append((start, match.start()))
        start = match.end()
    if start < len(text):
        found.append((start, len(text)))
    return tuple(found)


def without_unfilled(text: str) -> str:
    """`text`, as long as before, with separators where a form's own words stand: "Select One", "School Name:"."""
    text = _PLAN.sub(lambda found: "|" + " " * (len(found.group()) - 1), text)
    label = _LABELS.match(text)
    text = "|" + " " * (label.end() - 1) + text[label.end() :] if label else text
    return _UNFILLED.sub(lambda found: "|" + " " * (len(found.group()) - 1), text)


def brackets_in(text: str) -> Iterator[re.Match[str]]:
    """The brackets of a line."""
    return _BRACKETS.finditer(text) if "(" in text else iter(())
