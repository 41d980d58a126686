"""Reading postings: of frequent terms only the beginning, where the greatest impacts are, or their strengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from libs.contracts.identifiers import Kind
from libs.database.transactions import Reading
from services.matching.index.words.impacts import FULL, GREATEST
from services.matching.index.words.postings_form import ORDINAL, decoded, signed
from services.matching.index.words.segments import Segment
from services.matching.index.words.strengths import StrengthsInMemory, StrengthSums
from services.matching.index.words.weighted_terms import WeightedTerms
from services.matching.scoring.term_hashes import ShortHashes

# OFFSET 0 has the postings of each term looked up by their key: else the planner may read those of all tenants.
_OF_TERMS = """unnest($3::integer[]) AS asked (term) CROSS JOIN LATERAL (
    SELECT * FROM matching.postings of WHERE of.tenant = $1 AND of.kind = $2 AND of.term = asked.term OFFSET 0
) p"""
# A row for each segment. Thousands of rows would cost more to take apart than to join.
_BEGINNINGS = f"""
SELECT p.segment, string_agg(int4send(p.term), ''::bytea) AS terms,
    string_agg(int4send(p.documents), ''::bytea) AS documents,
    string_agg(substring(p.postings FOR least(p.documents, $4)), ''::bytea) AS impacts,
    string_agg(substring(p.postings FROM p.documents + 1 FOR 2 * least(p.documents, $4)), ''::bytea) AS ordinals
FROM {_OF_TERMS} GROUP BY p.segment
"""
# The same, whole, of terms without strengths, and which terms have some.
_RARE = f"""
SELECT p.segment, string_agg(int4send(p.term), ''::bytea) FILTER (WHERE p.strengths IS NULL) AS terms,
    string_agg(int4send(p.documents), ''::bytea) FILTER (WHERE p.strengths IS NULL) AS documents,
    string_agg(substring(p.postings FOR p.documents), ''::bytea) FILTER (WHERE p.strengths IS NULL) AS impacts,
    string_agg(substring(p.postings FROM p.documents + 1), ''::bytea) FILTER (WHERE p.strengths IS NULL) AS ordinals,
    string_agg(int4send(p.term), ''::bytea) FILTER (WHERE p.strengths IS NOT NULL) AS frequent
FROM {_OF_TERMS} GROUP BY p.segment
"""
_WHOLE = """
SELECT term, segment, postings FROM matching.postings WHERE tenant = $1 AND kind = $2 AND term = ANY($3)
"""

# The share of the last impact that was read that others with the term are expected to have.
EXPECTED = 0.95
# An impact as a part of BM25.
_UNIT = np.float32(GREATEST / FULL)

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Layout:
    """Segments one behind the other: a place is a document of one of them. `bounds`: where each begins and ends."""

    segments: Sequence[Segment]
    bounds: dict[int, tuple[int, int]]
    size: int

    @classmethod
    def of(cls, segments: Sequence[Segment]) -> Layout:
        """In the order of the segments."""
        bounds, size = {}, 0
        for each in segments:
            bounds[each.segment] = size, size + len(each)
            size += len(each)
        return cls(segments, bounds, size)

    def part(self, values: Scores, segment: int) -> Scores:
        """Of values by place, a view of those of one segment."""
        start, end = self.bounds[segment]
        return values[start:end]

    def numbers_and_versions(
        self, places: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Of the documents at these places, int64 each."""
        numbers, versions = np.zeros_like(places), np.zeros_like(places)
        starts = np.array([start for start, _ in self.bounds.values()], dtype=np.int64)
        of = np.searchsorted(starts, places, side="right") - 1
        for at in np.unique(of).tolist():
            here = of == at
            ordinals = places[here] - starts[at]
            numbers[here] = self.segments[at].numbers[ordinals]
            versions[here] = self.segments[at].versions[ordinals]
        return numbers, versions


async def summed(
    connection: Reading, tenant: str, kind: Kind, layout: Layout, terms: WeightedTerms, *, most_postings: int
) -> Scores:
    """float32 (places): about the BM25 at each place, by the first `most_postings` of each term in each segment.

    A document whose posting was not read may have the term: it counts with what is expected of it. Documents of which
    no posting was read have 0.
    """
    scores = np.zeros(layout.size, dtype=np.float32)
    for row in await connection.fetch(_BEGINNINGS, tenant, kind, signed(terms.hashes), most_postings):
        part = layout.part(scores, row["segment"])
        part += _by_postings(row, terms, most_postings, len(part))
    return scores


async def summed_by_strengths(
    connection: Reading, tenant: str, kind: Kind, layout: Layout, terms: WeightedTerms, strengths: StrengthsInMemory
) -> Scores:
    """The same by all documents that have the terms: cheaper than all postings, but only nearly as exact."""
    scores = np.zeros(layout.size, dtype=np.float32)
    frequent: dict[int, npt.NDArray[np.int32]] = {}
    for row in await connection.fetch(_RARE, tenant, kind, signed(terms.hashes)):
        if row["terms"]:
            part = layout.part(scores, row["segment"])
            part += _by_postings(row, terms, len(part), len(part))
        if row["frequent"]:
            frequent[row["segment"]] = _integers(row["frequent"])
    sums = StrengthSums()
    wanted = {segment: each.tolist() for segment, each in frequent.items()}
    for segment, rows in (await strengths.of(connection, tenant, kind, wanted, layout.segments)).items():
        part = layout.part(scores, segment)
        part += sums.of(rows, _weights(frequent[segment], terms), len(part))
    return scores


def _by_postings(row: Any, terms: WeightedTerms, most_postings: int, size: int) -> npt.NDArray[np.float64]:
    """Of one segment's documents, by a row of postings of several terms."""
    documents = _integers(row["documents"])
    counts = np.minimum(documents, most_postings)
    weights = _weights(_integers(row["terms"]), terms)
    impacts = np.frombuffer(row["impacts"], np.uint8)
    ordinals = np.frombuffer(row["ordinals"], ORDINAL)
    shares = np.repeat(weights, counts)
    shares *= impacts
    missing = documents - counts
    if not missing.any():
        return np.bincount(ordinals, weights=shares, minlength=size).astype(np.float64, copy=False)
    lasts = impacts[np.cumsum(counts) - 1]
    expected = (weights * EXPECTED * lasts * missing / np.maximum(size - counts, 1)).astype(np.float32)
    # What a document has beyond what is expected of it; always more than nothing.
    shares -= np.repeat(expected, counts)
    scores = np.bincount(ordinals, weights=shares, minlength=size).astype(np.float64, copy=False)
    scores[scores != 0.0] += expected.sum()
    return scores


def _weights(found: npt.NDArray[np.int32], terms: WeightedTerms) -> npt.NDArray[np.float32]:
    """What an impact of each of these terms adds."""
    return terms.weights[np.searchsorted(terms.hashes, found.view(np.uint32))] * _UNIT


def _integers(sent: bytes) -> npt.NDArray[np.int32]:
    """Of what `int4send` made."""
    return np.frombuffer(sent, ">i4").astype(np.int32)


async def places_of(
    connection: Reading, tenant: str, kind: Kind, layout: Layout, hashes: ShortHashes
) -> dict[int, npt.NDArray[np.bool_]]:
    """For each of these terms, as int32, a bool (places): whether the document there has it."""
    terms = signed(hashes)
    found = {term: np.zeros(layout.size, dtype=bool) for term in terms}
    for row in await connection.fetch(_WHOLE, tenant, kind, terms):
        start, end = layout.bounds[row["segment"]]
        found[row["term"]][start:end][decoded(row["postings"])[1]] = True
    return found
