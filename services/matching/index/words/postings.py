"""Reading postings: of frequent terms only the beginning, where the greatest impacts are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from libs.contracts.identifiers import Kind
from services.matching.index.words.impacts import FULL, GREATEST
from services.matching.index.words.postings_form import POSTING, POSTING_BYTES, signed
from services.matching.index.words.segments import Segment
from services.matching.index.words.weighted_terms import WeightedTerms
from services.matching.scoring.term_hashes import ShortHashes
from services.matching.storage.database import Reading

_BEGINNINGS = """
WITH existing AS (
    SELECT asked.term FROM unnest($3::integer[]) WITH ORDINALITY AS asked (term, place)
    WHERE EXISTS (
        SELECT 1 FROM matching.postings p WHERE p.tenant = $1 AND p.kind = $2 AND p.term = asked.term
    )
    ORDER BY asked.place LIMIT $4
)
SELECT p.term, p.segment, p.documents, substring(p.postings FROM 1 FOR $5) AS postings FROM existing
JOIN matching.postings p ON p.tenant = $1 AND p.kind = $2 AND p.term = existing.term
"""
_WHOLE = """
SELECT term, segment, postings FROM matching.postings WHERE tenant = $1 AND kind = $2 AND term = ANY($3)
"""

# The share of the last impact that was read that others with the term are expected to have.
EXPECTED = 0.95


@dataclass(frozen=True, slots=True)
class Layout:
    """Segments one behind the other: a place is a document of one of them. `starts`: where each begins."""

    segments: Sequence[Segment]
    starts: dict[int, int]
    size: int

    @classmethod
    def of(cls, segments: Sequence[Segment]) -> Layout:
        """In the order of the segments."""
        starts, size = {}, 0
        for each in segments:
            starts[each.segment] = size
            size += len(each)
        return cls(segments, starts, size)

    def numbers_and_versions(
        self, places: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Of the documents at these places, int64 each."""
        numbers, versions = np.zeros_like(places), np.zeros_like(places)
        bounds = np.array(list(self.starts.values()), dtype=np.int64)
        of = np.searchsorted(bounds, places, side="right") - 1
        for at in np.unique(of).tolist():
            here = of == at
            ordinals = places[here] - bounds[at]
            numbers[here] = self.segments[at].numbers[ordinals]
            versions[here] = self.segments[at].versions[ordinals]
        return numbers, versions


@dataclass(frozen=True, slots=True)
class Sums:
    """`scores` float64 (places): about the BM25 at each place, by `hashes` uint32, those terms that a segment has."""

    scores: npt.NDArray[np.float64]
    hashes: ShortHashes


async def summed(
    connection: Reading,
    tenant: str,
    kind: Kind,
    layout: Layout,
    terms: WeightedTerms,
    *,
    most_terms: int,
    most_postings: int,
) -> Sums:
    """By the heaviest `most_terms` of the terms that any segment has, and their first `most_postings` in each.

    A document whose posting was not read may have the term: it counts with what is expected of it. Documents of which
    no posting was read have 0.
    """
    asked = signed(terms.hashes[terms.heaviest_first()])
    rows = await connection.fetch(_BEGINNINGS, tenant, kind, asked, most_terms, most_postings * POSTING_BYTES)
    if not rows:
        return Sums(np.zeros(layout.size), terms.hashes[:0])
    read = np.frombuffer(b"".join(row["postings"] for row in rows), dtype=POSTING)
    counts = np.array([len(row["postings"]) // POSTING_BYTES for row in rows])
    weight_of = dict(zip(signed(terms.hashes), (terms.weights * (GREATEST / FULL)).tolist(), strict=True))
    weights = np.array([weight_of[row["term"]] for row in rows])
    order = {segment: place for place, segment in enumerate(layout.starts)}
    of = np.array([order[row["segment"]] for row in rows])
    sizes = np.array([len(each) for each in layout.segments])
    missing = np.array([row["documents"] for row in rows]) - counts
    lasts = read["impact"][np.cumsum(counts) - 1]
    expected = weights * EXPECTED * lasts * missing / np.maximum(sizes[of] - counts, 1)
    # What a document has beyond what is expected of it; always more than nothing.
    shares = np.repeat(weights, counts) * read["impact"] - np.repeat(expected, counts)
    starts = np.array(list(layout.starts.values()))
    places = np.repeat(starts[of], counts) + read["ordinal"]
    scores = np.bincount(places, weights=shares, minlength=layout.size).astype(np.float64, copy=False)
    seen = np.flatnonzero(scores)
    scores[seen] += np.repeat(np.bincount(of, weights=expected, minlength=len(sizes)), sizes)[seen]
    return Sums(scores, np.array(sorted({row["term"] for row in rows}), dtype=np.int32).view(np.uint32))


async def places_of(
    connection: Reading, tenant: str, kind: Kind, layout: Layout, hashes: ShortHashes
) -> dict[int, npt.NDArray[np.bool_]]:
    """For each of these terms, as int32, a bool (places): whether the document there has it."""
    terms = signed(hashes)
    found = {term: np.zeros(layout.size, dtype=bool) for term in terms}
    for row in await connection.fetch(_WHOLE, tenant, kind, terms):
        ordinals = np.frombuffer(row["postings"], dtype=POSTING)["ordinal"]
        found[row["term"]][layout.starts[row["segment"]] + ordinals.astype(np.int64)] = True
    return found
