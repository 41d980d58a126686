"""What a resume states as facts, with the units that say it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

import msgspec

from libs.contracts.structure import Entry, Mention
from services.matching.scoring.facts.amounts import amounts_of
from services.matching.scoring.facts.leading import led_in
from services.matching.scoring.facts.levels import degree_rank, language_rank
from services.matching.scoring.facts.named import included_in, key_of
from services.matching.scoring.facts.qualified import general_name, line_around, qualities
from services.matching.scoring.facts.stations import Station, dated_lines, lasting_lines, stations_of
from services.matching.scoring.facts.subjects import study_words

# The unit in which a character of the text lies.
UnitAt = Callable[[int], int]

# More are a list of everything, and are not looked at.
MOST_AMOUNTS = 200
MOST_LEADS = 50
# Units that name one thing: more are no better evidence.
MOST_UNITS = 4
# Characters of a title; behind them stands no title any more.
_LONGEST_TITLE = 120
# Characters behind a degree in which its subject is named.
_SUBJECT = 120


class HeldName(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A skill, licence or language that somebody has: `rank` of a language, if told; the first MOST_UNITS `units` that
    name it, those of work or studies before those of a list, and how many of them are of work or studies (`applied`).
    `by`: the name as it stands there, where another one includes this. `about`: what a licence is for, by the lines
    that name it (see `qualified`)."""

    rank: int | None
    units: tuple[int, ...]
    applied: int
    by: str | None = None
    about: tuple[str, ...] = ()


