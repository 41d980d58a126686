"""Ranges of dates and lengths of time in one line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from services.ingest.structure.entries.dates import words as date_words
from services.ingest.structure.entries.dates.date_range import DateRange, Point, RangeKind
from services.ingest.structure.entries.dates.lengths import LengthReader
from services.ingest.structure.entries.dates.points import is_dash
from services.ingest.structure.entries.dates.tokens import tokens_of

MAX_SLASHED_YEARS = 15

_PRESENT_WITHOUT_CONNECTOR = frozenset(
    {"至今", "迄今", "till", "until", "to", "present", "current", "heute", "heden", "obecnie", "nadal", "עד", "حتى"}
    | {"dosud", "doposud", "tuttora", "oggi", "дотепер", "досі", "halen", "nuvarande", "tillsvidare", "actualmente"}
)
MAX_EXPECTED_FILLERS = 3
# What stands behind a year and says that it is one.
_YEAR_MARKS = frozenset({"r", "roku", "г", "гг", "года", "р", "рр", "року"})


class LineReader(LengthReader):
    """Reads what a line names, from its first token on; each token is looked at a bounded number of times."""

    def __init__(self, line: str, as_of: date, day_first: bool) -> None:
        super().__init__(tokens_of(line), date_words.load(), as_of.year, day_first)
        self._as_of = as_of.isoformat()

    def ranges(self) -> Iterator[DateRange]:
        at = 0
        words = self._words
        opens_expected, opens_length = words.first_words["expected"], words.length_openings
        opens_since = words.first_words["since"] | words.first_words["between"]
        while at < len(self.tokens):
            token = self.tokens[at]
            text = token.text
            if token.number < 0 and text not in words.openings and text.isascii():
                at += 1
                continue
            found = (
                (self._expected(at) if text in opens_expected else None)
                or (self._since(at) if text in opens_since or text[0] == "מ" else None)
                or self._dates(at, at)
                or (self._length(at) if token.number >= 0 or text in opens_length or text[0] in "ול" else None)
            )
            if found:
                yield found[0]
                at = found[1]
            else:
                at += 1

    def _made(self, first: int, after: int, kind: RangeKind, **fields: object) -> tuple[DateRange, int]:
        made = DateRange(self.tokens[first].start, self.tokens[after - 1].end, kind, **fields)  # type: ignore[arg-type]
        return made, after

    def _expected(self, at: int) -> tuple[DateRange, int] | None:
        """An end still to come: "expected in June 2026", "conclusão prevista: dez/2026"."""
        named = self.phrase("expected", at)
        if not named:
            return None
        after = named[1]
        for _ in range(MAX_EXPECTED_FILLERS + 1):
            found = self.point(after)
            if found and found[0].year:
                return self._made(at, found[1], "expected", in_progress=True)
            after += 1
        return None

    def _since(self, at: int) -> tuple[DateRange, int] | None:
        named = self.phrase("since", at) or self._glued_since(at)
        between = None if named else self.phrase("between", at)
        opening = named or between
        if not opening:
            return None
        after = self._past_vague(opening[1])
        while self.text(after) in {":", "-"}:
            after += 1
        ranged = self._dates(at, after, between=named is None)
        if not ranged or ranged[0].kind != "point":
            return ranged
        if not named:
            return None
        return self._made(at, ranged[1], "since", from_=ranged[0].from_, in_progress=True)

    def _glued_since(self, at: int) -> tuple[int, int] | None:
        """Hebrew writes "from" as a letter: at a month's head."""
        month = self._prefixed_month(at) if self.text(at).startswith("מ") else None
        return (0, at) if month else None

    def _past_vague(self, at: int) -> int:
        vague = self.phrase("vague", at)
        if not vague:
            return at
        after = vague[1]
        return after + 1 if self.text(after) in {"-", "’", "'"} else after

    def _length(self, at: int) -> tuple[DateRange, int] | None:
        found = self.length(at)
        return self._made(at, found[1], "length", months=found[0]) if found else None

    def _dates(self, first: int, at: int, between: bool = False) -> tuple[DateRange, int] | None:
        """A range or a single date whose first date begins at `at`; `first` is where its opening word stands."""
        found = self.point(self._past_vague(at))
        if not found or self._continues_number(at):
            return None
        start, after = found
        whole = self._school_years(first, at) or self._school_year(first, at, start, after)
        if whole:
            return whole
        ended = self._end(after) or self._end_apart(first, start, after, between)
        if ended:
            last, finish = ended
            if self.text(finish) in _YEAR_MARKS:
                behind = finish + 1 + (self.text(finish + 1) == ".")
                # "2014 R developer" knows R.
                finish = finish if self.text(behind)[:1].isalnum() else behind
            return self._range(first, start, last, finish)
        if not start.sure:
            return None
        if onwards := self.phrase("onwards", after):
            return self._made(first, onwards[1], "since", from_=_written(start), in_progress=True)
        if self._trails_off(after):
            return self._made(first, after + 1, "since", from_=_written(start), in_progress=True)
        closing = after + 1 if self.text(after) in {"(", ","} else after
        if expected := self.phrase("expected", closing):
            return self._made(first, expected[1], "expected", in_progress=True)
        if start.last_month:
            return self._made(first, after, "season", from_=_written(start), to=_last(start))
        if _is_after(_written(start), self._as_of):
            return self._made(first, after, "expected", in_progress=True)
        return self._made(first, after, "point", from_=_written(start), to=_written(start))

    def _continues_number(self, at: int) -> bool:
        return (
            self.touches(at)
            and self.tokens[at].number >= 0
            and self.text(at - 1) in {".", "/", ",", "-"}
            and (at >= 2 and self.tokens[at - 2].number >= 0 and self.touches(at - 1))
        )

    def _trails_off(self, after: int) -> bool:
        """ "2018 –" at a line's end: it goes on."""
        return is_dash(self.text(after)) and after == len(self.tokens) - 1

    def _school_years(self, first: int, at: int) -> tuple[DateRange, int] | None:
        """From one school year to another: "2011/2012 a 2015/2016"."""
        begins = self._past_vague(at)
        ended = self._end(begins + 3) if self._is_school_year(begins) else None
        if not ended or not self._is_school_year(ended[1] - 1):
            return None
        start, last = (Point(self.tokens[each].number) for each in (begins, ended[1] + 1))
        return self._range(first, start, last, ended[1] + 2)

    def _is_school_year(self, at: int) -> bool:
        whole = self.text(at + 1) == "/" and self._is_year(at) and self._is_year(at + 2)
        return whole and self.tokens[at + 2].number == self.tokens[at].number + 1

    def _school_year(self, first: int, at: int, start: Point, after: int) -> tuple[DateRange, int] | None:
        """2009/10, 2006-10: the second number is a later year, not a month, where no range goes on behind it."""
        token = self.tokens[after - 1]
        begins = self._past_vague(at)
        short = after - begins == 3 and self._is_year(begins) and token.end - token.start == 2
        if not short or start.day or not self.touches(begins + 1) or not self.touches(begins + 2):
            return None
        year = start.year // 100 * 100 + token.number
        sign = self.text(begins + 1)
        later = year == start.year + 1 if sign == "/" else start.year < year and sign != "."
        if not later or self._end(after) or (begins >= 1 and self._is_connector(begins - 1)):
            return None
        return self._range(first, Point(start.year), Point(year), after)

    def _is_connector(self, at: int) -> bool:
        return is_dash(self.text(at)) or self.phrase("until", at) is not None

    def _end(self, at: int) -> tuple[Point | None, int] | None:
        """What follows a range's first date: the last date, or None for "present"; and the token after it."""
        # "03.2018 r. – nadal"
        filler = self.phrase("filler", at)
        after, joined = (filler[1] if filler else at), False
        if self.text(after) == "." and self.touches(after):
            after += 1
        while is_dash(self.text(after)) and after < at + 4:
            after, joined = after + 1, True
        if not joined and self.text(after) in {"/", ","} and not self.touches(after):
            return None
        if (
            not joined
            and self.text(after) == "/"
            and self._consecutive(at - 1, after + 1, at == 1 or self._closes(at - 2, after + 1))
        ):
            after, joined = after + 1, True
        until = self.phrase("until", after)
        if until and self._goes_on(until[1]):
            after, joined = until[1], True
        present = self.phrase("present", after)
        if present and (joined or self.text(after) in _PRESENT_WITHOUT_CONNECTOR):
            return None, present[1]
        ongoing = self.phrase("ongoing", after) if joined else None
        if ongoing:
            return None, ongoing[1]
        if not joined:
            return None
        expected = self.phrase("expected", after)
        if expected:
            found = self.point(expected[1])
            return None, found[1] if found else expected[1]
        # "Septembre 2024 – diplôme prévu en juin 2026"
        for ahead in range(after + 1, min(after + 3, len(self.tokens))):
            expected = self.phrase("expected", ahead)
            if expected and self._expected(ahead):
                return None, self._expected(ahead)[1]  # type: ignore[index]
        begins = self._past_vague(after)
        found = self.point(begins)
        if found and found[0].year:
            return found
        year = self._short_year(begins)
        if year and self._is_year(at - 1) and not self.touches_after(begins):
            century = self.tokens[at - 1].number // 100 * 100
            return Point(century + self.tokens[begins].number), begins + 1
        return None

    def _end_apart(self, first: int, start: Point, at: int, between: bool) -> tuple[Point | None, int] | None:
        """A range's end in the next column, "Apr 2018 | Till date", "2012 / 2014", or behind "and": "between … and"."""
        joined = self.phrase("and", at) if between else None
        if joined is None and (self.text(at) not in {"|", "/"} or self.touches(at)):
            return None
        after = joined[1] if joined else at + 1
        until = self.phrase("until", after)
        after = until[1] if until else after
        present = self.phrase("present", after)
        if present:
            return None, present[1]
        found = self.point(self._past_vague(after))
        if not found or not found[0].year or not found[0].sure or not start.sure:
            return None
        last, finish = found
        alone = first == 0 or finish == len(self.tokens)
        if bool(start.month) != bool(last.month) or _is_after(_written(start), _written(last)):
            return None
        return found if start.month or joined or (alone and start.year < last.year) else None

    def _consecutive(self, first: int, second: int, heads: bool) -> bool:
        """Whether two tokens are a year and the next: "2006/2007" is a time, "2007/2013" names versions.

        `heads`: they begin their line, where years further apart are a time as well.
        """
        if not self._is_year(first) or not self._is_year(second):
            return False
        years = self.tokens[second].number - self.tokens[first].number
        return years == 1 or (heads and 0 < years <= MAX_SLASHED_YEARS)

    def _closes(self, before: int, last: int) -> bool:
        """Whether what ends at `last` closes its line, set off from what stands before it."""
        sign = self.text(before)
        return last == len(self.tokens) - 1 and (is_dash(sign) or sign in {",", "(", ":", "|"})

    def touches_after(self, at: int) -> bool:
        """Whether something that makes a number of it stands right behind this token."""
        sign = self.text(at + 1)
        decimal = sign in {".", ","} and self.touches(at + 2) and self.tokens[at + 2].number >= 0
        return self.touches(at + 1) and (sign in {"%", "/"} or decimal or (sign == ":" and self.touches(at + 2)))

    def _goes_on(self, at: int) -> bool:
        begins = self._past_vague(at)
        return self.phrase("present", at) is not None or self.point(begins) is not None

    def _range(self, first: int, start: Point, last: Point | None, after: int) -> tuple[DateRange, int] | None:
        if last is None:
            if not start.year:
                return None
            return self._made(first, after, "range", from_=_written(start), in_progress=True)
        if not start.year:
            start = replace(start, year=last.year - 1 if start.month > last.month > 0 else last.year)
        begin, end = _written(start), _last(last)
        if _is_after(begin, end):
            begin, end = _written(last), _last(start)
        if _is_after(end, self._as_of) and not _is_after(begin, self._as_of):
            return self._made(first, after, "range", from_=begin, in_progress=True)
        return self._made(first, after, "range", from_=begin, to=end)


def _written(point: Point) -> str:
    if not point.month:
        return f"{point.year:04}"
    return f"{point.year:04}-{point.month:02}" + (f"-{point.day:02}" if point.day else "")


def _last(point: Point) -> str:
    return f"{point.last_year:04}-{point.last_month:02}" if point.last_month else _written(point)


def _is_after(one: str, other: str) -> bool:
    """Whether a date is surely after another, as far as both are named."""
    shared = min(len(one), len(other))
    return one[:shared] > other[:shared]
