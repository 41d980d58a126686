"""Cards of candidates, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from libs.contracts.identifiers import Kind
from services.matching.index.cards import unpacked_card_vectors
from services.matching.index.found import Numbers
from services.matching.scoring.card_table import Cards
from services.matching.storage.database import Reading
from services.matching.storage.spaces_table import Space


@dataclass(frozen=True, slots=True)
class CandidateCards:
    """n candidates: `numbers` (n) and `ids` (n) say which, `cards` what they are."""

    numbers: Numbers
    ids: list[str]
    cards: Cards


async def card_rows(
    connection: Reading, tenant: str, kind: Kind, numbers: Numbers, space: Space | None
) -> Sequence[Any]:
    """Rows of the cards of some documents, in no order; with `space`, their vectors, NULL where there are none."""
    vectors, join = "", ""
    if space is not None:
        vectors = ", v.vectors"
        # OFFSET 0 has each card's vectors looked up by their key: else the planner may read those of all tenants, which
        # takes twice as long among 25,000.
        join = f"""LEFT JOIN LATERAL (
            SELECT v.vectors FROM matching.cards_{space.name} v
            WHERE (v.tenant, v.kind, v.number) = (c.tenant, c.kind, c.number) OFFSET 0
        ) v ON true"""
    return await connection.fetch(
        f"""
        SELECT c.number, c.id, c.length, c.terms{vectors} FROM matching.cards c {join}
        WHERE c.tenant = $1 AND c.kind = $2 AND c.number = ANY($3::bigint[])
        """,
        tenant,
        kind,
        numbers.tolist(),
    )


def candidate_cards(rows: Sequence[Any], space: Space | None) -> CandidateCards:
    """The arrays of rows that `card_rows` returned for the same space, of those that are derived already. Blocks, for
    some milliseconds."""
    rows = [row for row in rows if is_derived(row, space)]
    terms = [row["terms"] for row in rows]
    sizes = np.fromiter((len(each) // 5 for each in terms), dtype=np.int64, count=len(rows))
    heads, means = None, None
    if space is not None:
        heads, means = unpacked_card_vectors([row["vectors"] for row in rows], space.dimension)
    cards = Cards(
        offsets=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        hashes=np.frombuffer(b"".join([each[: len(each) // 5 * 4] for each in terms]), "<u4"),
        counts=np.frombuffer(b"".join([each[len(each) // 5 * 4 :] for each in terms]), np.uint8),
        lengths=np.fromiter((row["length"] for row in rows), dtype=np.int32, count=len(rows)),
        heads=heads,
        means=means,
    )
    numbers = np.fromiter((row["number"] for row in rows), dtype=np.int64, count=len(rows))
    return CandidateCards(numbers, [row["id"] for row in rows], cards)


def is_derived(row: Any, space: Space | None) -> bool:
    """Whether the card of a row can be ranked. One that the migration made is derived in the background."""
    return row["length"] > 0 and (space is None or row["vectors"] is not None)
