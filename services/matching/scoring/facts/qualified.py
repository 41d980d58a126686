"""What a licence is for: a state, a subject, a kind of machine; two licences of one name may be for different ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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
_SHORTEST_IN_CAPITALS = 5


class _Known(NamedTuple):
    kind: str
    of: tuple[str, ...]
    value: str


def qualities(type: str, name: str, around: str) -> list[str]:
    """What a mention's surroundings say that the licence `name` is for, as "kind:value"; none of other types."""
    if type != "licence":
        return []
    folded = name.casefold()
    found = dict.fromkeys(
        f"{known.kind}:{known.value}"
        for match in _pattern().finditer(around)
        for known in _known().get(match.group(), ()) or _known().get(match.group().casefold(), ())
        if _is_of(known, folded)
    )
    return list(found)


def line_around(text: str, start: int, end: int) -> str:
    """The clause or the item of a list in which a mention stands."""
    first = max((match.end() for match in _BREAK.finditer(text, max(0, start - _LINE), start)), default=None)
    behind = _BREAK.search(text, end, min(len(text), end + _LINE))
    last = behind.start() if behind else min(len(text), end + _LINE)
    return text[max(0, start - _LINE) if first is None else first : last]


def lacking(asked: Sequence[str], held: Sequence[str]) -> tuple[list[str], list[str]]:
    """Of the kinds that are asked those of which something else is held, and those of which nothing is told: of each
    what is asked. Of a kind one is enough."""
    other, untold = [], []
    for kind in dict.fromkeys(each.partition(":")[0] for each in asked):
        wanted, had = _values(asked, kind), _values(held, kind)
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
    for line in QUALIFIED.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        kind, of, value, *said = line.split("\t")
        for phrase in (value, *(said[0].split(";") if said else ())):
            key = phrase if _counts_as_written(phrase) else phrase.casefold()
            if phrase != ANY:
                found.setdefault(key, []).append(_Known(kind, tuple(of.split(";")), value))
    return found


def _counts_as_written(phrase: str) -> bool:
    return phrase.upper() == phrase and len(phrase) < _SHORTEST_IN_CAPITALS and any(map(str.isalpha, phrase))


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_known(), key=len, reverse=True)
    written = [re.escape(each) for each in longest_first if _counts_as_written(each)]
    folded = [re.escape(each) for each in longest_first if not _counts_as_written(each)]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(written)}|(?i:{'|'.join(folded)}))(?![\w-])")
