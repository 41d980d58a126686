"""Documents of which something is not derived, or in an older form: which, what is stored of them, and writing it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from libs.contracts.identifiers import DocumentKey
from libs.contracts.standing import CLOSED, OPEN, State
from libs.contracts.structure import IdentitySpan
from libs.database.transactions import Reading, Writing
from services.matching.index.derived import Derived
from services.matching.scoring.model import ScoredDocument
from services.matching.scoring.reading.stored_reading import READING_VERSION
from services.matching.storage.scored_documents import COLUMNS, identity_spans, scored_document

# Of vectors that were never read, or that a process of an older version wrote: it keeps the whole document's vector
# beside them, and knows nothing of readings. As in the condition of their index.
_UNREAD = "(v.reading_version = 0 OR v.document IS NOT NULL)"

_NEXT = """
SELECT kind, id FROM matching.cards WHERE tenant = $1 AND reading_version < $2 AND NOT (kind, id) IN (
    SELECT * FROM unnest($3::text[], $4::text[])
) ORDER BY reading_version LIMIT $5
"""
_NEXT_UNREAD = f"""
SELECT v.kind, v.id FROM matching.vectors_{{space}} v JOIN matching.documents d
    ON (d.tenant, d.kind, d.id, d.indexed_stamp, d.indexed_offset) = (v.tenant, v.kind, v.id, v.stamp, v."offset")
WHERE v.tenant = $1 AND {_UNREAD} AND NOT (v.kind, v.id) IN (SELECT * FROM unnest($2::text[], $3::text[]))
LIMIT $4
"""
# `xmin` changes whenever anybody writes the row.
_LOAD = """
SELECT {columns}, d.xmin AS written_by, d.metadata, standing.state AS named_state, v.stamp, v."offset", s.dimension,
    s.model
FROM matching.documents d JOIN unnest($2::text[], $3::text[]) AS asked (kind, id) USING (kind, id)
JOIN matching.vectors_{space} v ON (v.tenant, v.kind, v.id, v.stamp, v."offset")
    = (d.tenant, d.kind, d.id, d.indexed_stamp, d.indexed_offset)
JOIN matching.spaces s ON s.space = $4
LEFT JOIN matching.standings standing ON (standing.tenant, standing.kind, standing.id) = (d.tenant, d.kind, d.id)
WHERE d.tenant = $1
"""
_LOCK = """
SELECT d.kind, d.id, d.xmin AS written_by
FROM matching.documents d JOIN unnest($2::text[], $3::text[]) AS asked (kind, id) USING (kind, id)
WHERE d.tenant = $1 ORDER BY d.tenant, d.kind, d.id FOR UPDATE OF d
"""
_WRITE = """
UPDATE matching.vectors_{space} v SET reading = made.reading, reading_version = $2, document = NULL
FROM unnest($3::text[], $4::text[], $5::bytea[]) AS made (kind, id, reading)
WHERE v.tenant = $1 AND v.kind = made.kind AND v.id = made.id
"""
_NOTHING = """
UPDATE matching.cards c SET reading_version = $2 FROM unnest($3::text[], $4::text[]) AS bare (kind, id)
WHERE c.tenant = $1 AND c.kind = bare.kind AND c.id = bare.id AND c.reading_version < $2
"""


@dataclass(frozen=True, slots=True)
class Underived:
    """A stored document with its vectors in one space. `written_by`: the transaction that wrote its row last."""

    key: DocumentKey
    space: str
    written_by: int
    row: Any

    def scored(self) -> ScoredDocument:
        """As it was when it was written. Blocks."""
        return scored_document(self.row, dimension=self.row["dimension"], model=self.row["model"])

    def identity_spans(self) -> list[IdentitySpan]:
        """The stretches that tell who a person is."""
        return identity_spans(self.row)

    def metadata(self) -> dict[str, Any]:
        """As the sender gave them."""
        return msgspec.json.decode(self.row["metadata"] or "{}", type=dict[str, Any])

    def state(self) -> State | None:
        """A job's state; None for a resume."""
        if self.key.kind == "resume":
            return None
        return CLOSED if self.row["named_state"] == CLOSED else OPEN


async def next_underived(
    connection: Reading, tenant: str, spaces: Sequence[str], limit: int, without: Collection[DocumentKey]
) -> list[DocumentKey]:
    """The next documents of a tenant, but for those `without`; some more than `limit` at most."""
    left_out = _columns([key for key in without if key.tenant == tenant])
    rows = list(await connection.fetch(_NEXT, tenant, READING_VERSION, *left_out, limit))
    for space in spaces:
        if len(rows) < limit:
            rows += await connection.fetch(_NEXT_UNREAD.format(space=space), tenant, *left_out, limit - len(rows))
    return sorted({DocumentKey(tenant, row["kind"], row["id"]) for row in rows})


async def load(connection: Reading, tenant: str, space: str, keys: Sequence[DocumentKey]) -> list[Underived]:
    """What is stored of those of the documents that have vectors of the indexed revision in the space."""
    rows = (
        await connection.fetch(_LOAD.format(space=space, columns=COLUMNS), tenant, *_columns(keys), space)
        if keys
        else []
    )
    return [Underived(DocumentKey(tenant, row["kind"], row["id"]), space, row["written_by"], row) for row in rows]


async def unchanged(
    connection: Writing, tenant: str, keys: Sequence[DocumentKey], page: Sequence[Underived]
) -> set[DocumentKey]:
    """Those that are stored still as they were loaded. The rows of all are locked until the transaction ends."""
    rows = await connection.fetch(_LOCK, tenant, *_columns(keys))
    now = {DocumentKey(tenant, row["kind"], row["id"]): row["written_by"] for row in rows}
    return {each.key for each in page if now.get(each.key) == each.written_by}


async def write_readings(
    connection: Writing, tenant: str, space: str, documents: Sequence[tuple[Underived, Derived]]
) -> None:
    """Writes readings beside the vectors of documents that are locked."""
    if documents:
        readings = [derived.reading for _, derived in documents]
        columns = _columns([each.key for each, _ in documents])
        await connection.execute(_WRITE.format(space=space), tenant, READING_VERSION, *columns, readings)


async def note_nothing_to_derive(connection: Writing, tenant: str, keys: Collection[DocumentKey]) -> None:
    """Documents without vectors in any space: when they have some, all is derived of them."""
    if keys:
        await connection.execute(_NOTHING, tenant, READING_VERSION, *_columns(sorted(keys)))


def _columns(keys: Sequence[DocumentKey]) -> list[list[str]]:
    return [[key.kind for key in keys], [key.id for key in keys]]
