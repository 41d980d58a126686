"""What kind of section an unknown heading begins, by the lines below it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from libs.contracts.structure import SectionKind
from services.ingest.structure.sections.dated import holds_date
from services.ingest.structure.sections.named_items import told_by_items
from services.ingest.structure.title.occupation_words import names_occupation

MAX_LINES = 8
MAX_CHARS = 200
# A list names so many things in one line, each in few words.
MIN_LISTED = 4
MAX_ITEM_WORDS = 3
MIN_PROSE_WORDS = 8

_SCHOOL = re.compile(
    r"\b(?:universi\w+|uniwersytet\w*|универ\w+|hochschule|fachhochschule|college|school|gymnasium|lyc[ée]e|liceo|liceum"
    r"|[ée]cole|escuela|escola|scuola|instituto|facult\w+|fakult\w+|bachelor\w*|master(?:'s)?\b|diploma|diplom\w*|degree|abitur"
    r"|baccalaur\w+|licence|licenciatura|laurea|b\.?sc|m\.?sc|b\.?a\.|m\.?a\.|ph\.?d|mba)\b"
    r"|大学|学院|高校|学士|硕士|本科|جامعة|بكالوريوس|אוניברסיט|תואר",
    re.IGNORECASE,
)
_DEGREE = re.compile(
    r"(?:bachelor|master|associate|b\.?\s?sc|m\.?\s?sc|b\.?\s?a\b|m\.?\s?a\b|ph\.?\s?d|mba\b|doctor|doctora\w+"
    r"|licence (?:de|en)|licencia\w+ (?:en|em)"
    r"|laurea|magist\w+|diplom(?:a|e|ado)?\s(?:in|en|of|de|em)|grado en|máster|maestr[íi]a|mestrado|бакалавр|магистр"
    r"|本科|学士|硕士|博士|بكالوريوس|ماجستير|תואר)",
    re.IGNORECASE,
)
MAX_FORM_LINES = 4
# Positions without a known title are told by so many periods.
MIN_PERIODS = 2
_PERIOD = re.compile(r"(?:19|20)\d\d\s?(?:[-–—~〜至]|\b(?:to|till?|until|bis|à|a|al|até|do|tot|до|по)\b)\s?[\w'’]")
_FIELD = re.compile(r"[^\W\d_][^:：.,;]{1,30}\s?[:：]\s?\S[^:：]{0,60}$")
_SPLIT = re.compile(r"[,;|•·、，،/]")


def names_degree(title: str) -> bool:
    """Whether the words begin as a degree's do: "Master of Arts" is what a section holds, not its heading."""
    return _DEGREE.match(title) is not None


def is_prose(lines: Sequence[str]) -> bool:
    """Whether the first line tells something in a sentence, and no date."""
    return (
        bool(lines) and len(lines[0].split()) >= MIN_PROSE_WORDS and not holds_date(lines[0]) and not _is_list(lines[0])
    )


def is_form(lines: Sequence[str]) -> bool:
    """Whether the first lines are a form's: a label and a value each."""
    first = lines[:MAX_FORM_LINES]
    return len(first) > 1 and 2 * sum(_FIELD.match(line) is not None for line in first) > len(first)


def told_below(lines: Sequence[str], opens: bool) -> SectionKind:
    """Positions with dates are experience, schools are education; a list is what its items are; prose that opens a
    resume (`opens`: no section of work, studies or skills stands above) is its summary."""
    first = [line[:MAX_CHARS] for line in lines[:MAX_LINES]]
    if not first:
        return "other"
    if opens and is_prose(first):
        return "summary"
    dated = any(map(holds_date, first))
    entry = next((told for line in first if (told := _told_by_entry(line)) is not None), None) if dated else None
    if entry is not None:
        return entry
    if sum(_PERIOD.search(line) is not None for line in first) >= MIN_PERIODS:
        return "experience"
    if not dated and (named := told_by_items(first)) is not None:
        return named
    lists = sum(_is_list(line) for line in first)
    return "skills" if not dated and lists and 2 * lists >= len(first) else "other"


def is_listed(lines: Sequence[str]) -> bool:
    """Whether the first line names some things in few words each."""
    items = _SPLIT.split(lines[0][:MAX_CHARS]) if lines and not holds_date(lines[0]) else []
    return len(items) > 1 and all(len(item.split()) <= MAX_ITEM_WORDS for item in items)


def names_school(line: str) -> bool:
    """Whether a school or a degree is named in a line."""
    return _SCHOOL.search(line[:MAX_CHARS]) is not None


def _told_by_entry(line: str) -> SectionKind | None:
    """What the line of an entry tells: who teaches at a school works there."""
    if not line.endswith(".") and names_occupation(line, True) and _DEGREE.search(line) is None:
        return "experience"
    return "education" if names_school(line) else None


def _is_list(line: str) -> bool:
    items = [item.split() for item in _SPLIT.split(line.rstrip("."))]
    return len(items) >= MIN_LISTED and all(len(item) <= MAX_ITEM_WORDS for item in items)
