"""Telephone numbers in international and national forms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from services.ingest.structure.identity.contact import CONTACT_CUES
from services.ingest.structure.identity.cues import any_of

MOST_CANDIDATES = 2_000
_FEWEST_DIGITS = 7
_MOST_DIGITS = 15
_LABEL_REACH = 28

_GAP = r"[ \t()./\-–‑\u00a0\u2009]"
# Begins with a digit, which is fast to look for; what may stand in front of it is looked at afterwards.
_CANDIDATE = re.compile(rf"\d(?<!\d\d)(?:{_GAP}{{0,3}}\d|\n(?=\d{{3,}})\d){{5,29}}(?!\d)(?![.,]\d)")
_IN_FRONT = re.compile(r"(?:\(\s?\+\s?|\+\s?\(?|\()$")
_NOT_IN_FRONT = "\\.,/$€£¥₹%:+-_"
_TWO_NUMBERS = re.compile(r"\s{0,3}/\s{0,3}|\s{2,4}")
_BRAZILIAN_CODE = re.compile(r"\d{5}-\d{3}$")
# "1-800-FLOWERS": a number of which letters are a part.
_WITH_LETTERS = re.compile(
    r"(?<![\w-])(?:\+?1[-. ])?\(?8(?:00|33|44|55|66|77|88)\)?[-. ](?=[\d-]{0,5}[A-Z])(?:[A-Z\d]-?){7,9}(?![\w-])"
)
_EXTENSION = re.compile(rf"\s?[,;]?\s?(?:{any_of(CONTACT_CUES, 'extension')}|x|#)\.?\s?:?\s?\d{{1,6}}\b", re.IGNORECASE)
_EXTENSION_ALONE = re.compile(rf"\b(?:{any_of(CONTACT_CUES, 'extension')})\.?:? ?(\d{{2,6}})\b", re.IGNORECASE)

_LABEL = re.compile(
    rf"(?:\b(?:{any_of(CONTACT_CUES, 'phone')})|{any_of(CONTACT_CUES, 'phone_sign')})"
    r"[\s.:：)\]’'/#-]{0,4}(?:\w{2,6}[.:)]{1,2}\s?)?$",
    re.IGNORECASE,
)
_NO_PHONE_LABEL = re.compile(
    rf"(?:\b(?:{any_of(CONTACT_CUES, 'no_phone')})|#|№|[$€£¥₹])[\s.:#]{{0,3}}(?:no|number|nr)?[\s.:#]{{0,3}}$",
    re.IGNORECASE,
)
_AMOUNT_AFTER = re.compile(rf"\s?(?:[%€£$₹]|\b(?:{any_of(CONTACT_CUES, 'amount')})\b)", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d$")
_DATE = re.compile(
    r"(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d\d|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}"
    r"|\d{1,2}[./-](?:19|20)\d\d|(?:19|20)\d\d[./-]\d{1,2})"
    r"(?![\d])"
)
# How numbers are grouped in a country, where that tells them from amounts and other numbers: digits between gaps.
_NATIONAL = re.compile(
    r"\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}$"  # United States, Canada
    r"|\(0?\d{1,5}\)[ .-]?\d{2,4}(?:[ .-]?\d{2,4}){0,3}$"  # an area in brackets
    r"|0\d{1,5}(?:[ ./-]{1,3}\d{2,9}){1,5}$"  # a trunk 0: most of Europe, Africa, Asia
    r"|8[ -]\(?\d{3}\)?[ -]\d{3}[ -]?\d{2}[ -]?\d{2}$"  # Russia
    r"|[6-9]\d{4}[ -]\d{5}$|[6-9]\d{2}[ -]\d{3}[ -]\d{4}$"  # India
    r"|1[3-9]\d[ -]?\d{4}[ -]?\d{4}$"  # China
    r"|\d{2,3}-\d{3,4}-\d{4}$"  # Korea, Japan, Israel
    r"|0\d{8,10}$"
)
# Forms that amounts have too: taken only beside other contact data.
_LOOSE = re.compile(r"[\d(][\d ()./\-–‑\u00a0]*\d$")


def find_phones(
    text: str, is_contact: Callable[[int], bool], contact_stretches: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Where telephone numbers stand, in order, none over another. `is_contact` says whether a place of the text is
    among contact data, where numbers need less of a form; `contact_stretches` are all such lines. Linear."""
    found: list[tuple[int, int]] = []
    for start, end in islice(_candidates(text), MOST_CANDIDATES):
        front = _IN_FRONT.search(text, max(0, start - 3), start)
        start = front.start() if front and (front.group() != "(" or ")" in text[start:end]) else start
        if "\n" in text[start:end]:
            end = _end_of_first_line(text, start, end)
        if (
            start
            and (text[start - 1].isalnum() or text[start - 1] in _NOT_IN_FRONT)
            and not _LABEL.search(text, max(0, start - _LABEL_REACH), start)
        ):
            continue
        if _is_phone(text, start, end, is_contact):
            more = _EXTENSION.match(text, end)
            found.append((start, more.end() if more else end))
    found += [match.span() for begin, stop in contact_stretches for match in _WITH_LETTERS.finditer(text, begin, stop)]
    found += _extensions(text, found, contact_stretches)
    return sorted(found)


