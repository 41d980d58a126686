"""Weights of 0 and more, fitted on labelled pairs of the three sets together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from figures import GOOD_GRADE
from labelled_signals import LabelledSignals, Signals
from scipy.optimize import minimize, nnls
from scored_sets import SetScores

Values = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

# Others' resumes that each job of the triples is compared with; more tell no more.
_OTHERS = 30
# So that a signal that tells nothing weighs nothing.
_SHRINKING = 1e-3
# A pair whose value is 1 lower counts so much less: exp(-this).
_NEAR_THE_BEST = 0.35


@dataclass(frozen=True)
class Mix:
    """How much each set counts, each taken as one pair: see `make fit`."""

    triples: float
    twins: float
    graded: float
    categories: float


@dataclass(frozen=True)
class Fitted:
    """`bias` and `weights` (k) of a logistic curve over signals (…, k)."""

    bias: float
    weights: Values

    def values(self, signals: Signals) -> Values:
        """(…): what the curve is over, the greater the better."""
        values: Values = self.bias + signals @ self.weights
        return values


@dataclass(frozen=True)
class Folds:
    """In which of `count` parts each job lies, by set."""

    count: int
    of: Mapping[str, Places]

    @classmethod
    def drawn(cls, signals: LabelledSignals, count: int, seed: int) -> Folds:
        """Each job in one part."""
        drawn = np.random.default_rng(seed)
        jobs = {
            "triples": len(signals.triples),
            "graded": len(signals.graded),
            "categories": len(signals.categories),
        }
        return cls(count, {name: drawn.permutation(each) % count for name, each in jobs.items()})

    def without(self, part: int) -> dict[str, Places]:
        """The jobs of all other parts, by set; of all for -1."""
        return {name: np.flatnonzero(each != part) for name, each in self.of.items()}

    def within(self, part: int) -> dict[str, Places]:
        """The jobs of a part, by set."""
        return {name: np.flatnonzero(each == part) for name, each in self.of.items()}


def fitted(
    signals: LabelledSignals, grades: list[Values], relevant: npt.NDArray[np.bool_], jobs: dict[str, Places], mix: Mix
) -> Fitted:
    """Weights of 0 and more that tell pairs of some jobs best: the least of the logistic losses of all sets, by
    L-BFGS-B (Byrd et al., 1995). Of the triples a job's own resume is good and others' are not, and its twin is worse;
    `grades` of GOOD_GRADE and more are good; `relevant` (jobs, resumes) of the categories are. Blocks, for a second."""
    pairs, labels, counts = _labelled(signals, grades, relevant, jobs, mix)
    own = jobs["triples"]
    better = signals.triples[own, own] - signals.weakened[own]
    twin = mix.twins / len(better)

    def loss(found: Values) -> tuple[float, Values]:
        values = found[0] + pairs @ found[1:]
        wrong = counts * (1.0 / (1.0 + np.exp(-values)) - labels)
        above = better @ found[1:]
        lost = -twin / (1.0 + np.exp(above))
        total = counts @ (np.logaddexp(0.0, values) - labels * values) + twin * np.logaddexp(0.0, -above).sum()
        slopes = wrong @ pairs + lost @ better + 2.0 * _SHRINKING * found[1:]
        return float(total + _SHRINKING * (found[1:] ** 2).sum()), np.concatenate([[wrong.sum()], slopes])

    kinds = pairs.shape[1]
    start = np.concatenate([[-3.0], np.ones(kinds)])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(None, None), *[(0.0, None)] * kinds])
    return Fitted(float(found.x[0]), found.x[1:])


def card_weights(signals: LabelledSignals, found: Fitted) -> Values:
    """(c) weights of 0 and more with which what is known of cards comes nearest to the values of the pairs (Lawson and
    Hanson, 1974), those that are near to the best of their job counting most. Blocks, for a second."""
    values = found.values(signals.measured)
    counts = np.exp((values - values.max()) * _NEAR_THE_BEST)[:, None]
    ones = np.ones((len(values), 1))
    weights, _ = nnls(np.hstack([signals.cards, ones, -ones]) * counts, values * counts[:, 0])
    return weights[:-2]


def cross_validated(
    signals: LabelledSignals, grades: list[Values], relevant: npt.NDArray[np.bool_], folds: Folds, mix: Mix
) -> SetScores:
    """Values of all pairs, each by weights that were fitted without its job. Blocks, for some seconds."""
    triples = np.zeros(signals.triples.shape[:2])
    weakened = np.zeros(len(signals.weakened))
    graded: dict[int, Values] = {}
    categories = np.zeros(signals.categories.shape[:2])
    for part in range(folds.count):
        found = fitted(signals, grades, relevant, folds.without(part), mix)
        own = folds.within(part)
        triples[own["triples"]] = found.values(signals.triples[own["triples"]])
        weakened[own["triples"]] = found.values(signals.weakened[own["triples"]])
        graded |= {job: found.values(signals.graded[job]) for job in own["graded"].tolist()}
        categories[own["categories"]] = found.values(signals.categories[own["categories"]])
    return SetScores(triples, weakened, [graded[job] for job in range(len(signals.graded))], categories)


def _labelled(
    signals: LabelledSignals, grades: list[Values], relevant: npt.NDArray[np.bool_], jobs: dict[str, Places], mix: Mix
) -> tuple[Signals, Values, Values]:
    """(p, k) pairs, (p) their labels 0-1, (p) how much each counts: the good ones of a set as much as the others."""
    parts: list[tuple[Signals, Values, float]] = []
    own = jobs["triples"]
    drawn = np.random.default_rng(0)
    others = [signals.triples[job][drawn.permutation(np.delete(own, place))[:_OTHERS]] for place, job in enumerate(own)]
    parts.append((signals.triples[own, own], np.ones(len(own)), mix.triples / 2))
    parts.append((np.concatenate(others), np.zeros(sum(map(len, others))), mix.triples / 2))
    for job in jobs["categories"].tolist():
        share = mix.categories / len(jobs["categories"]) / 2
        for good in (True, False):
            chosen = signals.categories[job][relevant[job] == good]
            parts.append((chosen, np.full(len(chosen), float(good)), share))
    told = np.concatenate([signals.graded[job] for job in jobs["graded"]])
    good = np.concatenate([grades[job] >= GOOD_GRADE for job in jobs["graded"]]).astype(np.float64)
    parts.append((told, good, mix.graded))
    return (
        np.concatenate([pairs for pairs, _, _ in parts]),
        np.concatenate([labels for _, labels, _ in parts]),
        np.concatenate([np.full(len(labels), share / max(len(labels), 1)) for _, labels, share in parts]),
    )
