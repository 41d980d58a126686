"""How a figure is taken: A and B in turn, in pairs, with a probe of the machine beside each pair."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from services.embedding.engines.cores import usable_cores

ROUNDS = 7
# A round is discarded where the probe is off its median by more than this.
MOST_OFF = 0.2
# Rounds tried in all for ROUNDS good ones.
MOST_ROUNDS = ROUNDS + 3
# Of all-MiniLM-L6-v2, for 2,048 tokens: query, key, value, output, and the two of the feed-forward part.
TOKENS = 2_048
SHAPES = [(384, 384)] * 4 + [(384, 1_536), (1_536, 384)]
LAYERS = 6
PROBES = 5


@dataclass(frozen=True, slots=True)
class Row:
    """A figure with its range over the rounds and its goal, `at least` or `at most`."""

    name: str
    value: float
    low: float
    high: float
    goal: float
    unit: str
    at_least: bool = True

    @property
    def met(self) -> bool:
        return self.value >= self.goal if self.at_least else self.value <= self.goal


@dataclass(slots=True)
class Discarded:
    """Rounds that were discarded, over all figures."""

    rounds: int = 0


class MatrixProbe:
    """The model's matrix products of one layer over TOKENS rows, by numpy (sgemm)."""

    def __init__(self) -> None:
        # With a place for each product: memory asked of the system anew would be measured too.
        self._products = [
            tuple(np.ones(shape, dtype=np.float32) for shape in ((TOKENS, k), (k, n), (TOKENS, n))) for k, n in SHAPES
        ]

    def seconds(self) -> float:
        """The median of PROBES takings, so that a moment's hiccup says nothing of a whole round."""
        return statistics.median(seconds_of(self._once) for _ in range(PROBES))

    def _once(self) -> None:
        for left, right, place in self._products:
            np.matmul(left, right, out=place)


def seconds_of(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def paired(
    name: str,
    slower: Callable[[], float],
    faster: Callable[[], float],
    goal: float,
    discarded: Discarded,
    *,
    unit: str = "ratio",
    at_least: bool = True,
    probe: Callable[[], float] | None = None,
) -> Row:
    """The median of `slower / faster`, each a cost (seconds) taken in turn in ROUNDS good rounds.

    Where the machine is never quiet it ends after MOST_ROUNDS, with the good ones there were.
    """
    probe = probe or MatrixProbe().seconds
    rounds: list[tuple[float, float]] = []
    while True:
        rounds.append((probe(), slower() / faster()))
        # One of the rounds' own, so that at least that round is near it.
        usual = statistics.median_low(each for each, _ in rounds)
        near = [ratio for each, ratio in rounds if abs(each / usual - 1) <= MOST_OFF]
        if len(near) >= ROUNDS or len(rounds) >= MOST_ROUNDS:
            break
    discarded.rounds += len(rounds) - len(near)
    return Row(name, statistics.median(near), min(near), max(near), goal, unit, at_least)


def repeated(name: str, values: list[float], goal: float, unit: str, *, at_least: bool = False) -> Row:
    """A figure that is no ratio, from several takings: the median."""
    return Row(name, statistics.median(values), min(values), max(values), goal, unit, at_least)


def threads() -> int:
    """Threads that the model and the matrix probe may use."""
    return int(os.environ.get("OMP_NUM_THREADS") or usable_cores())
