"""What tells a person's age, origin, sex, family or belief."""

from __future__ import annotations

import re

from services.ingest.structure.identity.cues import folded_list, folded_phrase
from services.ingest.structure.identity.names.lexicon import lexicon
from services.ingest.structure.identity.protected.protected_alone import find_told_alone
from services.ingest.structure.identity.protected.protected_cues import PROTECTED_CUES, load, says_a_trait
from services.ingest.structure.identity.protected.told_of_oneself import find_told_of_oneself
from services.ingest.structure.identity.words import Words, holds_east_asian
from services.ingest.structure.identity.zones import Zones

_MOST_VALUE = 70
_MOST_UNMARKED_WORDS = 4

_YEAR = r"(?:19|20|١٩|٢٠|۱۹|۲۰|13|14|۱۳)\d\d"
_DATE_END = re.compile(
    rf"\d{{1,2}}[./\-\s]{{1,2}}\d{{1,2}}[./\-\s]{{1,2}}{_YEAR}"
    rf"|{_YEAR}(?:\s?[./-]\s?\d{{1,2}}(?:\s?[./-]\s?\d{{1,2}})?\.?|\.\s[^\W\d_]{{3,12}}\.?\s\d{{1,2}}\.?(?!\d)|\s?[年년]\s?\d{{1,2}}\s?[月월](?:\s?\d{{1,2}}\s?[日일])?생?|\s?[年년]생?)?"
    r"|\d{1,2}[./-]\d{1,2}[./-]\d\d(?!\d)"
    r"|(?:明治|大正|昭和|平成|令和|民國|民国)\s?(?:\d{1,3}|元)\s?年(?:\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?日)?)?生?"
)
_AFTER_DATE = re.compile(
    r"(?:\s?(?:r\.|р\.|г\.|г\.р\.|року|года|году|roku|生|生まれ)(?!\w))?"
    r"(?:\s?[(（,–-]{0,2}\s?(?:age|aged|edad|idade|alter|満|만)?:?\s?\d{1,2}\s?"
    r"(?:years?(?: old)?|yrs?(?: old)?|y/o|ans|jahre|años|anos|anni|jaar|lat|år|岁|歳|歲|세)\.?\s?[)）]?)?"
    r"(?:[.,]?\s(?:in|at|à|a|en|em|te|w|we|i|v|ve|la|în|din|u|nel|'da|w mieście|в|у|في|ב)\s"
    r"[^\W\d_][\w'’.-]+(?:[ -][^\W\d_a-z][\w'’.-]+){0,2}(?:\s\([^\n()]{2,20}\))?"
    r"(?:,\s(?:wilaya|wil|province|prov|gouvernorat|préfecture|région|département|dép|provincia|pcia|depto|kreis|landkreis"
    r"|jud|județul|pow|woj|okres|district|dist)\.?\s(?:de |d['’]|of )?[^\W\d_][\w'’-]+)?)?",
    re.IGNORECASE,
)
_VALUE_STOP = re.compile(r"\n|\t|\s{3,}|[|•·●▪■;；]|\s[/–—]\s|,?\s+\*?[^\W\d_][\w'’.]*(?: [\w'’.]+){0,3}\s?[:：]")
_MARK = re.compile(
    r"[ \t]?[.…_·]{3,40}[ \t:]{0,9}|\s?\([^()\n]{1,20}\)\s?[:：]\s{0,3}"
    r"|[ \t.)]{0,20}[:：=][ \t\u3000-]{0,6}|[.]?[ \t]{3,}|\t|\u3000+|\s[–—-]\s"
)
# "DNI: 32.555.010", "ID No. A123456(7)", "C.I. V-15.555.012"
_NUMBER = re.compile(
    r"[.)]?\s?(?:(?:n\.?\s?[º°o]|no|nr|num|#)\.?)?\s{0,9}[:：=]?\s{0,9}"
    r"([A-Z]{0,4}[ -]?\d[\dA-Z./-]{3,20}(?: [\dA-Z./-]{1,8}){0,4}(?:\(\w\)\d{0,8})?)(?!\w)"
)
_FEWEST_DIGITS = 5
# Tells whose it is wherever it stands, and must not be taken for a telephone number.
_PASSPORT = re.compile(r"\bPassport N(?:o|umber|r)\b\.?\s{0,2}:?\s{0,2}[A-Z]{0,2}\s?\d{6,9}\b", re.IGNORECASE)
# Labels in scripts without spaces need no colon.
_ONE_SPACE = re.compile(" {1,2}")
_OPENERS = frozenset("\n\t|•·●▪■◦‣;；,，(（/*➢✦–—-✓:[")
_PLACE_LABELS = (
    "place",
    "ort",
    "lieu",
    "lugar",
    "geb ort",
    "luogo",
    "local de",
    "plaats",
    "miejsce",
    "yeri",
    "misto",
    "miesto",
    "hely",
    "mesto",
    "мест",
    "місце",
    "mjesto",
    "tempat",
    "noi sinh",
    "籍",
    "出生地",
    "home town",
    "hometown",
)
# "Born in Kyiv" tells an origin; "born out of a need" does not.
_BORN_IN = re.compile(r"\s[A-ZÀ-Ý][\w'’-]+(?:,? [A-ZÀ-Ý][\w'’-]+){0,2}")
_MOST_LABELS = 3_000


