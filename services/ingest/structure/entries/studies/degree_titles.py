"""Which of a line's degrees it is about, and the title that it writes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.ingest.structure.entries.dates.words import fold
from services.ingest.structure.entries.studies.degrees import Degree

_FOLLOWS = re.compile(
    r"['’]?s?\s{1,3}(?:degree conferred|degree|diploma|studies|completo|completa|universitario|multiprofissional)\b",
    re.IGNORECASE,
)
# "NVQ Level 3 Diploma", "Certificate IV".
_STEP = re.compile(
    r"\s{1,3}(?:(?:Level|Niveau|Stufe|Nivel|Livello)\s{0,2}\d\b|(?-i:III|II|IV|I)\b)"
    r"(?:\s{1,3}(?:(?:Extended|National|Subsidiary|First|Higher|Foundation)\s{1,3}){0,2}"
    r"(?:Diploma|Certificate|Award|Apprenticeship)\b)?",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\s{0,3}\([^)\x00:]{1,30}\)")
_JOINED_END = re.compile(r" (?:en|em|in|im|di)$")
# A student for a degree has that degree for a title.
_GRADUATE = re.compile(r"(?:在读)?(硕士|博士)研究生")
_COUNTED = re.compile(r"(?<![\d\x00/.-])(\d{1,2})\s{1,3}$")
# Kinds of schools and of studies; what one leaves them with tells more.
_LESS_TELLING = frozenset(
    {"meisterschule", "technikerschule", "fachschule", "berufsfachschule", "handelsschule", "wirtschaftsschule"}
    | {"высшее", "высшее образование", "вища освіта", "studia wyższe", "wykształcenie wyższe", "ensino superior"}
)


def chosen(text: str, degrees: Sequence[Degree]) -> Degree | None:
    """The degree that a line is about: the first, but rather one of a level, and rather what a school is left with."""
    return min(degrees, key=lambda degree: _lesser(text, degree), default=None)


def _lesser(text: str, degree: Degree) -> int:
    if degree.level == "other":
        return 2
    return 1 if fold(text[degree.start : degree.end]) in _LESS_TELLING else 0


def title_of(text: str, degree: Degree) -> tuple[str, int]:
    """The degree as written, with what belongs to it, and where it ends."""
    end = degree.end
    follows = _STEP.match(text, end) or _FOLLOWS.match(text, end)
    if follows:
        end = follows.end()
    bracket = _BRACKET.match(text, end)
    if bracket:
        end = bracket.end()
    title = _JOINED_END.sub("", text[degree.start : end].strip())
    graduate = _GRADUATE.fullmatch(title)
    title = graduate.group(1) if graduate else title
    counted = _COUNTED.search(text[: degree.start])
    return (f"{counted.group(1)} {title}" if counted else title), end
