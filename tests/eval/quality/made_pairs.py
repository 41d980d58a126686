"""Pairs of resumes for one job, of which one was made worse in one respect: years, seniority, role.

Made of the triples: their resumes name the job's title with years behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from labelled_sets import Triples

PAIRS = 100
YEARS, SENIORITY, ROLE = "ten years made one", "a senior made junior", "right field, wrong role"
# What somebody may be who reads and writes the same words all day, and does another work.
_OTHER_ROLES = (
    "Recruiter for {title} positions",
    "Receptionist, {title} department",
    "Sales representative for {title} supplies",
    "Administrative assistant to the {title}",
    "Accounts payable clerk, {title} division",
)
_INSTEAD = re.compile(r'instead of "(?P<title>.+?) \((?P<from>\d{4}) - (?P<to>\d{4})\)" use', re.DOTALL)
_ASKED = re.compile(r"\b([3-9]|\d\d)\s*\+?\s*years\b", re.IGNORECASE)
_MOST_TITLE_WORDS = 6


@dataclass(frozen=True)
class MadePair:
    """`better` should score above `worse` for the job."""

    kind: str
    job: str
    better: str
    worse: str


def made_pairs(triples: Triples) -> list[MadePair]:
    """Up to PAIRS of each kind, in the order of the triples."""
    found: list[MadePair] = []
    for make in _MAKERS:
        made = (make(triples, place) for place in range(len(triples.jobs)))
        found += [pair for pair in made if pair is not None][:PAIRS]
    return found


def _years(triples: Triples, place: int) -> MadePair | None:
    told = _INSTEAD.search(triples.removed[place].experience)
    if told is None or not _asks_years(triples.jobs[place], told["title"]):
        return None
    resume, ends = triples.matched[place], int(told["to"])
    line = re.compile(rf"^(?P<before>.*{re.escape(told['title'])}.*?){told['from']}(?=\D+{ends})", re.M | re.I)
    if not line.search(resume):
        return None
    ten, one = (line.sub(rf"\g<before>{ends - years}", resume, count=1) for years in (10, 1))
    return MadePair(YEARS, triples.jobs[place], ten, one)


def _seniority(triples: Triples, place: int) -> MadePair | None:
    return _with_titles(triples, place, SENIORITY, lambda title: f"Senior {title}", lambda title: f"Junior {title}")


def _role(triples: Triples, place: int) -> MadePair | None:
    other = _OTHER_ROLES[place % len(_OTHER_ROLES)]
    return _with_titles(triples, place, ROLE, lambda title: title, lambda title: other.format(title=title))


def _with_titles(
    triples: Triples, place: int, kind: str, better: Callable[[str], str], worse: Callable[[str], str]
) -> MadePair | None:
    """Both resumes and, as the better one, the job name the title in another way."""
    told = _INSTEAD.search(triples.removed[place].experience)
    if (
        told is None
        or len(told["title"].split()) > _MOST_TITLE_WORDS
        or re.search(r"senior|junior|sr\b|jr\b", told["title"], re.I)
    ):
        return None
    named = re.compile(re.escape(told["title"]), re.IGNORECASE)
    if not named.search(triples.jobs[place]) or not named.search(triples.matched[place]):
        return None
    job, first, second = (
        named.sub(lambda match, change=change: change(match[0]), text)  # type: ignore[misc]
        for text, change in (
            (triples.jobs[place], better),
            (triples.matched[place], better),
            (triples.matched[place], worse),
        )
    )
    return MadePair(kind, job, first, second)


def _asks_years(job: str, title: str) -> bool:
    return any(title.lower() in line.lower() and _ASKED.search(line) for line in job.splitlines())


_MAKERS: tuple[Callable[[Triples, int], MadePair | None], ...] = (_years, _seniority, _role)