def find_protected(text: str, words: Words, zones: Zones) -> list[tuple[int, int]]:
    """Where protected traits are told, in order, none over another; a label in front belongs to it. Linear."""
    told = [*_labelled(text, words, zones), *_labels_of_kin(text, words), *find_told_alone(text, words, zones)]
    if "head" in zones.zone:
        told += find_told_of_oneself(words)
    return _joined(text, told)


def find_passports(text: str) -> list[tuple[int, int]]:
    """Numbers of passports with their labels, in order."""
    return [match.span() for match in _PASSPORT.finditer(text)]


def _labels_of_kin(text: str, words: Words) -> list[tuple[int, int]]:
    """ "Husband's name:" tells a trait by itself; the name after it is found with the other names."""
    kin = load().kin
    found: list[tuple[int, int]] = []
    for index in words.where(kin.firsts)[:_MOST_LABELS]:
        phrase = kin.at(words, index)
        if phrase is None or not _opens_datum(text, words.starts[index]):
            continue
        end = words.ends[index + phrase[0] - 1]
        if _MARK.match(text, end):
            found.append((words.starts[index], end))
    return found


def _labelled(text: str, words: Words, zones: Zones) -> list[tuple[int, int]]:
    lists = load()
    found: list[tuple[int, int]] = []
    after = 0
    for index in words.where(lists.labels.firsts)[:_MOST_LABELS]:
        if words.starts[index] < after:
            continue
        phrase = lists.labels.at(words, index)
        if phrase is None:
            continue
        length, kind = phrase
        start, end = words.starts[index], words.ends[index + length - 1]
        label = " ".join(words.folded[index : index + length])
        goes_on = bool(found) and start - found[-1][1] <= len("; ")
        span = _value_span(text, start, end, label, kind, zones, goes_on)
        if span is not None:
            found.append(span)
            after = span[1]
    return found


