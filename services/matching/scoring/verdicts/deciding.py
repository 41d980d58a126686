"""Names, levels, times and amounts: what is asked against what is held. No vector decides them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.matching.scoring.facts.asks import Ask, AskedAmount, AskedName
from services.matching.scoring.facts.held import Held, HeldName, HeldStation, key_of
from services.matching.scoring.facts.levels import degree_name, language_rank
from services.matching.scoring.facts.qualified import lacking
from services.matching.scoring.facts.stations import months_together
from services.matching.scoring.facts.subjects import fits
from services.matching.scoring.verdicts.judged import MET, MOST_PARTIAL, PARTIAL, Finding

# A name that only a list holds, without any work around it.
LISTED = 0.75
# A level that the text does not tell.
UNTOLD = 0.4
_MONTHS = 12
# A skill that is so much of what is asked decides where the resume denies it; and so much is all of it.
_TELLING, _NEARLY_ALL = 0.4, 0.75
# Dates are told by the month or the year: so much less than asked is as much as asked.
_TOLERANCE = 0.95
# Less of the years or of an amount than this is nothing of it.
_LEAST_SHARE = 0.25

Row = Callable[[int], int]


def names_found(ask: Ask, held: Held, row_of: Row) -> list[Finding]:
    """One finding for each group of names."""
    return [max((_name(each, held, row_of) for each in group), key=lambda found: found.strength) for group in ask.names]


def _name(asked: AskedName, held: Held, row_of: Row) -> Finding:
    one = held.names.get(key_of(asked.type, asked.name))
    if one is None:
        return _not_held(asked, held)
    if asked.type == "language":
        return _language(asked, one, row_of, is_own=_is_own(asked, held))
    other, untold = lacking(asked.about, one.about)
    if other or untold:
        found = "one for something else found" if other else "what it is for is not told"
        told = f"asks for {asked.name}: {', '.join(other + untold)}; {found}"
        return Finding(PARTIAL if other else UNTOLD, _rows(one, row_of), told)
    return Finding(1.0 if one.applied else LISTED, _rows(one, row_of), _included(asked, one))


def hinted(ask: Ask, held: Held, in_words: Finding, row_of: Row) -> Finding:
    """What words came to, with what the resume names of the skills that can be said in other words: a name that it has
    is at least its share, one of which it says that the person has it not takes that away."""
    named, strength, reason = 0.0, in_words.strength, in_words.reason
    rows: list[int] = []
    for hint in ask.hints:
        key = key_of(hint.type, hint.name)
        if (one := held.names.get(key)) is not None:
            named += hint.share * (1.0 if one.applied else LISTED)
            rows += _rows(one, row_of)
        elif (state := held.denied.get(key)) is not None and hint.share >= _TELLING:
            strength = min(strength, MOST_PARTIAL if hint.share < _NEARLY_ALL else 0.0)
            reason = f"{hint.name} is named, but {_STATES[state]}"
        elif hint.short and hint.share >= _TELLING:
            strength, reason = min(strength, MOST_PARTIAL), f"no {hint.name} found"
    if named <= strength:
        return Finding(strength, in_words.rows, reason, by_facts=False)
    return Finding(named, tuple(dict.fromkeys((*rows, *in_words.rows))), reason, by_facts=False)


def _rows(held: HeldName, row_of: Row) -> tuple[int, ...]:
    return tuple(dict.fromkeys(map(row_of, held.units)))


def _included(asked: AskedName, held: HeldName) -> str | None:
    return f"{held.by} includes {asked.name}" if held.by else None


def _not_held(asked: AskedName, held: Held) -> Finding:
    state = held.denied.get(key_of(asked.type, asked.name))
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


def _language(asked: AskedName, held: HeldName, row_of: Row, *, is_own: bool) -> Finding:
    wanted = language_rank(asked.level)
    rows = _rows(held, row_of)
    if wanted is None:
        return Finding(1.0, rows)
    if held.rank is None:
        if is_own and wanted <= (language_rank("B2") or 0):
            return Finding(MET, rows, f"the resume is written in {asked.name}, and names no level")
        return Finding(UNTOLD, rows, f"asks for {asked.name} {asked.level}; no level found")
    if held.rank >= wanted:
        return Finding(1.0, rows)
    below = wanted - held.rank
    return Finding(UNTOLD if below == 1 else PARTIAL, rows, f"asks for {asked.name} {asked.level}; less found")


def degree_found(ask: Ask, held: Held, row_of: Row) -> Finding | None:
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
        return Finding(1.0, (row_of(fitting[0].unit),))
    return Finding(UNTOLD, (row_of(reached[0].unit),), f"a degree of level {asked} found, in another subject")


def years_found(ask: Ask, stations: Sequence[HeldStation], stated: float | None, row_of: Row) -> Finding | None:
    """How much of the years that are asked the `stations` about this work lasted together. `stated`: the years of it
    that the text names itself. None where no years are asked."""
    if ask.years is None:
        return None
    months = months_together(stations)
    rows = tuple(dict.fromkeys(row_of(each.units[0]) for each in stations))
    told = f"asks for {_years(ask.years * _MONTHS)}"
    if months is None:
        if stated is not None:
            enough = stated >= ask.years * _TOLERANCE
            return Finding(
                1.0 if enough else _share(stated / ask.years), rows, f"{told}; the text names {stated:g} years"
            )
        return Finding(UNTOLD if stations else 0.0, rows, f"{told}; {'no dates' if stations else 'no such work'} found")
    share = months / (ask.years * _MONTHS)
    if share >= _TOLERANCE:
        return Finding(1.0, rows, f"{told}; {_years(months)} found in {_entries(len(stations))}")
    return Finding(_share(share), rows, f"{told}; {_years(months)} found in {_entries(len(stations))}")


def _share(share: float) -> float:
    """The strength of a part of what is asked: never met; partial from a quarter on."""
    if share < _LEAST_SHARE:
        return share / _LEAST_SHARE * (PARTIAL - 1e-3)
    return min(PARTIAL + share * (MET - PARTIAL), MOST_PARTIAL)


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _years(months: float) -> str:
    years, rest = divmod(round(months), _MONTHS)
    told = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in ((years, "year"), (rest, "month")) if count]
    return " ".join(told) or "0 months"


def amount_found(asked: AskedAmount, held: Held, related: Callable[[int], bool], row_of: Row) -> Finding:
    """Whether an amount of the same unit, in a line about the same thing, is as great as asked."""
    same = [each for each in held.amounts if each.measure == asked.unit and related(each.unit)]
    if not same:
        return Finding(PARTIAL, (), f"asks for {asked.value:g} {asked.unit}; no such number found")
    best = max(same, key=lambda each: each.value)
    if best.value >= asked.value * _TOLERANCE:
        return Finding(1.0, (row_of(best.unit),))
    return Finding(
        _share(best.value / asked.value),
        (row_of(best.unit),),
        f"asks for {asked.value:g} {asked.unit}; {best.value:g} found",
    )