def _candidates(text: str) -> Iterator[tuple[int, int]]:
    """Runs of digits; two whole numbers with a slash between them are two, as is another number in the line above."""
    for match in _CANDIDATE.finditer(text):
        above, line_end, below = match.group().partition("\n")
        if line_end and sum(map(str.isdigit, above)) != _FEWEST_DIGITS <= sum(map(str.isdigit, below)):
            yield match.start(), match.start() + len(above)
            yield match.start() + len(above) + 1, match.end()
            continue
        cut = _TWO_NUMBERS.search(match.group())
        halves = (match.group()[: cut.start()], match.group()[cut.end() :]) if cut else ()
        if cut and all(sum(map(str.isdigit, half)) >= _FEWEST_DIGITS for half in halves):
            yield match.start(), match.start() + cut.start()
            yield match.start() + cut.end(), match.end()
        else:
            yield match.span()


def _end_of_first_line(text: str, start: int, end: int) -> int:
    """A number goes on in the next line only where it is too short to be whole: else another number begins there."""
    line_end = text.index("\n", start)
    whole = sum(sign.isdigit() for sign in text[start:line_end]) > _FEWEST_DIGITS
    return line_end if whole else end


def _extensions(
    text: str, found: Sequence[tuple[int, int]], stretches: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """ "ext. 756" without a number in front."""
    taken = {at for start, end in found for at in range(start, end)}
    return [
        match.span(1)
        for start, end in stretches
        for match in _EXTENSION_ALONE.finditer(text, start, end)
        if match.start(1) not in taken
    ]


def _is_phone(text: str, start: int, end: int, is_contact: Callable[[int], bool]) -> bool:
    number = text[start:end]
    digits = sum(sign.isdigit() for sign in number)
    if not _FEWEST_DIGITS <= digits <= _MOST_DIGITS or _holds_dates(number):
        return False
    if _BRAZILIAN_CODE.match(number) and text[max(0, start - 5) : start].rstrip(" :").endswith("CEP"):
        return False
    before = text[max(0, start - _LABEL_REACH) : start].rpartition("\n")[2]
    if _LABEL.search(before):
        return True
    if _NO_PHONE_LABEL.search(before) or _AMOUNT_AFTER.match(text, end):
        return False
    if number.startswith(("+", "(+")):
        return digits > _FEWEST_DIGITS
    if number.startswith("00"):
        return digits > _FEWEST_DIGITS + 2
    flat = number.replace("\u00a0", " ").replace("–", "-").replace("‑", "-")
    if _NATIONAL.match(flat) and not _is_amount(flat):
        return True
    return is_contact(start) and bool(_LOOSE.match(flat)) and digits > _FEWEST_DIGITS and not _is_postcode(flat)


def _holds_dates(number: str) -> bool:
    """Whether `number` is made of years or dates: "2015 - 2017", "12.03.1988"; "07.00.00.65.32" is not."""
    date = _DATE.match(number)
    if date is not None:
        rest = number[date.end() :].lstrip(" ./-–‑()\u00a0")
        return not any(sign.isdigit() for sign in rest) or _holds_dates(rest)
    groups = re.findall(r"\d+", number)
    return all(_YEAR.match(group) or len(group) <= 2 for group in groups) and any(
        _YEAR.match(group) for group in groups
    )


def _is_amount(number: str) -> bool:
    """Whether groups of three follow each other as in "1 200 000"; "0" begins no amount."""
    return bool(re.match(r"[1-9]\d{0,2}(?:[ .]\d{3})+$", number))


def _is_postcode(number: str) -> bool:
    return bool(re.match(r"\d{5}-\d{3,4}$|\d{2}-\d{3}", number))
