"""Writing what is derived of documents into the index's tables, and taking it out: set by set, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from libs.contracts.identifiers import DocumentKey, Kind
from libs.database.transactions import Writing
from services.matching.index.cards import packed_terms
from services.matching.index.derived import Derived
from services.matching.index.filters.filter_rows import FilterRows, write_filter_rows
from services.matching.index.vectors.nearest_rows import remove_nearest, write_nearest
from services.matching.scoring.reading.stored_reading import READING_VERSION

_KNOWN = """
SELECT c.kind, c.id, c.number, c.version, c.reading_version, c.length, c.terms FROM matching.cards c
JOIN unnest($2::text[], $3::text[]) AS asked (kind, id) ON c.kind = asked.kind AND c.id = asked.id
WHERE c.tenant = $1
"""
# Documents that have a card already are left out.
_INSERT = """
WITH made AS (
    INSERT INTO matching.cards (tenant, kind, number, id, version, reading_version, length, terms)
    SELECT $1, kind, nextval('matching.document_numbers'), id, nextval('matching.card_versions'), $2, length, terms
    FROM unnest($3::text[], $4::text[], $5::integer[], $6::bytea[]) AS given (kind, id, length, terms)
    ON CONFLICT (tenant, kind, id) DO NOTHING
    RETURNING kind, id, number, version
), waiting AS (
    INSERT INTO matching.unpacked (tenant, kind, number, version) SELECT $1, kind, number, version FROM made
)
SELECT kind, id, number FROM made
"""
_UPDATE = """
WITH renewed AS (
    UPDATE matching.cards c SET version = nextval('matching.card_versions'), reading_version = $2,
        length = given.length, terms = given.terms
    FROM unnest($3::text[], $4::bigint[], $5::integer[], $6::bytea[]) AS given (kind, number, length, terms)
    WHERE c.tenant = $1 AND c.kind = given.kind AND c.number = given.number
    RETURNING c.kind, c.number, c.version
)
INSERT INTO matching.unpacked (tenant, kind, number, version) SELECT $1, kind, number, version FROM renewed
"""
_SAME = """
UPDATE matching.cards c SET reading_version = $2 FROM unnest($3::text[], $4::bigint[]) AS same (kind, number)
WHERE c.tenant = $1 AND c.kind = same.kind AND c.number = same.number AND c.reading_version <> $2
"""
_NO_MORE_UNPACKED = """
DELETE FROM matching.unpacked u USING unnest($2::text[], $3::bigint[]) AS gone (kind, number)
WHERE u.tenant = $1 AND u.kind = gone.kind AND u.number = gone.number
RETURNING u.kind, u.number
"""
_BURY = """
INSERT INTO matching.buried (tenant, kind, number, version, terms, receipt)
SELECT $1, kind, number, version, terms, $6
FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bytea[]) AS gone (kind, number, version, terms)
"""
# Two tables at once: a statement less for each document.
_CARDS_AND_PEOPLE = """
WITH people AS (
    INSERT INTO matching.identity_terms (tenant, kind, number, term)
    SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::text[])
)
INSERT INTO matching.cards_{space} AS stored
    (tenant, kind, number, vectors, unit_signs, roles, text_bytes, stored_bytes, units)
SELECT $1, * FROM unnest($5::text[], $6::bigint[], $7::bytea[], $8::bytea[], $9::bytea[], $10::integer[],
    $11::integer[], $12::integer[])
ON CONFLICT (tenant, kind, number) DO UPDATE SET vectors = excluded.vectors, unit_signs = excluded.unit_signs,
    roles = excluded.roles, text_bytes = excluded.text_bytes, stored_bytes = excluded.stored_bytes,
    units = excluded.units
WHERE (stored.vectors, stored.unit_signs, stored.roles, stored.text_bytes, stored.stored_bytes, stored.units) <> (
    excluded.vectors, excluded.unit_signs, excluded.roles, excluded.text_bytes, excluded.stored_bytes, excluded.units)
"""
_REMOVE = """
DELETE FROM matching.{table} t USING unnest($2::text[], $3::bigint[]) AS gone (kind, number)
WHERE t.tenant = $1 AND t.kind = gone.kind AND t.number = gone.number
"""


@dataclass(frozen=True, slots=True)
class Card:
    """A row of the cards: a document's number, and the version of its terms."""

    kind: str
    number: int
    version: int
    reading_version: int
    length: int
    terms: bytes

    @property
    def is_derived(self) -> bool:
        """Whether it was made from a text; a card that the migration made was never packed, nor waits for it."""
        return self.reading_version > 0


async def write_derived(connection: Writing, tenant: str, space: str, documents: Sequence[Derived]) -> None:
    """Writes what was derived of documents of one tenant, whose rows are locked, each once."""
    if not documents:
        return
    packed = {(each.kind, each.id): packed_terms(each.terms) for each in documents}
    columns = _columns((each.kind, each.id, each.terms.length, packed[each.kind, each.id]) for each in documents)
    made = await connection.fetch(_INSERT, tenant, READING_VERSION, *columns)
    numbers = {(row["kind"], row["id"]): row["number"] for row in made}
    new = frozenset(numbers.values())
    existing = [each for each in documents if (each.kind, each.id) not in numbers]
    if existing:
        numbers |= await _renew(connection, tenant, existing, packed)
    await _write_rows(connection, tenant, space, documents, numbers, new)


