"""A single date as people write it: "03/2019", "Sept ’14", "Summer 2018", "2019年3月", "June 8th, 2015"."""

from __future__ import annotations

from collections.abc import Sequence

from services.ingest.structure.entries.dates.date_range import Point
from services.ingest.structure.entries.dates.roman_months import roman_month
from services.ingest.structure.entries.dates.tokens import Token
from services.ingest.structure.entries.dates.words import MAX_PHRASE_WORDS, DateWords

FIRST_YEAR = 1930
LAST_YEAR = 2099
# Two digits are of this century up to so many years after the day that "present" means.
YEARS_AHEAD = 15

_APOSTROPHES = frozenset("'’‘´`")
_DASHES = frozenset("-–—−‐‑~～〜→➔")
_ORDINALS = frozenset({"st", "nd", "rd", "th", "º", "er", "ª"})
# "2010 Des Moines" is a year and a town of Iowa; Norwegians shorten December so.
_BEHIND_DES = frozenset({"moines", "plaines", "peres"})
# Signs and words that make a number beside them something else than a year.
_NO_YEAR_BEFORE = frozenset("$€£#¥")
_NO_YEAR_AFTER = frozenset("%$€£¥")


class PointReader:
    """Reads single dates out of a line's tokens. `day_first`: 03/04/2019 is the third of April."""

    def __init__(self, tokens: Sequence[Token], words: DateWords, this_year: int, day_first: bool) -> None:
        self.tokens = tokens
        self._words = words
        self._this_year = this_year
        self._day_first = day_first

    def text(self, at: int) -> str:
        """The token's text, empty past the ends."""
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""

    def touches(self, at: int) -> bool:
        """Whether no space stands between this token and the one before."""
        return 0 < at < len(self.tokens) and self.tokens[at].start == self.tokens[at - 1].end

    def phrase(self, role: str, at: int) -> tuple[int, int] | None:
        """The longest phrase of this role at `at`: what it means and the token after it."""
        if at >= len(self.tokens) or self.tokens[at].text not in self._words.first_words[role]:
            return None
        phrases = self._words.by_role[role]
        best = None
        said: list[str] = []
        following = at
        while len(said) < MAX_PHRASE_WORDS and following < len(self.tokens):
            if self.text(following) != "." or not said:
                said.append(self.text(following))
                meaning = phrases.get(tuple(said))
                if meaning is not None:
                    best = meaning, following + 1
            following += 1
        return best

    def point(self, at: int) -> tuple[Point, int] | None:
        """The date that begins at `at`, and the token after it."""
        if at >= len(self.tokens):
            return None
        token = self.tokens[at]
        if token.number >= 0:
            return self._from_number(at)
        if token.text in _APOSTROPHES:
            year = self._short_year(at + 1) if self.touches(at + 1) else 0
            return (Point(year, sure=False), at + 2) if year else None
        return self._from_season(at) or self._from_month(at) or self._from_roman_month(at)

    def _is_year(self, at: int) -> bool:
        if not 0 <= at < len(self.tokens):
            return False
        token = self.tokens[at]
        if len(token.text) != 4 or not FIRST_YEAR <= token.number <= LAST_YEAR:
            return False
        if self.touches(at) and (self.text(at - 1) in _NO_YEAR_BEFORE or self._part_of_number(at - 1, at - 2)):
            return False
        if self.touches(at + 1):
            return self.text(at + 1) not in _NO_YEAR_AFTER and not self._part_of_number(at + 1, at + 2)
        return True

    def _part_of_number(self, sign: int, digits: int) -> bool:
        return (
            self.text(sign) == ","
            and 0 <= digits < len(self.tokens)
            and self.tokens[digits].number >= 0
            and self.tokens[max(sign, digits)].start == self.tokens[max(sign, digits) - 1].end
        )

    def _short_year(self, at: int) -> int:
        """The year that two digits mean, 0 where they mean none."""
        if not 0 <= at < len(self.tokens) or self.tokens[at].number < 0:
            return 0
        if self.tokens[at].end - self.tokens[at].start != 2:
            return 0
        year = 2000 + self.tokens[at].number
        return year if year <= self._this_year + YEARS_AHEAD else year - 100

    def _number(self, at: int, least: int, most: int) -> int:
        if not 0 <= at < len(self.tokens):
            return 0
        token = self.tokens[at]
        return token.number if token.end - token.start <= 2 and least <= token.number <= most else 0

    def _from_number(self, at: int) -> tuple[Point, int] | None:
        if self._is_year(at):
            return self._from_year(at)
        sign = self.text(at + 1)
        first = self._number(at, 1, 31)
        if not first:
            return None
        if sign in {".", "/", "-"} and self.touches(at + 1):
            found = self._from_day(at, sign) or self._from_month_number(at, sign)
            if found:
                return found
        if sign == ".":
            found = self._from_day_without_year(at, first)
            if found:
                return found
        if first <= 12 and self._is_year(at + 1) and self.tokens[at + 1].start == self.tokens[at].end + 1:
            return Point(self.tokens[at + 1].number, first), at + 2
        # "8 February 1990", "1st of March 2012".
        after = at + 1
        while self.text(after) in _ORDINALS or self.text(after) == ".":
            after += 1
        filler = self.phrase("filler", after)
        found = self._from_month(filler[1] if filler else after)
        if found and found[0].year and found[0].sure:
            return Point(found[0].year, found[0].month, first), found[1]
        return None

    def _from_day(self, at: int, sign: str) -> tuple[Point, int] | None:
        """03.05.2019, 5/13/2019, 03/05/19."""
        second = self._number(at + 2, 1, 31)
        if not second or self.text(at + 3) != sign:
            return None
        year = self.tokens[at + 4].number if self._is_year(at + 4) else self._short_year(at + 4)
        if not year:
            return None
        day, month = self._number(at, 1, 31), second
        if month > 12 or (sign == "/" and day <= 12 and not self._day_first):
            day, month = month, day
        return (Point(year, month, day), at + 5) if month <= 12 else None

    def _from_day_without_year(self, at: int, day: int) -> tuple[Point, int] | None:
        """29.01. – 16.02.2024: the year stands behind the range's other end."""
        month = self._number(at + 2, 1, 12)
        if not month or not self.touches(at + 1) or not self.touches(at + 2):
            return None
        after = at + 4 if self.text(at + 3) == "." and self.touches(at + 3) else at + 3
        if not is_dash(self.text(after)):
            return None
        return Point(0, month, day, sure=False), after

    def _from_month_number(self, at: int, sign: str) -> tuple[Point, int] | None:
        """03/2019, 3.2019, and for the ends of a range 03/19."""
        month = self._number(at, 1, 12)
        if not month or not (self.touches(at + 2) or sign == "."):
            return None
        if self._is_year(at + 2):
            return Point(self.tokens[at + 2].number, month), at + 3
        year = self._short_year(at + 2) if sign != "-" and self.touches(at + 2) else 0
        return (Point(year, month, sure=False), at + 3) if year else None

    def _from_year(self, at: int) -> tuple[Point, int]:
        year = self.tokens[at].number
        after = at + 1
        sign = self.text(after)
        if sign == "年":
            month = self._number(after + 1, 1, 12)
            if month and self.text(after + 2) == "月":
                day = self._number(after + 3, 1, 31)
                if day and self.text(after + 4) in {"日", "号"}:
                    return Point(year, month, day), after + 5
                return Point(year, month), after + 3
            season = self.phrase("season", after + 1)
            return self._season(season[0], year, season[1]) if season else (Point(year), after + 1)
        month = self._number(after + 1, 1, 12)
        spaced = self.touches(after) and self.touches(after + 1)
        if month and (sign == "/" or (sign in {".", "-"} and spaced)) and not self._is_year(after + 1):
            two_digits = self.tokens[after + 1].end - self.tokens[after + 1].start == 2
            # "2019.3 – 2021.11"
            ranged = is_dash(self.text(after + 2)) or is_dash(self.text(at - 1))
            if two_digits or sign == "/" or ranged:
                day = self._number(after + 3, 1, 31) if self.text(after + 2) == sign else 0
                if day and self.touches(after + 2) and self.touches(after + 3):
                    return Point(year, month, day), after + 4
                return Point(year, month), after + 2
        # "2014 May", but not the "2014 May 2015" of two dates side by side.
        named = self.phrase("month", after)
        if named and not self._year_after(named[1]) and self.text(named[1]) not in _BEHIND_DES:
            return Point(year, named[0]), named[1]
        filler = self.phrase("filler", after)
        if filler:
            after = filler[1]
            if self.text(after) == "." and self.touches(after):
                after += 1
        return Point(year), after

    def _year_after(self, at: int) -> bool:
        while self.text(at) in {",", ".", "/"}:
            at += 1
        return self._is_year(at)

    def _from_month(self, at: int) -> tuple[Point, int] | None:
        named = self.phrase("month", at) or self._prefixed_month(at)
        if not named:
            return None
        month, after = named
        if self.text(after) == ".":
            after += 1
        day = self._number(after, 1, 31)
        if day and self.text(after + 1) in _ORDINALS:
            after += 1
        # "September 15, 2014"
        if day:
            following = after + 1
            if self.text(following) == ",":
                following += 1
            if self._is_year(following):
                return Point(self.tokens[following].number, month, day), following + 1
        return self._year_of_month(month, after)

    def _from_roman_month(self, at: int) -> tuple[Point, int] | None:
        named = roman_month(self.tokens, at)
        if not named or not self._is_year(named[1]):
            return None
        return Point(self.tokens[named[1]].number, named[0]), named[1] + 1

    def _year_of_month(self, month: int, at: int) -> tuple[Point, int]:
        following = at
        for _ in range(2):
            filler = self.phrase("filler", following)
            if filler:
                following = filler[1]
            elif self.text(following) in {",", "/", "-", "."} or self._is_year(following + 1):
                # "ינו' 2016" has its short form's sign between.
                following += self.text(following) in {",", "/", "-", ".", "'", "׳"}
        if self._is_year(following):
            after = following + 1
            filler = self.phrase("filler", after)
            if filler:
                after = filler[1]
            return Point(self.tokens[following].number, month), after
        if self.text(following) in _APOSTROPHES:
            year = self._short_year(following + 1)
            if year:
                return Point(year, month), following + 2
        year = self._short_year(following)
        if year:
            return Point(year, month, sure=False), following + 1
        return Point(0, month, sure=False), at

    def _prefixed_month(self, at: int) -> tuple[int, int] | None:
        """Hebrew writes "in" and "from" as a letter before the month."""
        text = self.text(at)
        if len(text) > 3 and text[0] in "במלו":
            month = self._words.by_role["month"].get((text[1:],))
            return (month, at + 1) if month else None
        return None

    def _from_season(self, at: int) -> tuple[Point, int] | None:
        named = self.phrase("season", at)
        if not named:
            return None
        after = named[1]
        filler = self.phrase("filler", after)
        if filler:
            after = filler[1]
        elif self.text(after) == ",":
            after += 1
        if self._is_year(after):
            return self._season(named[0], self.tokens[after].number, after + 1)
        if self.text(after) in _APOSTROPHES:
            year = self._short_year(after + 1)
            return self._season(named[0], year, after + 2) if year else None
        return None

    def _season(self, first: int, year: int, after: int) -> tuple[Point, int]:
        # "Winter 2018/19" is the winter that begins in 2018.
        if self.text(after) == "/" and self._short_year(after + 1) == year + 1:
            after += 2
        last = (year + 1, first + 2 - 12) if first + 2 > 12 else (year, first + 2)
        return Point(year, first, 0, *last), after


def is_dash(text: str) -> bool:
    """Whether a token is a dash of any length."""
    return text in _DASHES
