"""A document as scoring takes it: what was derived of it, and the vectors of its units."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from itertools import chain
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from libs.contracts.identifiers import Kind
from services.matching.scoring.document_vector import mean_vector
from services.matching.scoring.facts.asks import Ask
from services.matching.scoring.model import ScoredDocument, StoredVectors, Vectors
from services.matching.scoring.reading.deriving import derived_reading
from services.matching.scoring.reading.readings import JobReading, Reading, ResumeReading
from services.matching.scoring.reading.stored_reading import unpacked_reading
from services.matching.scoring.reading.unit_vectors import PackedUnits, UnitVectors
from services.matching.scoring.term_hashes import Hashes
from services.matching.scoring.terms import Weights

# What a wish counts beside a must, and all wishes together at most.
NICE_WEIGHT, ALL_WISHES = 0.4, 0.9
# The words of what is asked weigh so much together before holding them all counts whole: one common word, such as
# "account", shows little.
_WHOLE_WEIGHT = 3.0
Computed = TypeVar("Computed")
# See ReadDocument.ask_shares.
AskShares = tuple[Weights, npt.NDArray[np.intp], npt.NDArray[np.intp]]


class ReadDocument:
    """A document without its text. What is computed of it is computed when it is asked for first, and once."""

    def __init__(self, reading: Reading, units: UnitVectors) -> None:
        self.reading = reading
        self.units = units
        self._computed: dict[Callable[[ReadDocument], Any], Any] = {}

    @classmethod
    def of(cls, document: ScoredDocument) -> ReadDocument:
        """Reads a document anew. Blocks, for a millisecond or some."""
        return cls(derived_reading(document), document.units)

    @classmethod
    def of_row(cls, reading: bytes, units: bytes, scales: bytes, spans: bytes, dimension: int) -> ReadDocument:
        """Of the columns of a row: reading, units, unit_scales, unit_spans. Raises UnreadableReading."""
        return cls(unpacked_reading(reading), PackedUnits.of_row(units, scales, spans, dimension))

    @property
    def kind(self) -> Kind:
        """What it is."""
        return self.reading.kind

    @property
    def has_windows(self) -> bool:
        """Whether there is a vector of the whole."""
        return len(self.reading.head) > 0

    @property
    def resume(self) -> ResumeReading:
        """What was derived of a resume alone."""
        assert self.reading.resume is not None
        return self.reading.resume

    @property
    def job(self) -> JobReading:
        """What was derived of a job alone."""
        assert self.reading.job is not None
        return self.reading.job

    def counts_of(self, hashes: Hashes) -> Weights:
        """float32 (n): how often each of n terms stands in the text."""
        places, known = self.places_of(hashes)
        counts = np.zeros(len(hashes), dtype=np.float32)
        counts[known] = self.reading.counts[places[known]]
        return counts

    def places_of(self, hashes: Hashes) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
        """Of each of n terms its place among this document's, and whether it is among them at all."""
        own = self.reading.hashes
        if not len(own):
            return np.zeros(len(hashes), dtype=np.intp), np.zeros(len(hashes), dtype=np.bool_)
        places = np.minimum(np.searchsorted(own, hashes), len(own) - 1)
        return places, own[places] == hashes

    def once(self, compute: Callable[[ReadDocument], Computed]) -> Computed:
        """What a function makes of this document: for as long as the document is there, the same."""
        if compute not in self._computed:
            self._computed[compute] = compute(self)
        made: Computed = self._computed[compute]
        return made

    def row_of(self, unit: int) -> int:
        """A resume's unit's place among the telling ones; where it is none, that of the telling one before, or 0."""
        return self._rows_of_units[unit] if unit < len(self._rows_of_units) else -1

    @cached_property
    def _rows_of_units(self) -> list[int]:
        places = np.searchsorted(self.resume.telling, np.arange(len(self.units.spans)), side="right") - 1
        rows: list[int] = np.maximum(places, 0).tolist()
        return rows

    @cached_property
    def flat_asks(self) -> list[Ask]:
        """All that a job asks for, one requirement behind the other."""
        return list(chain.from_iterable(self.job.asks))

    @cached_property
    def ask_starts(self) -> npt.NDArray[np.intp]:
        """(m + 1): the asks of requirement i are `ask_starts[i]` to `ask_starts[i + 1]`."""
        return np.cumsum([0, *map(len, self.job.asks)], dtype=np.intp)

    @cached_property
    def ask_owners(self) -> npt.NDArray[np.intp]:
        """(a): which requirement each ask is of."""
        return np.repeat(np.arange(len(self.job.asks)), np.diff(self.ask_starts))

    @cached_property
    def must_asks(self) -> npt.NDArray[np.bool_]:
        """(a): whether each ask is a must."""
        return np.array([not ask.nice for ask in self.flat_asks], dtype=np.bool_)

    def ask_shares(self, first: int, end: int) -> AskShares:
        """What each of the job's terms is of the words of the asks from `first` to before `end`, by terms: the shares
        (one ask's sum to 1, or less where its words say little), the asks that they are of, from 0 on, and (t + 1)
        where each term's begin."""
        if (first, end) == (0, len(self.flat_asks)):
            return self._all_ask_shares
        return self._ask_shares(first, end)

    @cached_property
    def _all_ask_shares(self) -> AskShares:
        return self._ask_shares(0, len(self.flat_asks))

    def _ask_shares(self, first: int, end: int) -> AskShares:
        lists, job = self.job.ask_terms, self.job
        columns = lists.values[int(lists.starts[first]) : int(lists.starts[end])].astype(np.intp)
        owners = lists.owners(first, end)
        weights = job.term_weights[columns]
        totals = np.bincount(owners, weights, minlength=end - first)
        shares = (weights / np.maximum(totals[owners], _WHOLE_WEIGHT)).astype(np.float32)
        order = np.argsort(columns, kind="stable")
        starts = np.searchsorted(columns[order], np.arange(len(job.terms) + 1))
        return shares[order], owners[order], starts

    @cached_property
    def requirement_vectors(self) -> Vectors:
        """float32 (m, dimension), of unit length: of a requirement of several units what they say together."""
        units = self.job.units
        vectors = self.units.at(units.values[units.starts[:-1]])
        for row in np.flatnonzero(np.diff(units.starts.astype(np.int64)) > 1).tolist():
            several = units[row]
            vectors[row] = mean_vector(StoredVectors(self.units.spans[several], self.units.at(several)))
        return vectors

    @cached_property
    def requirement_weights(self) -> Weights:
        """float32 (m): how much each of a job's requirements counts; they sum to 1."""
        wish = min(NICE_WEIGHT, ALL_WISHES / max(int(np.count_nonzero(self.job.nice)), 1))
        weights: Weights = np.where(self.job.nice, wish, 1.0).astype(np.float32)
        shares: Weights = weights / max(float(weights.sum()), 1e-9)
        return shares

    @cached_property
    def term_hashes(self) -> Hashes:
        """uint64 (t): the terms that a job is compared by, in the order of JobReading.terms."""
        return self.reading.hashes[self.job.terms]

    @cached_property
    def title(self) -> Vectors:
        """float32 (dimension), of unit length: what names a job, else its head."""
        title = self.job.title
        return self.reading.head if title is None else self.units.at(np.array([title]))[0]
