"""The newest position that a resume tells of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from libs.contracts.structure import Entry, Section
from libs.contracts.text_preparation import one_line
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.title.headline import first_occupation, is_title
from services.ingest.structure.title.occupation_words import is_shaped, label_of, names_occupation

# Where no entries are known, the first position stands within so many lines of its section.
MAX_LINES = 8

_MONTH = (
    r"(?:jan|feb|fév|fev|mar|mär|mrt|apr|avr|abr|kwi|may|mai|maj|mei|mag|jun|jui|juin|giu|cze|jul|juil|lug|lip|aug|aoû|ago"
    r"|sie|sep|set|wrz|oct|okt|out|ott|paź|nov|lis|dec|déc|dez|dic|gru|ene|gen|sty|lut|spring|summer|autumn|fall|winter"
    r"|январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр|октябр|ноябр|декабр)[^\W\d_]{0,9}\.?"
)
_DATES = re.compile(
    rf"\(?(?:\b{_MONTH}\s+(?:(?:of|de)\s+)?)?(?<!\d)(?:\d{{1,2}}[./])?(?:19|20)\d\d(?:[./-]\d{{1,2}})?(?!\d)(?:年(?:\d{{1,2}}月)?)?\)?"
    rf"|\b{_MONTH}\s+['’]?\d\d\b|(?<!\d)\d{{1,2}}/\d\d(?!\d)"
    r"|(?<=[–—-]\s)(?:date|ongoing)\b|\b(?:since|onwards?)\b"
    r"|\b(?:present|current|now|today|to date|till date|heute|aktuell|aujourd'hui|présent|actualidad|actual|a la fecha"
    r"|atual|presente|oggi|attuale|heden|nadal|obecnie|настоящее время|н\.в\.|halen)\b|至今|现在|حتى الآن|الآن|היום",
    re.IGNORECASE,
)
# Who somebody worked for is no part of what they were.
_SUPERIOR = re.compile(
    r"\s(?:manager|advisor|adviser|supervisor|mentor|reports? to|reporting to|经理|导师|主管)\s*[:：].*$", re.I
)
_OWN_PROJECTS = re.compile(r"\b(?:individual|personal|own|side|open[- ]source) projects?\b", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"company name|city\s*,\s*state", re.IGNORECASE)
_BETWEEN = re.compile(
    r"\x00|[|•·,،;()（）\t]|(?<=[\u3400-\u9fff])\s|\.\s|\s[–—-]\s|\s(?:to|bis|at|bei|chez|als)\s|\s{2,}"
)
_EDGES = " .,;:|–—-−·•*\t~"
_NO_TITLE = re.compile(
    r"[@:\d]|\b(?:inc|ltd|llc|llp|gmbh|ag|kg|plc|corp|sarl|sas|srl|spa|bv|nv|oy|ab|university|college|school)\b",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"\b(?:since|seit|depuis|desde|dal|sinds|od)\s(?:\S{1,12}\s)?(?:19|20)\d\d|(?:19|20)\d\d\s?(?:[–—-]\s?(?:date|ongoing|…|\.\.\.)|on(?:wards?)?\b"
    r"|[–—-]\s*(?=[\t|,)]|$))|с\s(?:19|20)\d\d|(?:19|20)\d\d年?至今",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^[•·●○◦▪■*>+~–—-]\s")


def newest_held(stored: StoredText, sections: Sequence[Section], entries: Sequence[Entry]) -> str | None:
    """The title of the position that is held, or was held last; None where no position has one."""
    held = [(place, entry) for place, entry in enumerate(entries) if entry.type == "work" and entry.title]
    projects = [section for section in sections if section.kind == "projects"]
    # Who maintains a project is seldom that by occupation.
    held = [each for each in held if not _is_project(each[1], projects)] or held
    newest = max(held, key=_age, default=None)
    title = "" if newest is None else _SUPERIOR.sub("", one_line(newest[1].title or "")).strip(_EDGES)
    if names_occupation(title, True) and ":" not in title:
        first = None if newest is None or newest[1].in_progress else _still_held(stored, newest[1].start)
        return first or title
    # An employer or a place may stand where a title is sought: another line is then surer.
    return _first_held(stored, sections) or (title if title and not _NO_TITLE.search(title) else None)


def _is_project(entry: Entry, sections: Sequence[Section]) -> bool:
    if _OWN_PROJECTS.search(entry.title or ""):
        return True
    return any(section.start <= entry.start < section.end for section in sections)


def _still_held(stored: StoredText, before: int) -> str | None:
    """A position above that is held still, where none found is: "2022 – date", "since 2011", "(Mar 2023 on)"."""
    above = [line for line in stored.lines if line.start < before and _SINCE.search(line.text[:300])]
    return next((found for line in above if (found := _in_line(line.text[:300].lstrip(_EDGES)))), None)


def _age(held: tuple[int, Entry]) -> tuple[bool, str, str, int]:
    """Newer is greater; of positions of one time the one that stands first."""
    place, entry = held
    return entry.in_progress, entry.to or entry.from_ or "", entry.from_ or "", -place


def _first_held(stored: StoredText, sections: Sequence[Section]) -> str | None:
    """The first title in the sections of experience: the newest, as most resumes are ordered."""
    for section in sections:
        if section.kind != "experience":
            continue
        inside = [line for line in stored.lines if section.start < line.start < section.end][:MAX_LINES]
        for line in inside:
            found = None if _BULLET.match(line.text) else _in_line(line.text[:300])
            if found is not None:
                return found
    return None


def _in_line(text: str) -> str | None:
    text = _PLACEHOLDER.sub("\x00", _DATES.sub("\x00", _SUPERIOR.sub("", text)))
    for piece in _BETWEEN.split(text):
        label, colon, rest = piece.partition(":")
        words = rest if colon and label_of(label) == "label" else piece
        words = words.strip(_EDGES)
        if is_title(words, True) and is_shaped(words) and len(words.split()) <= 8 and ":" not in words:
            return words
    return None


def said_in_summary(stored: StoredText, sections: Sequence[Section]) -> str | None:
    """The occupation with which a summary begins: "Registered nurse with ten years of practice"."""
    for section in sections:
        if section.kind == "summary":
            inside = next((line for line in stored.lines if section.start < line.start < section.end), None)
            return None if inside is None else first_occupation(inside.text, True, parts=2)
    return None
