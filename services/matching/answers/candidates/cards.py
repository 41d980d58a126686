"""Cards of candidates, as arrays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from libs.contracts.identifiers import Kind
from libs.database.transactions import Reading
from services.matching.answers.scored_rows import Size
from services.matching.index.cards import joined_cards_sql, joined_numbers, joined_terms, unpacked_card_vectors
from services.matching.index.found import Numbers
from services.matching.scoring.choosing.card_roles import bytes_of_role, unpacked_roles
from services.matching.scoring.choosing.card_table import Cards
from services.matching.scoring.choosing.unit_signs import unpacked_signs
from services.matching.scoring.reading.stored_reading import READING_VERSION
from services.matching.storage.spaces_table import Space


@dataclass(frozen=True, slots=True)
class CandidateCards:
    """n candidates: `numbers` (n) and `ids` (n) say which, `cards` what they are, and `sizes` (n, 3) how large, as Size
    has it, where they were read with a space's vectors. `underived`: the ids of those that cannot be ranked, as what
    the migration made of them is derived in the background."""

    numbers: Numbers
    ids: list[str]
    cards: Cards
    sizes: Numbers
    underived: list[str]

    def sizes_of(self, places: Iterable[int]) -> dict[str, Size]:
        """By id, of those of these candidates of which it is known."""
        if not len(self.sizes):
            return {}
        return {self.ids[place]: Size(self.ids[place], *self.sizes[place].tolist()) for place in places}


async def joined_cards(
    connection: Reading, tenant: str, kind: Kind, numbers: Numbers, space: Space | None, *, with_signs: bool = False
) -> Any:
    """The cards of some documents as one row, in no order; with `space`, their vectors and sizes, and the signs of
    their units where these are wanted."""
    vectors = "NULL::bytea AS vectors, NULL::bytea AS signs, NULL::bytea AS roles, NULL::bytea AS document_sizes"
    join, is_derived = "", "c.length > 0"
    if space is not None:
        signs = "v.unit_signs" if with_signs else "NULL::bytea"
        sizes = "int4send(v.text_bytes) || int4send(v.stored_bytes) || int4send(v.units)"
        # Another version has another form of them, also where only another space's vectors were written by this one.
        is_whole = f"octet_length(v.roles) % {bytes_of_role(space.dimension)} = 0"
        roles = f"CASE WHEN c.reading_version = {READING_VERSION} AND {is_whole} THEN v.roles ELSE ''::bytea END"
        vectors = f"v.vectors, {signs} AS signs, {roles} AS roles, {sizes} AS document_sizes"
        is_derived = "c.length > 0 AND v.vectors IS NOT NULL"
        # OFFSET 0 has each card's vectors looked up by their key: else the planner may read those of all tenants.
        join = f"""LEFT JOIN LATERAL (
            SELECT * FROM matching.cards_{space.name} v
            WHERE (v.tenant, v.kind, v.number) = (c.tenant, c.kind, c.number) OFFSET 0
        ) v ON true"""
    return await connection.fetchrow(
        f"""
        SELECT array_agg(found.id) FILTER (WHERE NOT derived) AS underived,
            array_agg(found.id) FILTER (WHERE derived) AS ids,
            {joined_cards_sql("found", "derived")},
            string_agg(found.vectors, ''::bytea) FILTER (WHERE derived) AS vectors,
            string_agg(found.roles, ''::bytea) FILTER (WHERE derived) AS roles,
            string_agg(int4send(octet_length(found.roles)), ''::bytea) FILTER (WHERE derived) AS role_sizes,
            string_agg(found.document_sizes, ''::bytea) FILTER (WHERE derived) AS document_sizes,
            string_agg(found.signs, ''::bytea) FILTER (WHERE derived) AS signs,
            string_agg(int4send(octet_length(found.signs)), ''::bytea) FILTER (WHERE derived) AS sign_sizes
        FROM (
            SELECT c.number, c.id, c.length, c.terms, {vectors}, {is_derived} AS derived
            FROM matching.cards c {join} WHERE c.tenant = $1 AND c.kind = $2 AND c.number = ANY($3::bigint[])
        ) found
        """,
        tenant,
        kind,
        numbers.tolist(),
    )


def candidate_cards(row: Any, space: Space | None) -> CandidateCards:
    """The arrays of a row that `joined_cards` returned for the same space."""
    sizes, hashes, counts = joined_terms(row)
    heads, means, signs, sign_starts, positions, position_starts = None, None, None, None, None, None
    if space is not None:
        heads, means = unpacked_card_vectors([row["vectors"] or b""], space.dimension)
        positions = unpacked_roles(row["roles"] or b"", space.dimension)
        positions_of_each = joined_numbers(row["role_sizes"], ">i4") // bytes_of_role(space.dimension)
        position_starts = np.cumsum(np.append(0, positions_of_each))
        if row["sign_sizes"] is not None:
            signs = unpacked_signs(row["signs"] or b"", space.dimension)
            sign_starts = np.cumsum(np.append(0, joined_numbers(row["sign_sizes"], ">i4") // signs.shape[1]))
    cards = Cards(
        offsets=np.cumsum(np.append(0, sizes)),
        hashes=hashes,
        counts=counts,
        lengths=joined_numbers(row["lengths"], ">i4").astype(np.int32),
        heads=heads,
        means=means,
        positions=positions,
        position_starts=position_starts,
        signs=signs,
        sign_starts=sign_starts,
    )
    ids: list[str] = row["ids"] or []
    return CandidateCards(
        joined_numbers(row["numbers"]),
        ids,
        cards,
        joined_numbers(row["document_sizes"], ">i4").reshape(-1, 3),
        row["underived"] or [],
    )
