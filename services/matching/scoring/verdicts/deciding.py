"""Names, levels, times and amounts: what is asked against what is held. No vector decides them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.matching.scoring.facts.amounts import TELLING_UNITS
from services.matching.scoring.facts.asks import Ask, AskedAmount, AskedName
from services.matching.scoring.facts.held import Held, HeldName, HeldStation
from services.matching.scoring.facts.levels import degree_name, language_rank
from services.matching.scoring.facts.qualified import lacking
from services.matching.scoring.facts.stations import months_together
from services.matching.scoring.facts.subjects import fits
from services.matching.scoring.verdicts.judged import (
    LISTED_ALONE,
    MET,
    MOST_PARTIAL,
    PARTIAL,
    Finding,
    strongest,
)

# A name that only a list holds, of somebody who knows the work.
LISTED = 0.75
# A level that the text does not tell.
UNTOLD = 0.4
_MONTHS = 12
# Units as people call them.
_TOLD = {"money": "US dollars", "m2": "m²"}
# A skill that is so much of what is asked decides where the resume denies it; and so much is all of it.
TELLING, _NEARLY_ALL = 0.4, 0.75
# Dates are told by the month or the year: so much less than asked is as much as asked.
_TOLERANCE = 0.95
# What just as many years as are asked come to; all the years there can be come to 1.
_JUST_ENOUGH = 0.8
# Less of the years or of an amount than this is nothing of it.
_LEAST_SHARE = 0.25
# What time in work that is near to the one asked counts.
_NEAR_SHARE = 0.4


def names_found(ask: Ask, held: Held, *, trust: float) -> list[Finding]:
    """One finding for each group of names. `trust`: see Beside."""
    listed = _listed(trust)
    return [strongest([_name(each, held, listed) for each in group]) for group in ask.names]


def _listed(trust: float) -> float:
    """What a name comes to that only a list holds."""
    return LISTED_ALONE + (LISTED - LISTED_ALONE) * trust


def _name(asked: AskedName, held: Held, listed: float) -> Finding:
    one = held.names.get(asked.key)
    if one is None:
        return _not_held(asked, held)
    if asked.type == "language":
        return _language(asked, one, is_own=_is_own(asked, held))
    other, untold = lacking(asked.about, one.about) if asked.about else ((), ())
    if other or untold:
        found = "one for something else found" if other else "what it is for is not told"
        told = f"asks for {asked.name}: {', '.join([*other, *untold])}; {found}"
        return Finding(PARTIAL if other else UNTOLD, one.units, told)
    return Finding(1.0 if one.applied or asked.type == "licence" else listed, one.units, _included(asked, one))


def hinted(ask: Ask, held: Held, in_words: Finding, *, trust: float) -> Finding:
    """What words came to, with what the resume names of the skills that can be said in other words: a name that it has
    is at least its share, one of which it says that the person has it not takes that away."""
    named, strength, reason = 0.0, in_words.strength, in_words.reason
    units: list[int] = []
    for hint in ask.hints:
        key = hint.key
        if (one := held.names.get(key)) is not None:
            named += hint.share * (1.0 if one.applied else _listed(trust))
            units += one.units
        elif (state := held.denied.get(key)) is not None and hint.share >= TELLING:
            strength = min(strength, MOST_PARTIAL if hint.share < _NEARLY_ALL else 0.0)
            reason = f"{hint.name} is named, but {_STATES[state]}"
        elif hint.short and hint.share >= TELLING:
            strength, reason = min(strength, MOST_PARTIAL), f"no {hint.name} found"
    if named <= strength:
        return Finding(strength, in_words.units, reason, by_facts=False)
    return Finding(named, (*units, *in_words.units), reason, by_facts=False)


def _included(asked: AskedName, held: HeldName) -> str | None:
    return f"{held.by} includes {asked.name}" if held.by else None


def _not_held(asked: AskedName, held: Held) -> Finding:
    state = held.denied.get(asked.key)
    if state is not None:
        return Finding(0.0, (), f"{asked.name} is named, but {_STATES[state]}")
    if asked.type == "language" and _is_own(asked, held):
        # The text itself shows that much.
        known = asked.level is None or (language_rank(asked.level) or 0) <= (language_rank("B2") or 0)
        return Finding(MET if known else UNTOLD, (), f"the resume is written in {asked.name}, and names no level")
    return Finding(0.0, (), f"no {asked.name} found")


def _is_own(asked: AskedName, held: Held) -> bool:
    """Whether the resume is written in the language that is asked."""
    return held.language is not None and asked.name == _NAMES.get(held.language)


_STATES = {
    "denied": "as something that the person has not",
    "wished": "as a wish or still to come",
    "expired": "as expired",
    "other_person": "as somebody else's",
}
_NAMES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese"}
_NAMES |= {"nl": "Dutch", "pl": "Polish", "zh": "Chinese", "ru": "Russian", "ar": "Arabic", "he": "Hebrew"}


def _language(asked: AskedName, held: HeldName, *, is_own: bool) -> Finding:
    wanted = language_rank(asked.level)
    if wanted is None:
        return Finding(1.0, held.units)
    if held.rank is None:
        if is_own and wanted <= (language_rank("B2") or 0):
            return Finding(MET, held.units, f"the resume is written in {asked.name}, and names no level")
        return Finding(UNTOLD, held.units, f"asks for {asked.name} {asked.level}; no level found")
    if held.rank >= wanted:
        return Finding(1.0, held.units)
    below = wanted - held.rank
    return Finding(UNTOLD if below == 1 else PARTIAL, held.units, f"asks for {asked.name} {asked.level}; less found")


def degree_found(ask: Ask, held: Held) -> Finding | None:
    """Whether studies of the level were finished, in a subject that is asked; None where no level is asked."""
    if ask.degree is None:
        return None
    asked = degree_name(ask.degree)
    reached = [each for each in held.studies if each.rank >= ask.degree]
    if not reached:
        best = max((each.rank for each in held.studies), default=None)
        found = "none found" if best is None else f"{degree_name(best)} found"
        strength = UNTOLD if ask.or_similar else 0.0 if best is None else PARTIAL
        return Finding(strength, (), f"asks for a degree of level {asked}; {found}")
    fitting = [each for each in reached if fits(ask.subject, each.words)] if ask.subject else reached
    if fitting:
        return Finding(1.0, (fitting[0].unit,))
    return Finding(UNTOLD, (reached[0].unit,), f"a degree of level {asked} found, in another subject")


def years_found(
    ask: Ask,
    same: Sequence[HeldStation],
    near: Sequence[HeldStation],
    stated: Callable[[], float | None],
    *,
    trust: float,
) -> Finding:
    """How much of the years that are asked the positions of the `same` work lasted together; such as are `near` to it
    show some of it at most. `stated` tells the years of it that the text names itself, which count as far as words
    are to be trusted (`trust`: see Beside)."""
    asked = ask.years or 0.0
    if not asked:
        # More experience than is asked for is no fault.
        return Finding(1.0, titled(same))
    months = months_together(same)
    told = f"asks for {_years(asked * _MONTHS)}"
    undated = months is None or any(each.first is None and each.months is None for each in same)
    named = stated() if undated else None
    if named is not None and named * _MONTHS > (months or 0.0):
        share = named / max(asked, 1e-9)
        strength = _enough(share) if share >= _TOLERANCE else _share(share)
        if not same:
            strength = min(strength, LISTED_ALONE + (1.0 - LISTED_ALONE) * trust)
        return Finding(strength, titled(same), f"{told}; the text names {_years(named * _MONTHS)}")
    further = months_together([*same, *near]) if near else months
    counted = same or near
    units = titled(counted)
    if further is None and any(each.first is not None for each in same):
        # It lasts still, and nobody says until when.
        return Finding(MET, units, f"{told}; {_entries(len(same))} found that last still")
    if further is None:
        return Finding(UNTOLD if counted else 0.0, units, f"{told}; {'no dates' if counted else 'no such work'} found")
    share = (months or 0.0) / max(asked * _MONTHS, 1e-9)
    found = f"{told}; {_years(further)} found in {_entries(len(same) + len(near))}"
    if share >= _TOLERANCE:
        return Finding(_enough(share), units, f"{told}; {_years(months or 0.0)} found in {_entries(len(same))}")
    if further > (months or 0.0):
        more = (further - (months or 0.0)) / max(asked * _MONTHS, 1e-9)
        return Finding(_share(min(share + _NEAR_SHARE * more, 1.0)), units, f"{found}, not all of it the same work")
    return Finding(_share(share), units, found)


def _enough(share: float) -> float:
    """The strength of as much as is asked or more: a little more for every year more, and never a fault."""
    return _JUST_ENOUGH + (1.0 - _JUST_ENOUGH) * max(1.0 - 1.0 / share, 0.0)


def _share(share: float) -> float:
    """The strength of a part of what is asked: never met; partial from a quarter on."""
    if share < _LEAST_SHARE:
        return share / _LEAST_SHARE * (PARTIAL - 1e-3)
    return min(PARTIAL + share * (MET - PARTIAL), MOST_PARTIAL)


def titled(stations: Sequence[HeldStation]) -> tuple[int, ...]:
    """The units that their titles stand in."""
    return tuple([each.titled for each in stations])


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _years(months: float) -> str:
    years, rest = divmod(round(months), _MONTHS)
    told = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in ((years, "year"), (rest, "month")) if count]
    return " ".join(told) or "0 months"


def amount_found(asked: AskedAmount, held: Held, related: Callable[[int], bool]) -> Finding:
    """Whether an amount of the same unit, of the same thing, is as great as asked, or as small. Of the same thing are
    those beside which the same terms stand; where there is none, those in lines about what is asked."""
    same = [each for each in held.amounts if each.measure == asked.unit]
    tells_itself = asked.unit in TELLING_UNITS
    if asked.near:
        near = frozenset(asked.near)
        shared = [len(near.intersection(each.near)) for each in same]
        most = max(shared, default=0)
        same = [
            each
            for each, count in zip(same, shared, strict=True)
            if count == most and (count or tells_itself or related(each.unit))
        ]
    else:
        same = [each for each in same if tells_itself or related(each.unit)]
    wanted = f"asks for {'at most ' * asked.at_most}{_amount(asked.value, asked.unit)}"
    if not same:
        return Finding(PARTIAL, (), f"{wanted}; no such number found")
    values = [_compared(each.value, each.rate, asked.rate) for each in same]
    best = (
        min(range(len(same)), key=values.__getitem__)
        if asked.at_most
        else max(range(len(same)), key=values.__getitem__)
    )
    share = asked.value / max(values[best], 1e-9) if asked.at_most else values[best] / max(asked.value, 1e-9)
    units = (same[best].unit,)
    if share >= _TOLERANCE:
        return Finding(1.0, units)
    return Finding(_share(share), units, f"{wanted}; {_amount(values[best], asked.unit)} found")


def _compared(value: float, rate: float | None, asked: float | None) -> float:
    """A number per something, per what is asked."""
    return value if rate is None or asked is None else value * rate / asked


def _amount(value: float, unit: str) -> str:
    named = "%" if unit == "%" else f" {_TOLD.get(unit, unit.removeprefix('of '))}"
    return f"{value:,.10g}{named}"