class HeldStation(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A position held: see Station; `title` as it is written, and the unit `titled` that it stands in; `units`: from
    the first to before the last unit that tells of it."""

    first: int | None
    last: int | None
    months: float | None
    share: float
    title: str
    titled: int
    units: tuple[int, int]


class HeldStudies(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Studies that were finished: the rank of their level, the words of degree and subject, and the unit."""

    rank: int
    words: tuple[str, ...]
    unit: int


class HeldAmount(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An amount that the text names: `measure` is what Amount calls its unit, `unit` the unit of the text that names
    it. `rate`: so many times a working day, where the text says per what; `near`: the terms beside it."""

    value: float
    measure: str
    unit: int
    rate: float | None = None
    near: tuple[str, ...] = ()


class HeldLead(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A unit that says that somebody led people: how many, if it says so; `fully`: as their head."""

    unit: int
    people: float | None
    fully: bool


class Held(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All of them. `names` by type and canonical name; `denied`: those of which the text says that they are not had,
    with the state. `language` of the text; `headline`: what it calls itself at its beginning, "" for nothing;
    `as_of`: the day that "present" means in it. `leads`: where it says that somebody led people."""

    names: dict[str, HeldName]
    denied: dict[str, str]
    stations: list[HeldStation]
    studies: list[HeldStudies]
    amounts: list[HeldAmount]
    language: str | None
    headline: str = ""
    as_of: str | None = None
    leads: list[HeldLead] = []


def held_by(
    *,
    text: str,
    mentions: Sequence[Mention],
    entries: Sequence[Entry],
    unit_spans: Sequence[tuple[int, int]],
    as_of: str | None,
    language: str | None,
    headline: str = "",
) -> Held:
    """The facts of a resume. `text` is what may be looked at of it; `unit_spans` are (start, end), ascending."""
    starts = [start for start, _ in unit_spans]

    def unit_at(place: int) -> int:
        return max(bisect_right(starts, place) - 1, 0)

    stations = [
        *stations_of(entries, text, as_of),
        *dated_lines(text, entries, as_of),
        *lasting_lines(text, entries),
    ]
    names, denied = _names(text, mentions, unit_at, entries)
    return Held(
        names=names,
        denied=denied,
        stations=[_station(each, text, unit_at) for each in stations],
        studies=_studies(entries, mentions, text, unit_at),
        amounts=[
            HeldAmount(
                each.value if each.at_most is None else each.at_most,
                each.unit,
                unit_at(each.start),
                each.rate,
                tuple(sorted(each.near)),
            )
            for each, _ in zip(amounts_of(text), range(MOST_AMOUNTS), strict=False)
        ],
        language=language,
        headline=headline[:_LONGEST_TITLE],
        as_of=as_of,
        leads=[
            HeldLead(unit_at(each.start), each.people, each.fully)
            for each, _ in zip(led_in(text), range(MOST_LEADS), strict=False)
        ],
    )


def _names(
    text: str, mentions: Sequence[Mention], unit_at: UnitAt, entries: Sequence[Entry]
) -> tuple[dict[str, HeldName], dict[str, str]]:
    """What is had, and what is named without being had."""
    held: dict[str, HeldName] = {}
    denied: dict[str, str] = {}
    spans = [(each.start, each.end) for each in entries]
    for each in mentions:
        if each.type == "degree":
            continue
        key = key_of(each.type, general_name(each.type, each.name))
        if each.state != "had":
            denied.setdefault(key, each.state)
            continue
        rank = language_rank(each.level) if each.type == "language" else None
        applied = any(start <= each.start < end for start, end in spans)
        known = held.setdefault(key, HeldName(None, (), 0))
        about = qualities(each.type, each.name, line_around(text, each.start, each.end))
        held[key] = _named_again(known, rank, unit_at(each.start), about, applied=applied)
    for key, one in list(held.items()):
        type, _, name = key.partition(":")
        for included in included_in(name):
            held.setdefault(key_of(type, included), HeldName(one.rank, one.units, one.applied, name, one.about))
    return held, {key: state for key, state in denied.items() if key not in held}


def _named_again(known: HeldName, rank: int | None, unit: int, about: Sequence[str], *, applied: bool) -> HeldName:
    ranks = [each for each in (known.rank, rank) if each is not None]
    units, count = list(known.units), known.applied
    if applied and unit not in units[:count]:
        if unit in units:
            units.remove(unit)
        units.insert(count, unit)
        count += 1
    elif unit not in units:
        units.append(unit)
    all_about = tuple(dict.fromkeys((*known.about, *about)))
    return HeldName(max(ranks, default=None), tuple(units[:MOST_UNITS]), min(count, MOST_UNITS), about=all_about)


def _station(station: Station, text: str, unit_at: UnitAt) -> HeldStation:
    units = (unit_at(station.start), unit_at(max(station.end - 1, station.start)) + 1)
    title = (station.title or "").strip()
    place = text.find(title, station.start, station.end) if title else -1
    titled = unit_at(station.start if place < 0 else place)
    return HeldStation(
        station.first, station.last, station.months, station.share, title[:_LONGEST_TITLE], titled, units
    )


def _studies(entries: Sequence[Entry], mentions: Sequence[Mention], text: str, unit_at: UnitAt) -> list[HeldStudies]:
    """Finished studies: those among the entries, and degrees that are named elsewhere."""
    found = []
    degrees = [each for each in mentions if each.type == "degree"]
    for entry in entries:
        rank = degree_rank(entry.level)
        if entry.type == "education" and rank is not None and not entry.in_progress and _is_had(entry, degrees):
            told = " ".join(filter(None, (entry.title, entry.subject, text[entry.start : entry.end])))
            found.append(HeldStudies(rank, tuple(study_words(told)), unit_at(entry.start)))
    spans = [(each.start, each.end) for each in entries if each.type == "education"]
    for each in degrees:
        rank = degree_rank(each.level) if each.state == "had" else None
        if rank is not None and not any(start <= each.start < end for start, end in spans):
            told = text[each.start : each.end + _SUBJECT].split("\n", 1)[0]
            found.append(HeldStudies(rank, tuple(study_words(told)), unit_at(each.start)))
    return found


def _is_had(entry: Entry, degrees: Sequence[Mention]) -> bool:
    """Whether the degree of an entry was reached: where the text names it only to say that it was not, it was not."""
    own = [each for each in degrees if entry.start <= each.start < entry.end and each.level == entry.level]
    return not own or any(each.state == "had" for each in own)
