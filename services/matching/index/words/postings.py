"""Reading postings: of frequent terms only the beginning, where the greatest impacts are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from libs.contracts.identifiers import Kind
from services.matching.index.words.card_batch import WeightedTerms
from services.matching.index.words.impacts import FULL, GREATEST
from services.matching.index.words.postings_form import POSTING, POSTING_BYTES, signed
from services.matching.index.words.segments import Segment
from services.matching.scoring.term_hashes import ShortHashes
from services.matching.storage.database import Reading

_BEGINNINGS = """
SELECT p.term, p.segment, substring(p.postings FROM 1 FOR asked.bytes) AS postings
FROM unnest($3::integer[], $4::integer[]) AS asked (term, bytes)
JOIN matching.postings p ON p.tenant = $1 AND p.kind = $2 AND p.term = asked.term
"""
_WHOLE = """
SELECT term, segment, postings FROM matching.postings WHERE tenant = $1 AND kind = $2 AND term = ANY($3)
"""


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


async def summed(
    connection: Reading, tenant: str, kind: Kind, layout: Layout, terms: WeightedTerms, most: int
) -> npt.NDArray[np.float64]:
    """float64 (places): the terms' BM25 at each place, by the first `most` postings of each term and segment."""
    asked = signed(terms.hashes)
    rows = await connection.fetch(_BEGINNINGS, tenant, kind, asked, [most * POSTING_BYTES] * len(asked))
    if not rows:
        return np.zeros(layout.size)
    read = np.frombuffer(b"".join(row["postings"] for row in rows), dtype=POSTING)
    counts = [len(row["postings"]) // POSTING_BYTES for row in rows]
    starts = np.repeat([layout.starts[row["segment"]] for row in rows], counts)
    weight_of = dict(zip(asked, (terms.weights * (GREATEST / FULL)).tolist(), strict=True))
    weights = np.repeat([weight_of[row["term"]] for row in rows], counts)
    sums: npt.NDArray[np.float64] = np.bincount(starts + read["ordinal"], weights=weights * read["impact"], minlength=layout.size)
    return sums


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
