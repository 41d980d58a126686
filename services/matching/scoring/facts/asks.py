"""What one requirement of a job asks for: named things, a level, a time, an amount, and words."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from libs.contracts.structure import Mention, RequirementPart
from services.matching.scoring.facts.alternatives import asks_for_similar, groups_of
from services.matching.scoring.facts.amounts import YEARS, Amount, amounts_of
from services.matching.scoring.facts.asked_work import asked_work
from services.matching.scoring.facts.content import content_words, fillers
from services.matching.scoring.facts.leading import asks_to_lead
from services.matching.scoring.facts.levels import degree_rank
from services.matching.scoring.facts.named import is_proper, key_of
from services.matching.scoring.facts.qualified import general_name, qualities
from services.matching.scoring.facts.subjects import subject_words
from services.matching.scoring.roles.rank import LEADING, PLAIN
from services.matching.scoring.terms import idf, terms_of

# "No more than 2 %": what is asked is the most.
_AT_MOST = re.compile(
    r"\b(?:no more than|not more than|at most|(?:a )?maximum(?: of)?|below|under|less than|fewer than|no higher than|"
    r"not exceeding|within)\s*[$€£]?\Z",
    re.IGNORECASE,
)
_LONGEST_BEFORE = 24
# Beside an amount these say nothing of what is counted.
_OF_RATES = frozenset("hour shift day night week month year daili weekli monthli annual plus".split())
# "Degree in law", "a law degree", but no "high degree of care" and no "90 degrees".
_PLAIN_DEGREE = re.compile(
    r"(?<!\d\d )(?<!\d\d-)(?:\b(?P<subject>[a-z]+(?: [a-z]+)?) )?(?<!high )(?<!some )(?<!certain )(?<!large )"
    r"\b(?:degree|Degree|DEGREE)\b(?! of| to which| celsius| view| feedback)",
    re.IGNORECASE,
)
# "Degree or apprenticeship", "technical training or degree".
_WAYS = (
    r"(?:experience|training|apprenticeship|trade|diploma|certificate|certification|vocational|practice|background|"
    r"qualifications?|credential|knowledge|Ausbildung|Berufserfahrung|expérience|experiencia)"
)
# "Bilingual English/Spanish" asks for both.
_ALL_OF_THEM = re.compile(r"\b(?:bi|tri)lingual\b|\bboth\b|\bzweisprachig|\bbilingue|\bbilingüe", re.IGNORECASE)
_OTHER_WAY = re.compile(
    rf"\b(?:degree|bachelor\S*|master\S*|diploma|studium|B\.?Sc?\b)[^.;]{{0,60}}\b(?:or|oder|ou|o)\b[^.;]{{0,40}}\b{_WAYS}"
    rf"|\b{_WAYS}\b[^.;]{{0,40}}\b(?:or|oder|ou|o)\b[^.;]{{0,30}}\b(?:degree|bachelor|master|studium)",
    re.IGNORECASE,
)


class AskedName(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A skill, licence or language by its canonical name; `level` of a language as asked, else None; `about`: what a
    licence is to be for (see `qualified`)."""

    type: str
    name: str
    level: str | None = None
    about: list[str] = []

    @property
    def key(self) -> str:
        """See `key_of`."""
        return key_of(self.type, self.name)


