"""How a line looks that may be a heading: what the headings of one text share."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from libs.contracts.structure import LineStyle
from services.ingest.structure.stored_text import Line

Case = Literal["upper", "title", "sentence", "lower", "word", "none"]
Style = tuple[int, bool, bool]

BULLETS = frozenset("•·●○◦▪▫■□◆◇►▶➢➤✓✔-–—*+>~‣⁃❖→")
RULE = re.compile(r"[_=~─━—–.-]{3,}$")
# Icons of a private font and emoji: each heading may have one of its own.
_ICON = "icon"
_COLON = re.compile(r"[:：]\s*[-–—_=.…]*$")
_NUMBER = re.compile(r"(?:\d{1,2}|[IVX]{1,4}|[A-H])[.)]\s")
_CJK_DIGITS = frozenset("一二三四五六七八九十")
_CJK_NUMBER = re.compile(r"[一二三四五六七八九十]{1,3}[、.．]")
# Where a sentence or a name begins, not what somebody sets before a heading.
_NO_MARKS = frozenset("('’‘\"“”„‚.,;%$€£@&/")
_ENDS = frozenset("?!?!-–—=*#~_|]】〕»>›")
_RULE_SIGNS = frozenset("_=~─━—–-*#.·•")
_SHORTEST_RULE = 3
# Words as long are written small in a title, too.
_SHORT = 3
_RULED = {(False, False): "", (True, False): "above", (False, True): "below", (True, True): "both"}


@dataclass(frozen=True, slots=True)
class Look:
    """How a line looks. `bullet`: what stands before its words, a sign or the kind of its number; `end`: a sign behind
    them; `ruled`: where a line of dashes stands, "above", "below" or "both"."""

    case: Case
    colon: bool
    bullet: str
    end: str
    ruled: str
    after_blank: bool
    style: Style | None

    @property
    def is_marked(self) -> bool:
        """Whether it bears a sign that items of lists and sentences seldom do."""
        return bool(self.ruled) or bool(self.end) or (bool(self.bullet) and self.bullet not in BULLETS)

    def is_like(self, other: Look) -> bool:
        """Whether both could be headings of one text. A single word's case agrees with several."""
        one_word = {self.case, other.case} & {"word", "none"} and "upper" not in (self.case, other.case)
        return (
            (self.case == other.case or (bool(one_word) and "lower" not in (self.case, other.case)))
            and self._signs() == other._signs()
            and (self.after_blank == other.after_blank or self.style is not None)
        )

    def _signs(self) -> tuple[object, ...]:
        return self.colon, self.bullet, self.end, self.ruled, self.style


def look_of(lines: Sequence[Line], number: int, text: str, title: str) -> Look:
    """How line `number` looks, whose heading `title` stands in `text`, the line or its beginning."""
    line = lines[number]
    colon = (":" in text or "：" in text) and bool(_COLON.search(RULE.sub("", text)))
    return Look(
        case=_case(title),
        colon=colon,
        bullet=sign_before(text),
        end=text[-1] if text[-1] in _ENDS and not colon else "",
        ruled=_RULED[_is_rule(lines, number - 1), _is_rule(lines, number + 1)],
        after_blank=line.after_blank,
        style=None if line.style is None else style_key(line.style),
    )


def sign_before(text: str) -> str:
    """The sign with which a line begins, or the kind of its number; nothing where it begins with a word."""
    first = text[:1]
    if first.isalnum():
        number = _NUMBER.match(text)
        if first in _CJK_DIGITS and _CJK_NUMBER.match(text):
            return "一"
        return "" if number is None else "1" if first.isdigit() else "A" if first in "ABCDEFGH" else "I"
    if first in BULLETS:
        return first
    if first in _NO_MARKS:
        return ""
    return _ICON if unicodedata.category(first) in ("Co", "So") else first


def style_key(style: LineStyle) -> Style:
    """A style without what differs between lines that look the same: size in steps of a twentieth."""
    return round(style.size * 20), style.bold, style.coloured


def body_style(lines: Sequence[Line]) -> Style | None:
    """The style of most characters; None where the text was on no page."""
    counts: dict[Style, int] = {}
    for line in lines:
        if line.style is not None:
            key = style_key(line.style)
            counts[key] = counts.get(key, 0) + len(line.text)
    return max(counts, key=lambda key: counts[key]) if counts else None


def stands_out(look: Look, body: Style | None) -> bool:
    """Whether it is bigger, bolder or of another colour than most of the text."""
    if look.style is None or body is None:
        return False
    size, bold, coloured = look.style
    return size > body[0] or (bold and not body[1]) or (coloured and not body[2])


def number_before(text: str) -> int | None:
    """The number with which a line begins, None for any other line."""
    number = _NUMBER.match(text) if text[:1].isdigit() else None
    return None if number is None else int(number.group().rstrip(".) \t"))


def _is_rule(lines: Sequence[Line], number: int) -> bool:
    text = lines[number].text if 0 <= number < len(lines) else ""
    return len(text) >= _SHORTEST_RULE and text[0] in _RULE_SIGNS and _RULE_SIGNS.issuperset(text)


def _case(title: str) -> Case:
    if title.isupper():
        return "upper"
    words = [word for word in title.split() if word[0].isalpha()]
    if not any(char.islower() for char in title):
        return "none"
    if title[0].islower():
        return "lower"
    small = all(len(word) <= _SHORT and word.islower() for word in words[1:])
    if len(words) == 1 or (small and words and len(words[0]) > 1):
        return "word"  # "Sobre mí", too, may stand among headings of either case
    return "title" if all(word[0].isupper() for word in words if len(word) > _SHORT) else "sentence"
