"""What one requirement of a job asks for: named things, a level, a time, an amount, and words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec

from libs.contracts.structure import Mention, RequirementPart
from services.matching.scoring.facts.alternatives import asks_for_similar, groups_of
from services.matching.scoring.facts.amounts import Amount, amounts_of
from services.matching.scoring.facts.levels import degree_rank
from services.matching.scoring.facts.named import is_proper
from services.matching.scoring.terms import terms_of

FILLERS = Path(__file__).with_name("fillers_v1.tsv")
YEARS = "years"


class AskedName(msgspec.Struct, frozen=True, array_like=True):
    """A skill, licence or language by its canonical name; `level` of a language as asked, else None."""

    type: str
    name: str
    level: str | None = None


class AskedAmount(msgspec.Struct, frozen=True, array_like=True):
    """At least `value` of a unit."""

    value: float
    unit: str


class Ask(msgspec.Struct, frozen=True, array_like=True):
    """What a stretch of a job, characters `start` to before `end`, asks for. All of it is asked, but that of each group
    of `names` one is enough; `or_similar`: something like it would do. `degree` is the rank of the lowest level that is
    asked, with the words of its subject. `years` of work. `words` are the terms that say what is asked, without those
    by which everything is asked. `nice`: it is not a must."""

    start: int
    end: int
    names: list[list[AskedName]]
    or_similar: bool
    degree: int | None
    subject: list[str]
    years: float | None
    amounts: list[AskedAmount]
    words: list[str]
    nice: bool = False

    @property
    def is_of_words(self) -> bool:
        """Whether no fact decides it."""
        return not self.names and self.degree is None and self.years is None and not self.amounts


def asks_of(
    start: int, end: int, parts: Sequence[RequirementPart], mentions: Sequence[Mention], text: str, *, nice: bool
) -> list[Ask]:
    """What a requirement asks for: one ask for each of its parts that says anything, else one for the whole."""
    telling = [part for part in parts if content_words(text[part.start : part.end])]
    if len(telling) < 2:
        return [ask_of(text, start, end, mentions, nice=nice)]
    return [ask_of(text, part.start, part.end, mentions, nice=part.necessity == "nice") for part in telling]


def ask_of(text: str, start: int, end: int, mentions: Sequence[Mention], *, nice: bool = False) -> Ask:
    """What a stretch of a job asks for; `mentions` are the job's, in order."""
    said = text[start:end]
    within = [each for each in mentions if start <= each.start and each.end <= end and each.state == "had"]
    named = [each for each in within if each.type in ("licence", "language") or is_proper(each.type, each.name)]
    degrees = [each for each in within if each.type == "degree"]
    groups = groups_of(text, [(each.start, each.end) for each in named])
    amounts = list(amounts_of(text, start, end))
    years = [each for each in amounts if each.unit == YEARS]
    ranks = [rank for each in degrees if (rank := degree_rank(each.level)) is not None]
    return Ask(
        start=start,
        end=end,
        names=[[AskedName(named[at].type, named[at].name, named[at].level) for at in group] for group in groups],
        or_similar=asks_for_similar(said),
        degree=min(ranks, default=None),
        subject=_subject(text, degrees, end) if ranks else [],
        years=min((each.value for each in years), default=None),
        amounts=[AskedAmount(each.value, each.unit) for each in amounts if each.unit != YEARS],
        words=_words(text, start, end, [*named, *degrees], amounts),
        nice=nice,
    )


def content_words(text: str) -> list[str]:
    """The distinct terms of a text that say what it is about."""
    return [term for term in terms_of(text) if term not in _fillers()]


def _subject(text: str, degrees: Sequence[Mention], end: int) -> list[str]:
    """The words behind a degree: what it is to be in. "Degree or similar" names no subject, "degree in law or similar"
    does."""
    behind = text[degrees[-1].end : end]
    return [] if asks_for_similar(behind) and not behind.strip(" ,.").startswith("in ") else content_words(behind)


def _words(text: str, start: int, end: int, taken: Sequence[Mention], amounts: Sequence[Amount]) -> list[str]:
    """The words of a stretch but for what is compared otherwise."""
    left = list(text[start:end])
    for first, behind in [*((each.start, each.end) for each in taken), *((each.start, each.end) for each in amounts)]:
        for at in range(max(first, start), min(behind, end)):
            left[at - start] = " "
    return [term for term in content_words("".join(left)) if not term.isdigit()]


@cache
def _fillers() -> frozenset[str]:
    lines = FILLERS.read_text(encoding="utf-8").splitlines()
    return frozenset(terms_of(" ".join(line for line in lines if not line.startswith("#"))))