class Hint(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A skill that can be said in other words than its names: whoever names it has a `share` (0-1) of what is asked.
    `short`: it is asked by an abbreviation, which another resume spells out, but hardly says in other words."""

    type: str
    name: str
    share: float
    short: bool = False

    @property
    def key(self) -> str:
        """See `key_of`."""
        return key_of(self.type, self.name)


class AskedAmount(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """At least `value` of a unit, or `at_most` so much; `rate`: so many times a working day, where the job says per
    what. `near`: the terms beside it, that say of what."""

    value: float
    unit: str
    at_most: bool = False
    rate: float | None = None
    near: list[str] = []


class AskedWorkOf(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Work to have been done: see AskedWork."""

    title: str
    named: bool
    whole: bool
    rank: int


class Ask(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a stretch of a job, characters `start` to before `end`, asks for. All of it is asked, but that of each group
    of `names` one is enough; `or_similar`: something like it would do. `degree` is the rank of the lowest level that is
    asked, with the words of its subject. `years` of work, 0 where so many are the most. `words` are the terms that say
    what is asked, without those by which everything is asked. `nice`: it is not a must. `hints` are named too, but
    decide only with the words. `work` to have been done, where the text names it, or else where it asks for years or a
    rank, that of the job itself, whose title `job_title` is told for years alone; `leads`: to have led people."""

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
    hints: list[Hint] = []
    work: AskedWorkOf | None = None
    leads: bool = False
    job_title: str = ""

    @property
    def is_of_words(self) -> bool:
        """Whether no fact decides it."""
        return not (
            self.names
            or self.hints
            or self.degree is not None
            or self.years is not None
            or self.amounts
            or self.work is not None
            or self.leads
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
    if len(telling) < 2 or any(_is_cut(each, telling) for each in mentions if start <= each.start and each.end <= end):
        return [ask_of(text, start, end, mentions, nice=nice, job_title=job_title)]
    return [
        ask_of(text, part.start, part.end, mentions, nice=part.necessity == "nice", job_title=job_title)
        for part in telling
    ]


def _is_cut(mention: Mention, parts: Sequence[RequirementPart]) -> bool:
    """Whether a part ends or begins within a name: "Ohio property | and | casualty license"."""
    return any(mention.start < edge < mention.end for part in parts for edge in (part.start, part.end))


def _tells(text: str, part: RequirementPart) -> bool:
    """Whether a part asks for anything: "two years of practice" does without a word that says of what."""
    return bool(content_words(text[part.start : part.end])) or any(amounts_of(text, part.start, part.end))


def ask_of(
    text: str, start: int, end: int, mentions: Sequence[Mention], *, nice: bool = False, job_title: str = ""
) -> Ask:
    """What a stretch of a job of this title asks for; `mentions` are the job's, in order."""
    # The signs of "C#" and "C++" belong to the name.
    while text[end : end + 1] in ("#", "+"):
        end += 1
    said = text[start:end]
    within = [each for each in mentions if start <= each.start and each.end <= end and each.state == "had"]
    named = [each for each in within if each.type in ("licence", "language") or is_proper(each.type, each.name)]
    hinted = [each for each in within if each.type == "skill" and not is_proper(each.type, each.name)]
    degrees = [each for each in within if each.type == "degree"]
    groups = groups_of(text, [(each.start, each.end) for each in named])
    if _ALL_OF_THEM.search(said):
        groups = [[at] for group in groups for at in group]
    # The number of a name is none of an amount: "EPA 608", "18th Edition".
    amounts = [each for each in amounts_of(text, start, end) if not any(_overlap(each, one) for one in named)]
    years = [each for each in amounts if each.unit == YEARS]
    ranks = [rank for each in degrees if (rank := degree_rank(each.level)) is not None]
    plain = None if ranks else _PLAIN_DEGREE.search(said)
    if plain is not None:
        ranks = [degree_rank("bachelor") or 0]
    short = [each for each in hinted if text[each.start : each.end].isupper()]
    words = _words(text, start, end, [*named, *degrees, *short], amounts)
    fewest_years = min((0.0 if _is_most(text, start, each) else each.value for each in years), default=None)
    return Ask(
        start=start,
        end=end,
        names=[[_asked(named[at], said) for at in group] for group in groups],
        or_similar=asks_for_similar(said) or (bool(ranks) and _may_be_otherwise(ranks, said)),
        degree=min(ranks, default=None),
        subject=_subject(text, start, degrees, plain, end) if ranks else [],
        years=fewest_years,
        amounts=[_amount(text, start, each) for each in amounts if each.unit != YEARS],
        words=words,
        nice=nice,
        hints=_hints(text, hinted, short, words),
        work=_work(said, fewest_years, words, named, job_title),
        leads=asks_to_lead(said),
        job_title=job_title if fewest_years is not None else "",
    )


def _amount(text: str, start: int, amount: Amount) -> AskedAmount:
    near = [term for term in sorted(amount.near - fillers() - _OF_RATES) if f"of {term}" != amount.unit]
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
    if found.rank >= LEADING or (years is not None and asks_to_lead(said)):
        return AskedWorkOf("", False, False, max(found.rank, LEADING))
    if not words or found.rank != PLAIN:
        return AskedWorkOf(job_title, bool(job_title) and found.rank == PLAIN, False, found.rank)
    return None


def _may_be_otherwise(ranks: Sequence[int], said: str) -> bool:
    """Whether other than studies would do as well; of a trade it may be said in many words that it was learned."""
    return _OTHER_WAY.search(said) is not None or min(ranks) == degree_rank("vocational")


def _overlap(one: Amount, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end


def _asked(mention: Mention, said: str) -> AskedName:
    name = general_name(mention.type, mention.name)
    return AskedName(mention.type, name, mention.level, qualities(mention.type, mention.name, said))


def _subject(text: str, start: int, degrees: Sequence[Mention], plain: re.Match[str] | None, end: int) -> list[str]:
    """The words behind a degree: what it is to be in; "law degree" says it before. "Degree or similar" names no
    subject, "degree in law or similar" does."""
    if plain is None:
        behind = text[degrees[-1].end : end]
    else:
        behind = text[start + plain.end() : end]
        if plain["subject"] and not subject_words(behind):
            return subject_words(plain["subject"])
    if asks_for_similar(behind) and not behind.strip(" ,.").startswith("in "):
        return []
    return subject_words(behind)


def _hints(text: str, hinted: Sequence[Mention], short: Sequence[Mention], words: Sequence[str]) -> list[Hint]:
    """What is named beside the `words` that are left; the `short` ones are none of these, as they may mean anything."""
    if not hinted:
        return []
    weights = {word: idf(word) for word in words}
    weighed = [
        sum((idf(term) if each in short else weights.get(term, 0.0)) for term in terms_of(text[each.start : each.end]))
        for each in hinted
    ]
    of_short = sum(weight for each, weight in zip(hinted, weighed, strict=True) if each in short)
    total = (sum(weights.values()) + of_short) or 1.0
    shares: dict[tuple[str, str], float] = {}
    for each, weight in zip(hinted, weighed, strict=True):
        shares[each.type, each.name] = min(shares.get((each.type, each.name), 0.0) + weight / total, 1.0)
    abbreviated = {(each.type, each.name) for each in short}
    return [Hint(*key, share, key in abbreviated) for key, share in shares.items()]


def _words(text: str, start: int, end: int, taken: Sequence[Mention], amounts: Sequence[Amount]) -> list[str]:
    """The words of a stretch but for what is compared otherwise."""
    left = list(text[start:end])
    for first, behind in [*((each.start, each.end) for each in taken), *((each.start, each.end) for each in amounts)]:
        for at in range(max(first, start), min(behind, end)):
            left[at - start] = " "
    return [term for term in content_words("".join(left)) if not term.isdigit()]
