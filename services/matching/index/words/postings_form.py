"""The form of postings, greatest impact first, and of strengths, which say the same of a frequent term more shortly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from services.matching.index.words.card_batch import CardBatch
from services.matching.index.words.impacts import FULL, impacts

# Ordinals are uint16.
MOST_DOCUMENTS = 65_536
POSTING_BYTES = 3
ORDINAL = np.dtype("<u2")
# A term of one document in so many has strengths, in segments that are not small.
FREQUENT_AMONG = 12
FEWEST_DOCUMENTS = 512
# A strength is an impact in steps of so much: 4 bits, of which 0 says that the document does not have the term.
STRENGTH_STEP = 16
MOST_STRENGTH = 15
# So many are sorted at a time, in about 100 MB.
_SORTED_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class PostingRows:
    """Rows of one segment: the term of each (as int32), how many documents have it, its postings, and its strengths
    where it is frequent."""

    terms: list[int]
    documents: list[int]
    postings: list[bytes]
    strengths: list[bytes | None]


def signed(hashes: npt.NDArray[np.uint32]) -> list[int]:
    """Terms as the database knows them: the same 32 bits as an integer with a sign."""
    found: list[int] = hashes.view(np.int32).tolist()
    return found


def posting_rows(cards: CardBatch) -> Iterator[PostingRows]:
    """The rows of a segment whose ordinals are the places in `cards`, some terms at a time. Blocks.

    Raises ValueError for more cards than ordinals.
    """
    if len(cards) > MOST_DOCUMENTS:
        raise ValueError(f"a segment holds {MOST_DOCUMENTS} documents, not {len(cards)}")
    parts = len(cards.hashes) // _SORTED_AT_ONCE + 1
    # Hashes spread evenly, so that equal ranges hold about as many.
    edges = np.linspace(0, 1 << 32, parts + 1).astype(np.uint64)
    for low, high in pairwise(edges):
        yield _rows(cards, np.flatnonzero((cards.hashes >= low) & (cards.hashes < high)))


def decoded(postings: bytes) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint16]]:
    """Impacts and ordinals, views of `postings`."""
    count = len(postings) // POSTING_BYTES
    return np.frombuffer(postings, np.uint8, count), np.frombuffer(postings, ORDINAL, count, count)


def without(postings: bytes, ordinals: npt.NDArray[np.uint16]) -> bytes:
    """The postings of all other documents, in the same order."""
    strengths, found = decoded(postings)
    kept = ~np.isin(found, ordinals)
    return strengths[kept].tobytes() + found[kept].tobytes()


def strengths_of(found: npt.NDArray[np.uint8], ordinals: npt.NDArray[np.uint16], size: int) -> bytes:
    """Of the impacts of a term in a segment of `size` documents: 4 bits for each, the even ordinals' the lower ones."""
    every = np.zeros(size + size % 2, dtype=np.uint8)
    rounded = (found.astype(np.uint16) + STRENGTH_STEP // 2) // STRENGTH_STEP
    every[ordinals] = np.clip(rounded, 1, MOST_STRENGTH)
    return (every[::2] | every[1::2] << 4).tobytes()


def strengths_without(strengths: bytes, ordinals: npt.NDArray[np.uint16]) -> bytes:
    """The same, but 0 for these documents."""
    found = np.frombuffer(strengths, np.uint8).copy()
    found[ordinals[ordinals % 2 == 0] // 2] &= 0xF0
    found[ordinals[ordinals % 2 == 1] // 2] &= 0x0F
    return found.tobytes()


def _rows(cards: CardBatch, places: npt.NDArray[np.int64]) -> PostingRows:
    of = cards.cards_of(places)
    # One number to sort by: term, then greatest impact, then ordinal.
    keys = cards.hashes[places].astype(np.uint64) << np.uint64(24)
    keys |= (FULL - impacts(cards.counts[places], cards.lengths[of])).astype(np.uint64) << np.uint64(16)
    keys |= of.astype(np.uint64)
    keys.sort()
    terms = (keys >> np.uint64(24)).astype(np.uint32)
    found = FULL - ((keys >> np.uint64(16)) & np.uint64(0xFF)).astype(np.uint8)
    ordinals = (keys & np.uint64(0xFFFF)).astype(ORDINAL)
    starts = np.flatnonzero(np.r_[True, terms[1:] != terms[:-1]][: len(terms)])
    ends = np.append(starts, len(terms))[1:]
    first, second = found.tobytes(), ordinals.tobytes()
    spans = list(zip(starts.tolist(), ends.tolist(), strict=True))
    fewest = max(1, len(cards) // FREQUENT_AMONG)
    return PostingRows(
        signed(terms[starts]),
        (ends - starts).tolist(),
        [first[start:end] + second[2 * start : 2 * end] for start, end in spans],
        [
            strengths_of(found[start:end], ordinals[start:end], len(cards))
            if len(cards) >= FEWEST_DOCUMENTS and end - start >= fewest
            else None
            for start, end in spans
        ],
    )
