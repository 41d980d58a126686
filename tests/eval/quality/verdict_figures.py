"""Whether verdicts on single requirements are right: of what a weakened twin lacks, and of another occupation's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
from intervals import Figure, drawn_figure, mean_figure
from labelled_sets import Categories, Triples
from measures import balanced_accuracy
from scored_sets import ShownSets
from served import Shown

from libs.contracts.inner.matching import MatchRequirement
from services.matching.scoring.terms import terms_of

SKILLS = "weakened twins: balanced accuracy, skills"
YEARS = "weakened twins: balanced accuracy, years"
FALSE_EVIDENCE = "false evidence: met or partial on another occupation's"

_INSTEAD = re.compile(r'instead of "(?P<title>.+?) \((?P<years>[^)]*)\)" use', re.DOTALL)
_YEARS = re.compile(r"\b\d+\s*\+?\s*years?\b", re.IGNORECASE)
# What any occupation asks for is no false evidence in a resume of another.
_ANYBODYS = re.compile(
    r"\b(?:communicat\w*|interpersonal|team\w*|organi[sz]\w*|time management|detail|lead\w*|manag\w*|self|motivat\w*|"
    r"degree|bachelor\w*|master\w*|diploma|ged|high school|education|microsoft|ms office|excel|word|powerpoint|outlook|"
    r"office|computer\w*|english|spanish|bilingual|travel|lift|stand|weekends?|schedule|hours|shifts?|age|years old|"
    r"driv\w*|licen[sc]e|reliable|transportation|problem|solv\w*|analy\w*|multi\w*|pressure|deadlines?|customer\w*|"
    r"client\w*|attitude|positive|professional\w*|work\w*|learn\w*|present\w*|relationship\w*|creativ\w*|flexib\w*|"
    r"eligib\w*|authori[sz]\w*|background|drug|willing\w*|ability|able|passion\w*|energ\w*|ethic\w*)\b",
    re.IGNORECASE,
)


def twin_figures(triples: Triples, own: Sequence[tuple[Shown, Shown]]) -> dict[str, Figure]:
    """Of each requirement that the weakened twin was made to lack: met by the matched resume, and not by the twin."""
    skills: list[tuple[bool, bool]] = []
    years: list[tuple[bool, bool]] = []
    for removed, (matched, weakened) in zip(triples.removed, own, strict=True):
        asked = [place for skill in removed.skills if (place := _asking(skill, matched.requirements)) is not None]
        skills += [(_met(matched, place), _met(weakened, place)) for place in dict.fromkeys(asked)]
        told = _INSTEAD.search(removed.experience)
        if told is not None and (place := _asking_years(told["title"], matched.requirements)) is not None:
            years.append((_met(matched, place), _met(weakened, place)))
    return {SKILLS: _balanced(skills), YEARS: _balanced(years)}


def false_evidence(categories: Categories, shown: Sequence[Sequence[Shown]]) -> Figure:
    """The share of verdicts met or partial on requirements of a job that no other occupation has, by resumes of
    occupations that the job does not ask for; one number a job."""
    shares = []
    for resumes, relevant in zip(shown, categories.relevant, strict=True):
        verdicts = [
            requirement.status != "missing"
            for each, is_relevant in zip(resumes, relevant, strict=True)
            if not is_relevant
            for requirement in each.requirements
            if not _ANYBODYS.search(requirement.text)
        ]
        if verdicts:
            shares.append(float(np.mean(verdicts)))
    return mean_figure(shares)


def verdict_figures(triples: Triples, categories: Categories, shown: ShownSets) -> dict[str, Figure]:
    """All of them."""
    return {**twin_figures(triples, shown.own), FALSE_EVIDENCE: false_evidence(categories, shown.categories)}


def _asking(skill: str, requirements: Sequence[MatchRequirement]) -> int | None:
    """Which requirement names a skill: the shortest that holds all its words."""
    words = set(terms_of(skill))
    naming = [place for place, each in enumerate(requirements) if words and words <= set(terms_of(each.text))]
    return min(naming, key=lambda place: len(requirements[place].text), default=None)


def _asking_years(title: str, requirements: Sequence[MatchRequirement]) -> int | None:
    words = set(terms_of(title))
    shares = {
        place: len(words & set(terms_of(each.text))) / max(len(words), 1)
        for place, each in enumerate(requirements)
        if _YEARS.search(each.text)
    }
    best = max(shares, key=lambda place: shares[place], default=None)
    return best if best is not None and shares[best] >= 0.5 else None


def _met(shown: Shown, place: int) -> bool:
    return place < len(shown.requirements) and shown.requirements[place].status == "met"


def _balanced(pairs: Iterable[tuple[bool, bool]]) -> Figure:
    told = np.array(list(pairs), dtype=bool).reshape(-1, 2)

    def figure(chosen: np.ndarray) -> float:
        predicted = told[chosen].T.ravel()
        return balanced_accuracy(predicted, np.repeat([True, False], len(chosen)))

    return drawn_figure(len(told), figure)