def _value_span(
    text: str, start: int, end: int, label: str, kind: str, zones: Zones, goes_on: bool
) -> tuple[int, int] | None:
    """A label together with its value, or None where the words are no label here; `goes_on`: right behind a trait."""
    lists = load()
    personal = zones.zone[zones.line_at(start)] in ("head", "contact") if zones.lines else False
    if kind == "number":
        return _number_span(text, start, end) if personal and (goes_on or _opens_datum(text, start)) else None
    mark = _MARK.match(text, end) or (_ONE_SPACE.match(text, end) if personal and holds_east_asian(label) else None)
    at = mark.end() if mark else end
    stop = _VALUE_STOP.search(text, at, at + _MOST_VALUE)
    value_end = stop.start() if stop else min(len(text), at + _MOST_VALUE)
    if kind == "date":
        date = _DATE_END.search(text, at, at + 46)
        if date is not None and "\n" not in text[at : date.start()]:
            tail = _AFTER_DATE.match(text, date.end())
            date_end = tail.end() if tail else date.end()
            return start, max(date_end, value_end) if _names_place(label) and mark else date_end
        born_in = _BORN_IN.match(text, end) if label in ("born in", "born at") else None
        return (start, born_in.end()) if born_in and personal else None
    opens = _opens_datum(text, start) or (goes_on and mark is not None)
    value = folded_phrase(text[at:value_end])
    known = says_a_trait(value)
    value_words = value.split()
    if label in lists.known_only and not (known or value in lists.titles):
        return None
    if mark is None:
        if not (
            (personal or _is_whole_line(zones, start, value_end))
            and opens
            and value_words
            and len(value_words) <= _MOST_UNMARKED_WORDS
            and "\n" not in text[end:value_end]
        ):
            return None
        known = known or label in folded_list(PROTECTED_CUES, "nationality_first")
        known = known or (_names_place(label) and " " in label and text[at:value_end].strip()[:1].isupper())
        return (start, _trimmed(text, value_end)) if known else None
    if not value_words or (not opens and (len(label) < 5 or label in lists.weak) and not known):
        return None
    if (
        not personal
        and not known
        and (label in lists.weak or any(word in lexicon().ordinary for word in value_words[:2]))
    ):
        return None
    return start, _trimmed(text, _end_of_value(text, at, value_end, known, _names_place(label)))


def _number_span(text: str, start: int, end: int) -> tuple[int, int] | None:
    number = _NUMBER.match(text, end)
    if number is None or sum(map(str.isdigit, number[1])) < _FEWEST_DIGITS:
        return None
    return start, number.end()


def _is_whole_line(zones: Zones, start: int, end: int) -> bool:
    line = zones.lines[zones.line_at(start)]
    return line.start == start and line.end == end


def _names_place(label: str) -> bool:
    """Whether a label asks where somebody was born or comes from."""
    return any(word in label for word in _PLACE_LABELS)


def _end_of_value(text: str, start: int, end: int, known: bool, names_place: bool) -> int:
    """Where a value ends that may go on after commas: "married, two children" does, "Indian, Pune" does not."""
    if names_place:
        return end
    value = text[start:end]
    comma = value.find(",")
    while comma != -1:
        rest = folded_phrase(value[comma + 1 :].partition(",")[0])
        if not says_a_trait(rest):
            return start + comma
        comma = value.find(",", comma + 1)
    sentence = re.search(r"\.\s", value)
    if sentence is not None:
        return start + sentence.start() + 1
    many = 6
    return end if known or value.count(" ") < many else start + _nth_space(value, many)


def _nth_space(value: str, count: int) -> int:
    at = -1
    for _ in range(count):
        at = value.find(" ", at + 1)
    return at


def _trimmed(text: str, end: int) -> int:
    while end > 0 and text[end - 1] in " \t\n,;:–—-":
        end -= 1
    return end


def _opens_datum(text: str, start: int) -> bool:
    """Whether a place begins a line or a stretch between separators."""
    at = start - 1
    while at >= 0 and text[at] == " ":
        at -= 1
    return at < 0 or text[at] in _OPENERS or start - at > (1 if holds_east_asian(text[start]) else 3)


def _joined(text: str, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order; those that overlap, or that only a comma parts, become one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and (start <= joined[-1][1] or text[joined[-1][1] : start] in (", ", ",", "، ", "、", "，")):
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif start < end:
            joined.append((start, end))
    return joined
