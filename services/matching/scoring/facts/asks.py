"""What one requirement of a job asks for: named things, a level, a time, an amount, and words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec

from libs.contracts.structure import Mention, RequirementPart
from services.matching.scoring.facts.alternatives import asks_for_similar, groups_of
from services.matching.scoring.facts.amounts import YEARS, Amount, amounts_of
from services.matching.scoring.facts.asked_work import asked_work
from services.matching.scoring.facts.leading import asks_to_lead
from services.matching.scoring.facts.levels import degree_rank
from services.matching.scoring.facts.named import is_proper
from services.matching.scoring.facts.wordings import asked_wordings
from services.matching.scoring.roles.rank import LEADING, PLAIN
from services.matching.scoring.terms import terms_of

FILLERS = Path(__file__).with_name("fillers_v1.tsv")
# "No more than 2 %": what is asked is the most.
_AT_MOST = re.compile(
    r"\b(?:no more than|not more than|at most|(?:a )?maximum(?: of)?|below|under|less than|fewer than|no higher than|"
    r"not exceeding|within)\s*[$€£]?\Z",
    re.IGNORECASE,
)
_LONGEST_BEFORE = 24
# Beside an amount these say nothing of what is counted.
_OF_RATES = frozenset("hour shift day night week month year daili weekli monthli annual plus".split())


class AskedName(msgspec.Struct, frozen=True, array_like=True):
    """A skill, licence or language by its canonical name; `level` of a language as asked, else None."""

    type: str
    name: str
    level: str | None = None


class AskedAmount(msgspec.Struct, frozen=True, array_like=True):
    """At least `value` of a unit, or `at_most` so much; `rate`: so many times a working day, where the job says per
    what. `near`: the terms beside it, that say of what."""

    value: float
    unit: str
    at_most: bool = False
    rate: float | None = None
    near: list[str] = []


class AskedWorkOf(msgspec.Struct, frozen=True, array_like=True):
    """Work to have been done: see AskedWork."""

    title: str
    named: bool
    whole: bool
    rank: int


class Ask(msgspec.Struct, frozen=True, array_like=True):
    """What a stretch of a job, characters `start` to before `end`, asks for. All of it is asked, but that of each group
    of `names` one is enough; `or_similar`: something like it would do. `degree` is the rank of the lowest level that is
    asked, with the words of its subject. `years` of work, 0 where so many are the most. `words` are the terms that say
    what is asked, without those by which everything is asked. `nice`: it is not a must. `work` to have been done, where
    the text names it, or else where it asks for years or a rank, that of the job itself; `leads`: to have led people.
    `wordings`: what of the table of wordings it asks for, which counts in work that is near to `job_title`; this is
    told for wordings and years alone."""

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
    work: AskedWorkOf | None = None
    leads: bool = False
    wordings: list[str] = []
    job_title: str = ""

    @property
    def is_of_words(self) -> bool:
        """Whether no fact decides it."""
        return not (
            self.names
            or self.degree is not None
            or self.years is not None
            or self.amounts
            or self.work is not None
            or self.leads
            or self.wordings
        )


def asks_of(
    start: int,
    end: int,
    parts: Sequence[RequirementPart],
    mentions: Sequence[Mention],
    text: str,
    *,
    nice: bool,
    job_title: str = "",
) -> list[Ask]:
    """What a requirement of a job of this title asks for: one ask for each of its parts that says anything, else one
    for the whole."""
    telling = [part for part in parts if _tells(text, part)]
    if len(telling) < 2:
        return [ask_of(text, start, end, mentions, nice=nice, job_title=job_title)]
    return [
        ask_of(text, part.start, part.end, mentions, nice=part.necessity == "nice", job_title=job_title)
        for part in telling
    ]


def _tells(text: str, part: RequirementPart) -> bool:
    """Whether a part asks for anything: "two years of practice" does without a word that says of what."""
    return bool(content_words(text[part.start : part.end])) or any(amounts_of(text, part.start, part.end))


def ask_of(
    text: str, start: int, end: int, mentions: Sequence[Mention], *, nice: bool = False, job_title: str = ""
) -> Ask:
    """What a stretch of a job of this title asks for; `mentions` are the job's, in order."""
    said = text[start:end]
    within = [each for each in mentions if start <= each.start and each.end <= end and each.state == "had"]
    named = [each for each in within if each.type in ("licence", "language") or is_proper(each.type, each.name)]
    degrees = [each for each in within if each.type == "degree"]
    groups = groups_of(text, [(each.start, each.end) for each in named])
    amounts = list(amounts_of(text, start, end))
    years = [each for each in amounts if each.unit == YEARS]
    ranks = [rank for each in degrees if (rank := degree_rank(each.level)) is not None]
    words = _words(text, start, end, [*named, *degrees], amounts)
    wordings = asked_wordings(said)
    fewest_years = min((0.0 if _is_most(text, start, each) else each.value for each in years), default=None)
    return Ask(
        start=start,
        end=end,
        names=[[AskedName(named[at].type, named[at].name, named[at].level) for at in group] for group in groups],
        or_similar=asks_for_similar(said),
        degree=min(ranks, default=None),
        subject=_subject(text, degrees, end) if ranks else [],
        years=fewest_years,
        amounts=[_amount(text, start, each) for each in amounts if each.unit != YEARS],
        words=words,
        nice=nice,
        work=_work(said, fewest_years, words, named, job_title),
        leads=asks_to_lead(said),
        wordings=wordings,
        job_title=job_title if wordings or fewest_years is not None else "",
    )


def _amount(text: str, start: int, amount: Amount) -> AskedAmount:
    near = [term for term in sorted(amount.near - _fillers() - _OF_RATES) if f"of {term}" != amount.unit]
    return AskedAmount(amount.value, amount.unit, _is_most(text, start, amount), amount.rate, near)


def _is_most(text: str, start: int, amount: Amount) -> bool:
    return _AT_MOST.search(text, max(start, amount.start - _LONGEST_BEFORE), amount.start) is not None


def _work(
    said: str, years: float | None, words: Sequence[str], named: Sequence[Mention], job_title: str
) -> AskedWorkOf | None:
    """The work that is asked for: as it is named, else of the job itself where nothing says of what."""
    found = asked_work(said, has_years=years is not None)
    if found.title and not named:
        return AskedWorkOf(found.title, found.named, found.whole and years is None, found.rank)
    if named or (years is None and found.rank == PLAIN):
        return None
    if found.rank >= LEADING:
        return AskedWorkOf("", False, False, found.rank)
    if not words or found.rank != PLAIN:
        return AskedWorkOf(job_title, bool(job_title) and found.rank == PLAIN, False, found.rank)
    return None


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
