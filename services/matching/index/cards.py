"""Cards: a document in some kilobytes, for the first step of ranking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from services.matching.scoring.document_vector import head_vector, mean_vector
from services.matching.scoring.model import StoredVectors, Vectors
from services.matching.scoring.term_hashes import ShortHashes, shortened, term_hashes

Counts = npt.NDArray[np.uint8]

# More of a term in one text are counted as so many: by then a further one adds next to nothing.
MOST_COUNTED = 255


@dataclass(frozen=True, slots=True)
class CardTerms:
    """Distinct terms of a text: `hashes` uint32 (n), ascending, and `counts` uint8 (n); `length` counts all terms."""

    hashes: ShortHashes
    counts: Counts
    length: int


def card_terms(counts: Mapping[str, int]) -> CardTerms:
    """The terms of a text with how often each stands there."""
    hashes = shortened(term_hashes(counts))
    order = np.argsort(hashes, kind="stable")
    capped = np.minimum(np.fromiter(counts.values(), dtype=np.int64), MOST_COUNTED).astype(np.uint8)
    return CardTerms(hashes[order], capped[order], sum(counts.values()))


def packed_terms(terms: CardTerms) -> bytes:
    """As they lie in a row: the hashes, then the counts."""
    return terms.hashes.astype("<u4").tobytes() + terms.counts.tobytes()


def joined_cards_sql(cards: str, condition: str = "true") -> str:
    """What a statement selects to have many of these cards as one row, for `joined_numbers` and `joined_terms`: very
    many rows take longer to be taken apart than to be joined. `condition`: only those that meet it."""
    hashes = f"octet_length({cards}.terms) / 5 * 4"
    columns = {
        "numbers": f"int8send({cards}.number)",
        "lengths": f"int4send({cards}.length)",
        "sizes": f"int4send(octet_length({cards}.terms) / 5)",
        "hashes": f"substring({cards}.terms FOR {hashes})",
        "counts": f"substring({cards}.terms FROM {hashes} + 1)",
    }
    return ", ".join(
        f"string_agg({column}, ''::bytea) FILTER (WHERE {condition}) AS {name}" for name, column in columns.items()
    )


def joined_numbers(sent: bytes | None, form: Literal[">i4", ">i8"] = ">i8") -> npt.NDArray[np.int64]:
    """int64 (n): what int4send or int8send made of n cards, joined; none where there is no card."""
    return np.frombuffer(sent or b"", form).astype(np.int64)


def joined_terms(row: Any) -> tuple[npt.NDArray[np.int64], ShortHashes, Counts]:
    """Of a row that `joined_cards_sql` selects: how many distinct terms each card has, and the hashes and counts of all
    terms, card after card."""
    hashes, counts = (np.frombuffer(row[name] or b"", form) for name, form in (("hashes", "<u4"), ("counts", "u1")))
    return joined_numbers(row["sizes"], ">i4"), hashes, counts


def packed_card_vectors(windows: StoredVectors) -> bytes:
    """Head and mean vector as int8, each behind its float32 scale: 2 * (4 + dimension) bytes."""
    return _int8(head_vector(windows)) + _int8(mean_vector(windows))


def unpacked_card_vectors(rows: list[bytes], dimension: int) -> tuple[Vectors, Vectors]:
    """float32 (n, dimension) each: heads and means of n rows that `packed_card_vectors` made."""
    form = np.dtype([("scale", "<f4"), ("numbers", np.int8, (dimension,))])
    both = np.frombuffer(b"".join(rows), dtype=form).reshape(-1, 2)
    vectors = both["numbers"].astype(np.float32) * both["scale"][:, :, None]
    return vectors[:, 0], vectors[:, 1]


def _int8(vector: Vectors) -> bytes:
    scale = np.float32(max(float(np.abs(vector).max()), 1e-9) / 127)
    return bytes(scale.astype("<f4").tobytes() + np.rint(vector / scale).astype(np.int8).tobytes())
