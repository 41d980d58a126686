"""The documents that a caller names: shown, or read for scoring; or why they cannot be."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from libs.contracts.errors import BeingFilled
from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.inner.documents import Document
from libs.database.transactions import Reading
from services.matching.answers import documents, scored_rows
from services.matching.answers.bounds.limits import AnswerLimits
from services.matching.answers.parts import in_parts
from services.matching.answers.scored_rows import Size
from services.matching.retention import ALL_STAY, Retention
from services.matching.score_log.shown_answer import ScoredVersion
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.storage.spaces_table import Space
from services.matching.topics.positions import is_being_filled


@dataclass(frozen=True, slots=True)
class AskedDocument:
    """A document that others are compared with: as scoring takes it, its stored text, and which version that is."""

    document: ReadDocument
    text: str
    version: ScoredVersion


class Unknown(Exception):
    """There is no such document."""

    def __init__(self, key: DocumentKey) -> None:
        super().__init__(f"there is no {key.kind} with the id {key.id}")
        self.key = key


class NotIndexed(Exception):
    """The document is known, but not indexed, or not yet in the active space. `shown` is as the API shows it."""

    def __init__(self, key: DocumentKey, shown: Document) -> None:
        why = f"is not indexed: its status is {shown.status}"
        if shown.indexed_revision is not None:
            why = "has no vectors of the active model yet: they are being computed"
        super().__init__(f"the {key.kind} {key.id} {why}")
        self.key = key
        self.shown = shown


async def shown_document(
    connection: Reading, key: DocumentKey, space: Space | None, retention: Retention = ALL_STAY
) -> Document | None:
    """A document as the API shows it; None where it is unknown or erased.

    Raises BeingFilled where that cannot be told, as the database is still being filled again.
    """
    found = await documents.document(connection, key, space, retention)
    if found is None and await is_being_filled(connection):
        raise BeingFilled("database", "it is being filled again from the topics; what it lacks may exist")
    return found


async def active_size(connection: Reading, key: DocumentKey, space: Space | None) -> tuple[Space, Size]:
    """The active space, and how large a document is that is indexed in it. Raises Unknown, NotIndexed, BeingFilled."""
    if space is not None:
        found = await scored_rows.sizes(connection, key.tenant, key.kind, [key.id], space)
        if found:
            return space, found[0]
    shown = await shown_document(connection, key, space)
    if shown is None:
        raise Unknown(key)
    raise NotIndexed(key, shown)


async def asked_document(
    connection: Reading, limits: AnswerLimits, key: DocumentKey, size: Size, space: Space, *, masked: bool
) -> AskedDocument:
    """A document whose size was found in the same transaction; `masked`: its text without who a person is."""
    async for scored in in_parts(connection, limits, key.tenant, key.kind, [size], space):
        texts = await scored_rows.shown_texts(connection, key.tenant, key.kind, [key.id], masked=masked)
        shown = texts[key.id]
        return AskedDocument(scored[0].document, shown.text, shown.version)
    raise AssertionError("the transaction sees what it saw before")


async def are_known(connection: Reading, tenant: str, kind: Kind, ids: Collection[str]) -> set[str]:
    """Those of some documents that are known, indexed or not. Raises BeingFilled where that cannot be told."""
    rows = await connection.fetch(
        "SELECT id FROM matching.documents WHERE tenant = $1 AND kind = $2 AND id = ANY($3) AND status = ANY($4)",
        tenant,
        kind,
        list(ids),
        list(documents.VISIBLE),
    )
    known = {row["id"] for row in rows}
    if len(known) < len(ids) and await is_being_filled(connection):
        raise BeingFilled("database", "it is being filled again from the topics; what it lacks may exist")
    return known
