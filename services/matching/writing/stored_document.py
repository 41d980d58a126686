"""What the documents table holds of a document, for deciding about an event and for sending it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from libs.contracts.events import TextEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from services.matching.storage.database import Reading

COLUMNS = """tenant, kind, id, stamp, "offset", status, indexed_stamp, indexed_offset, source, source_id, title, text,
    description, requirements, metadata, language, sections, identity_spans, notes, as_of, content_hash,
    erased_stamp, erased_offset, repair_owed"""


class StoredDocument(msgspec.Struct, frozen=True):
    """The marks of a document: what was indexed last, and what was erased last."""

    key: DocumentKey
    indexed: Revision | None
    erased: Revision | None
    row: Any

    @property
    def repair_owed(self) -> bool:
        """Whether a repair was left undone for a newer submission on its way."""
        return bool(self.row["repair_owed"])

    def text_event(self) -> TextEvent:
        """The held text as the event it came from. Only where something is indexed."""
        row = self.row
        fields = {
            "tenant": self.key.tenant,
            "kind": self.key.kind,
            "id": self.key.id,
            "revision": str(self.indexed),
            "source_event": {"source": row["source"] or "", "id": row["source_id"] or ""},
            "text": row["text"],
            "title": row["title"],
            "description": row["description"],
            "requirements": _json(row["requirements"]),
            "metadata": _json(row["metadata"]) or {},
            "language": row["language"],
            "sections": _json(row["sections"]) or [],
            "identity_spans": _json(row["identity_spans"]) or [],
            "notes": _json(row["notes"]) or [],
            "as_of": row["as_of"],
            "content_hash": row["content_hash"],
        }
        return msgspec.convert(fields, TextEvent)


async def held_documents(
    connection: Reading, keys: Sequence[DocumentKey], *, lock: bool = False
) -> dict[DocumentKey, StoredDocument]:
    """What is held of documents of one tenant. `lock` keeps their rows until the transaction ends, in key order."""
    rows = await connection.fetch(
        f"""
        SELECT {COLUMNS} FROM matching.documents
        WHERE (kind, id) IN (SELECT * FROM unnest($1::text[], $2::text[])) AND tenant = $3
        ORDER BY tenant, kind, id {"FOR UPDATE" if lock else ""}
        """,
        [key.kind for key in keys],
        [key.id for key in keys],
        keys[0].tenant,
    )
    found = [held_of(row) for row in rows]
    return {held.key: held for held in found}


def held_of(row: Any) -> StoredDocument:
    """The marks in a row with COLUMNS."""
    return StoredDocument(
        DocumentKey(row["tenant"], row["kind"], row["id"]),
        _revision(row["indexed_stamp"], row["indexed_offset"]),
        _revision(row["erased_stamp"], row["erased_offset"]),
        row,
    )


def _revision(stamp: int | None, offset: int | None) -> Revision | None:
    return None if stamp is None or offset is None else Revision(stamp, offset)


def _json(value: str | None) -> Any:
    return None if value is None else msgspec.json.decode(value)
