"""What a licence is for: a state, a subject, a kind of machine; two licences of one name may be for different ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

QUALIFIED = Path(__file__).with_name("qualified_v1.tsv")
ANY = "any"
# To drive, to sell food or to give first aid a licence of any place will do.
_ANYWHERE = ("driver", "cdl", "first aid", "cpr", "life support", "food", "forklift", "motorcycle")
# A line longer than this is looked at in part, on both sides of what it names.
_LINE = 160
_BREAK = re.compile(r"[\n;•]|\.\s")
_HEADS = re.compile(r"[ \t]*:?[ \t]*\n(?:[ \t]*[-*•–][ \t]*)?")
_SHORTEST_IN_CAPITALS = 5
# Names that say what they are for, and what they are without that.
_FOR_SOMETHING = re.compile(r"(?P<place>.+) (?P<bar>bar admission)|(?P<driving>driver's license) class (?P<class>\w+)")
# What a licence is for where it does not say: that for a car.
_USUAL = "class:B"


class _Known(NamedTuple):
    kind: str
    of: tuple[str, ...]
    value: str


def general_name(type: str, name: str) -> str:
    """The canonical name of something without what it is for: "bar admission" of "Ohio bar admission"."""
    named = _FOR_SOMETHING.fullmatch(name) if type == "licence" else None
    return name if named is None else named["bar"] or named["driving"]


def qualities(type: str, name: str, around: str) -> list[str]:
    """What the name of a licence and its surroundings say that it is for, as "kind:value"; none of other types."""
    if type != "licence":
        return []
    folded = general_name(type, name).casefold()
    named = _FOR_SOMETHING.fullmatch(name)
    said = [named["place"] or named["class"]] if named else []
    found = dict.fromkeys(
        f"{known.kind}:{known.value}"
        for words in (*said, around)
        for match in _pattern().finditer(words)
        for known in _known().get(match.group(), ()) or _known().get(match.group().casefold(), ())
        if _is_of(known, folded)
    )
    return list(found)


def with_included(qualities: Sequence[str]) -> list[str]:
    """What somebody may do by these: a licence for lorries is one for cars."""
    included = [one for each in qualities for one in _included().get(each, ())]
    return list(dict.fromkeys((*qualities, *included)))


def line_around(text: str, start: int, end: int) -> str:
    """The clause or the item of a list in which a mention stands."""
    first = max((match.end() for match in _BREAK.finditer(text, max(0, start - _LINE), start)), default=None)
    # A heading tells of the line below it.
    heads = _HEADS.match(text, end)
    behind = _BREAK.search(text, heads.end() if heads else end, min(len(text), end + _LINE))
    last = behind.start() if behind else min(len(text), end + _LINE)
    return text[max(0, start - _LINE) if first is None else first : last]


def lacking(asked: Sequence[str], held: Sequence[str]) -> tuple[list[str], list[str]]:
    """Of the kinds that are asked those of which something else is held, and those of which nothing is told: of each
    what is asked. Of a kind one is enough."""
    other, untold = [], []
    for kind in dict.fromkeys(each.partition(":")[0] for each in asked if held or each != _USUAL):
        wanted, had = _values(asked, kind), _values(with_included(held), kind)
        if not had:
            untold.append(" or ".join(wanted))
        elif ANY not in had and not set(wanted) & set(had):
            other.append(" or ".join(wanted))
    return other, untold


def _values(qualities: Iterable[str], kind: str) -> list[str]:
    return [value for each in qualities for of, _, value in (each.partition(":"),) if of == kind]


def _is_of(known: _Known, licence: str) -> bool:
    if known.of == ("*",):
        return not any(word in licence for word in _ANYWHERE)
    return any(word in licence for word in known.of)


@cache
def _known() -> dict[str, list[_Known]]:
    """By the words that say it: short ones in capitals as they are, the others in lower case."""
    found: dict[str, list[_Known]] = {}
    for kind, of, value, said, _ in _rows():
        for phrase in filter(None, (value, *said.split(";"))):
            key = phrase if _counts_as_written(phrase) else phrase.casefold()
            if phrase != ANY:
                found.setdefault(key, []).append(_Known(kind, tuple(of.split(";")), value))
    return found


@cache
def _included() -> dict[str, list[str]]:
    return {
        f"{kind}:{value}": [f"{kind}:{each}" for each in included.split(";")]
        for kind, _, value, _, included in _rows()
        if included
    }


def _rows() -> Iterator[list[str]]:
    """Kind, licences, value, words, and what it includes."""
    for line in QUALIFIED.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield [*line.split("\t"), "", ""][:5]


def _counts_as_written(phrase: str) -> bool:
    return phrase.upper() == phrase and len(phrase) < _SHORTEST_IN_CAPITALS and any(map(str.isalpha, phrase))


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_known(), key=len, reverse=True)
    written = [re.escape(each) for each in longest_first if _counts_as_written(each)]
    folded = [re.escape(each) for each in longest_first if not _counts_as_written(each)]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(written)}|(?i:{'|'.join(folded)}))(?![\w-])")
