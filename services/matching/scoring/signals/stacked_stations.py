"""The positions of many resumes in arrays, beside the lines that tell of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from services.matching.scoring.by_document import greatest
from services.matching.scoring.facts.held import HeldStation
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.stacked import StackedUnits
from services.matching.scoring.terms import Weights

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class StackedStations:
    """The `stations` of n resumes, one behind the other: those of resume i are `starts[i]` to `starts[i + 1]`. Of each,
    as rows of the stacked units: `titled`, the line of its title, and its lines, `firsts` to before `ends`; -1 where
    there is none."""

    stations: list[HeldStation]
    starts: Places
    titled: Places
    firsts: Places
    ends: Places

    @classmethod
    def of(cls, resumes: Sequence[ReadDocument], units: StackedUnits) -> StackedStations:
        """All positions of resumes whose telling units are stacked. Blocks, for a moment."""
        held = [each.resume.held.stations for each in resumes]
        stations = list(chain.from_iterable(held))
        starts = np.cumsum([0, *map(len, held)], dtype=np.int64)
        owners = np.repeat(np.arange(len(resumes)), np.diff(starts))
        lines = _Lines(resumes, units)
        return cls(
            stations,
            starts,
            lines.rows_of([each.titled for each in stations], owners),
            lines.rows_of([each.units[0] for each in stations], owners),
            lines.rows_of([each.units[1] - 1 for each in stations], owners) + 1,
        )

    def at_titles(self, values: Weights) -> Weights:
        """(s): of values (u) those of the lines that titles stand in; NaN where there is none."""
        known = self.titled >= 0
        found = np.full(len(self.stations), np.nan, dtype=np.float32)
        found[known] = values[self.titled[known]]
        return found

    def greatest(self, values: Weights) -> npt.NDArray[np.float64]:
        """(s, k): of values float32 (u, k) the greatest of each position's lines, 0 at least."""
        found = np.zeros((len(self.stations), values.shape[1]))
        filled = np.flatnonzero((self.firsts >= 0) & (self.firsts < self.ends))
        if len(filled):
            # What lies between the lines of one position and of the next is reduced as well, and left out.
            spans = np.column_stack((self.firsts[filled], self.ends[filled])).ravel()
            behind = np.zeros((1, values.shape[1]), dtype=np.float32)
            found[filled] = np.maximum.reduceat(np.concatenate((values, behind)), spans, axis=0)[::2]
        return np.maximum(found, 0.0)

    def greatest_of_each(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """(n): of values (s) the greatest of each resume's positions, 0 at least."""
        return np.maximum(greatest(values, self.starts, nothing=0.0), 0.0)


class _Lines:
    """Where units of many resumes are among the stacked ones: a telling unit itself, of another the one before it."""

    def __init__(self, resumes: Sequence[ReadDocument], units: StackedUnits) -> None:
        self._counts = np.array([len(each.units.spans) for each in resumes], dtype=np.int64)
        self._starts, self._ends = units.starts[:-1], units.starts[1:]
        # All units of all resumes, numbered through.
        self._firsts = np.cumsum(self._counts) - self._counts
        self._telling = np.concatenate([each.resume.telling for each in resumes]).astype(np.int64)
        self._telling += np.repeat(self._firsts, np.diff(units.starts))

    def rows_of(self, units: Sequence[int], owners: npt.NDArray[np.intp]) -> Places:
        """Of each unit, of the resume that `owners` says, its row, or -1 where the resume has no such unit."""
        places = np.array(units, dtype=np.int64)
        rows = np.searchsorted(self._telling, places + self._firsts[owners], side="right") - 1
        rows = np.maximum(rows, self._starts[owners])
        known = (places < self._counts[owners]) & (self._starts[owners] < self._ends[owners])
        found: Places = np.where(known, rows, -1)
        return found
