"""What a resume states as facts, with the units that say it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

import msgspec

from libs.contracts.structure import Entry, Mention
from services.matching.scoring.facts.amounts import amounts_of
from services.matching.scoring.facts.levels import degree_rank, language_rank
from services.matching.scoring.facts.named import included_in
from services.matching.scoring.facts.stations import Station, dated_lines, stations_of
from services.matching.scoring.terms import terms_of

# The unit in which a character of the text lies.
UnitAt = Callable[[int], int]

# More are a list of everything, and are not looked at.
MOST_AMOUNTS = 200
# Characters behind a degree in which its subject is named.
_SUBJECT = 120


class HeldName(msgspec.Struct, frozen=True, array_like=True):
    """A skill, licence or language that somebody has: `rank` of a language, if told; the first `unit` that names it,
    and whether it is named in work or studies (`applied`) or only in a list. `by`: the name as it stands there, where
    another one includes this."""

    rank: int | None
    unit: int
    applied: bool
    by: str | None = None


class HeldStation(msgspec.Struct, frozen=True, array_like=True):
    """A position held: see Station; `units`: from the first to before the last unit that tells of it."""

    first: int | None
    last: int | None
    months: float | None
    share: float
    title: list[str]
    units: tuple[int, int]


class HeldStudies(msgspec.Struct, frozen=True, array_like=True):
    """Studies that were finished: the rank of their level, the words of degree and subject, and the unit."""

    rank: int
    words: list[str]
    unit: int


class HeldAmount(msgspec.Struct, frozen=True, array_like=True):
    """An amount that the text names: `measure` is what Amount calls its unit, `unit` the unit of the text that names
    it."""

    value: float
    measure: str
    unit: int


class Held(msgspec.Struct, frozen=True, array_like=True):
    """All of them. `names` by type and canonical name; `denied`: those of which the text says that they are not had,
    with the state. `language` of the text."""

    names: dict[str, HeldName]
    denied: dict[str, str]
    stations: list[HeldStation]
    studies: list[HeldStudies]
    amounts: list[HeldAmount]
    language: str | None


def held_by(
    *,
    text: str,
    mentions: Sequence[Mention],
    entries: Sequence[Entry],
    unit_spans: Sequence[tuple[int, int]],
    as_of: str,
    language: str | None,
) -> Held:
    """The facts of a resume. `text` is what may be looked at of it; `unit_spans` are (start, end), ascending."""
    starts = [start for start, _ in unit_spans]

    def unit_at(place: int) -> int:
        return max(bisect_right(starts, place) - 1, 0)

    stations = [*stations_of(entries, text, as_of), *dated_lines(text, entries, as_of)]
    names, denied = _names(mentions, unit_at, entries)
    return Held(
        names=names,
        denied=denied,
        stations=[_station(each, unit_at) for each in stations],
        studies=_studies(entries, mentions, text, unit_at),
        amounts=[
            HeldAmount(each.value if each.at_most is None else each.at_most, each.unit, unit_at(each.start))
            for each, _ in zip(amounts_of(text), range(MOST_AMOUNTS), strict=False)
        ],
        language=language,
    )


def key_of(type: str, name: str) -> str:
    """By what Held.names are looked up."""
    return f"{type}:{name}"


def _names(
    mentions: Sequence[Mention], unit_at: UnitAt, entries: Sequence[Entry]
) -> tuple[dict[str, HeldName], dict[str, str]]:
    """What is had, and what is named without being had."""
    held: dict[str, HeldName] = {}
    denied: dict[str, str] = {}
    spans = [(each.start, each.end) for each in entries]
    for each in mentions:
        if each.type == "degree":
            continue
        key = key_of(each.type, each.name)
        if each.state != "had":
            denied.setdefault(key, each.state)
            continue
        rank = language_rank(each.level) if each.type == "language" else None
        applied = any(start <= each.start < end for start, end in spans)
        known = held.get(key)
        if known is None:
            held[key] = HeldName(rank, unit_at(each.start), applied)
        elif (rank or -1) > (known.rank or -1) or (applied and not known.applied):
            best = rank if known.rank is None else known.rank if rank is None else max(rank, known.rank)
            unit = unit_at(each.start) if applied and not known.applied else known.unit
            held[key] = HeldName(best, unit, applied or known.applied)
    for key, one in list(held.items()):
        type, _, name = key.partition(":")
        for included in included_in(name):
            held.setdefault(key_of(type, included), HeldName(one.rank, one.unit, one.applied, name))
    return held, {key: state for key, state in denied.items() if key not in held}


def _station(station: Station, unit_at: UnitAt) -> HeldStation:
    units = (unit_at(station.start), unit_at(max(station.end - 1, station.start)) + 1)
    return HeldStation(station.first, station.last, station.months, station.share, terms_of(station.title or ""), units)


def _studies(entries: Sequence[Entry], mentions: Sequence[Mention], text: str, unit_at: UnitAt) -> list[HeldStudies]:
    """Finished studies: those among the entries, and degrees that are named elsewhere."""
    found = []
    for entry in entries:
        rank = degree_rank(entry.level)
        if entry.type == "education" and rank is not None and not entry.in_progress:
            words = terms_of(" ".join(filter(None, (entry.title, entry.subject, text[entry.start : entry.end]))))
            found.append(HeldStudies(rank, words, unit_at(entry.start)))
    spans = [(each.start, each.end) for each in entries if each.type == "education"]
    for each in mentions:
        rank = degree_rank(each.level) if each.type == "degree" and each.state == "had" else None
        if rank is not None and not any(start <= each.start < end for start, end in spans):
            words = terms_of(text[each.start : each.end + _SUBJECT].split("\n", 1)[0])
            found.append(HeldStudies(rank, words, unit_at(each.start)))
    return found