async def _renew(
    connection: Writing, tenant: str, documents: Sequence[Derived], packed: Mapping[tuple[Kind, str], bytes]
) -> dict[tuple[Kind, str], int]:
    """Writes the cards of documents that have one, in place of these; returns their numbers."""
    known = await _known(connection, tenant, [(each.kind, each.id) for each in documents])
    numbers = {key: card.number for key, card in known.items()}
    changed = [each for each in documents if _differs(each, known[each.kind, each.id], packed)]
    same = [each for each in documents if each not in changed]
    if changed:
        await _bury(connection, tenant, [known[each.kind, each.id] for each in changed], receipt=None)
        columns = _columns(
            (each.kind, numbers[each.kind, each.id], each.terms.length, packed[each.kind, each.id]) for each in changed
        )
        await connection.execute(_UPDATE, tenant, READING_VERSION, *columns)
    if same:
        columns = _columns((each.kind, numbers[each.kind, each.id]) for each in same)
        await connection.execute(_SAME, tenant, READING_VERSION, *columns)
    return numbers


async def remove(connection: Writing, key: DocumentKey, spaces: Sequence[str], receipt: str | None) -> None:
    """Takes a document out of the index. What segments hold of it is buried: `receipt` waits until that is gone."""
    found = list((await _known(connection, key.tenant, [(key.kind, key.id)])).values())
    if not found:
        return
    columns = _columns((card.kind, card.number) for card in found)
    await _bury(connection, key.tenant, found, receipt=receipt)
    # Of versions before, which no merge has taken out yet, the receipt speaks too.
    await connection.execute(
        "UPDATE matching.buried SET receipt = $4 WHERE tenant = $1 AND kind = $2 AND number = $3 AND receipt IS NULL",
        key.tenant,
        key.kind,
        found[0].number,
        receipt,
    )
    tables = ["cards", "filter_values", "identity_terms"]
    for table in [*tables, *(f"cards_{space}" for space in spaces)]:
        await connection.execute(_REMOVE.format(table=table), key.tenant, *columns)
    await remove_nearest(connection, key.tenant, spaces, {key.kind: [card.number for card in found]})


async def remove_vectors(connection: Writing, key: DocumentKey, space: str) -> None:
    """Takes a document's vectors, whose row is locked, out of one space."""
    found = await _known(connection, key.tenant, [(key.kind, key.id)])
    if found:
        columns = _columns((card.kind, card.number) for card in found.values())
        await connection.execute(_REMOVE.format(table=f"cards_{space}"), key.tenant, *columns)
        await remove_nearest(connection, key.tenant, [space], {key.kind: [card.number for card in found.values()]})


async def _known(connection: Writing, tenant: str, keys: Sequence[tuple[Kind, str]]) -> dict[tuple[Kind, str], Card]:
    rows = await connection.fetch(_KNOWN, tenant, *_columns(keys))
    return {(row["kind"], row["id"]): Card(**{name: row[name] for name in Card.__slots__}) for row in rows}


def _differs(document: Derived, card: Card, packed: Mapping[tuple[Kind, str], bytes]) -> bool:
    return not card.is_derived or (card.terms, card.length) != (
        packed[document.kind, document.id],
        document.terms.length,
    )


async def _bury(connection: Writing, tenant: str, cards: Sequence[Card], *, receipt: str | None) -> None:
    """Notes the versions that segments may hold: those that are not waiting to be packed any more."""
    columns = _columns((card.kind, card.number) for card in cards)
    waited = {(row["kind"], row["number"]) for row in await connection.fetch(_NO_MORE_UNPACKED, tenant, *columns)}
    packed = [card for card in cards if card.is_derived and (card.kind, card.number) not in waited]
    if packed:
        rows = _columns((card.kind, card.number, card.version, card.terms) for card in packed)
        await connection.execute(_BURY, tenant, *rows, receipt)


async def _write_rows(
    connection: Writing,
    tenant: str,
    space: str,
    documents: Sequence[Derived],
    numbers: Mapping[tuple[Kind, str], int],
    new: Collection[int],
) -> None:
    """All that is named by number: vectors, filters, and identity, which is written anew. Those of `new` numbers have
    no rows yet."""
    numbered = [(each.kind, numbers[each.kind, each.id], each) for each in documents]
    known = [(kind, number) for kind, number, _ in numbered if number not in new]
    if known:
        await connection.execute(_REMOVE.format(table="identity_terms"), tenant, *_columns(known))
    people = [(kind, number, term) for kind, number, each in numbered for term in each.identity]
    cards = [
        (
            kind,
            number,
            each.card_vectors,
            each.card_signs,
            each.card_roles,
            each.text_bytes,
            each.stored_bytes,
            each.units,
        )
        for kind, number, each in numbered
    ]
    both = [*(_columns(people) if people else ([], [], [])), *_columns(cards)]
    await connection.execute(_CARDS_AND_PEOPLE.format(space=space), tenant, *both)
    await write_nearest(connection, tenant, space, [(kind, number, each.document) for kind, number, each in numbered])
    filters = [FilterRows(kind, number, each.filters) for kind, number, each in numbered]
    await write_filter_rows(connection, tenant, filters, new)


def _columns(rows: Any) -> list[list[Any]]:
    """Rows as columns, for unnest."""
    return [list(column) for column in zip(*rows, strict=True)]
