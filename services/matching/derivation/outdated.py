"""Documents whose structure is of an older version: how many, which, and writing what was found anew."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from libs.contracts.events import TextEvent
from libs.contracts.structure import STRUCTURE_VERSION
from libs.database.transactions import Reading, Writing
from services.matching.storage.database import Database
from services.matching.storage.unread import note_unread
from services.matching.topics.positions import is_being_filled
from services.matching.writing.statuses import await_newer
from services.matching.writing.stored_document import TEXT, text_event_of

# A text that was sent to be embedded anew and did not come back is sent again after so long: it may fail every time.
SENT_AGAIN_SECONDS = 86_400.0

_OUTDATED = "tenant = $1 AND indexed_stamp IS NOT NULL AND structure_version < $2"
_TRIED = "coalesce(derived_version = $2 AND derived_at > now() - make_interval(secs => $3), false)"
# Of the same submission still, and not erased since: then nothing is indexed.
_SAME = """tenant = $1 AND kind = $2 AND id = $3 AND (indexed_stamp, indexed_offset) = ($4, $5)
    AND structure_version < $6"""
_WRITE = f"""
UPDATE matching.documents SET title = $7, language = $8, sections = $9, identity_spans = $10, entries = $11,
    mentions = $12, disclaimed_spans = $13, requirements_found = $14, notes = $15, structure_version = $6,
    derived_version = NULL, derived_at = NULL
WHERE {_SAME}
"""


async def count_outdated(database: Database) -> int:
    """How many there are, of all tenants. Raises DependencyUnavailable."""
    total = 0
    for tenant in await database.tenants():
        async with database.reading(tenant) as connection:
            total += await connection.fetchval(
                f"SELECT count(*) FROM matching.documents WHERE {_OUTDATED}", tenant, STRUCTURE_VERSION
            )
    return total


async def next_outdated(connection: Reading, tenant: str, limit: int) -> list[TextEvent]:
    """The next texts of a tenant; left out are those on their way through embedding, and those without a structure.

    None while the database is being filled: what is read from the topics may have a newer structure.
    """
    if await is_being_filled(connection):
        return []
    rows = await connection.fetch(
        f"SELECT {TEXT} FROM matching.documents WHERE {_OUTDATED} AND NOT {_TRIED} ORDER BY structure_version LIMIT $4",
        tenant,
        STRUCTURE_VERSION,
        SENT_AGAIN_SECONDS,
        limit,
    )
    return [text_event_of(row) for row in rows]


async def count_on_the_way(database: Database) -> int:
    """Texts, of all tenants, that were sent to be embedded anew and are not back. Raises DependencyUnavailable."""
    total = 0
    for tenant in await database.tenants():
        async with database.reading(tenant) as connection:
            total += await connection.fetchval(
                f"SELECT count(*) FROM matching.documents WHERE {_OUTDATED} AND {_TRIED}"
                # Said once more for the index, which cannot look into `coalesce`.
                " AND derived_at > now() - make_interval(secs => $3) AND derived_at < 'infinity'",
                tenant,
                STRUCTURE_VERSION,
                SENT_AGAIN_SECONDS,
            )
    return total


async def write_structure(connection: Writing, event: TextEvent) -> bool:
    """Writes the structure of an event into the row of its revision; whether that is what is stored still."""
    written = await connection.execute(
        _WRITE,
        *_same(event, event.structure_version),
        event.title,
        event.language,
        *map(_json, (event.sections, event.identity_spans, event.entries, event.mentions, event.disclaimed_spans)),
        _json(event.requirements_found),
        _json(event.notes),
    )
    if written:
        # Read anew in the background, and until then when it is scored.
        await note_unread(connection, [event.key])
    return written > 0


async def may_be_sent(connection: Writing, event: TextEvent) -> bool:
    """Whether the event's revision is what is stored still, with an older structure, and no newer one on its way."""
    found = await connection.fetchval(
        f"SELECT 1 FROM matching.documents WHERE {_SAME}", *_same(event, event.structure_version)
    )
    return found is not None and not await await_newer(connection, event.key, event.parsed_revision)


async def note_sent(connection: Writing, event: TextEvent) -> None:
    """The text of the event is on its way, or a newer submission is."""
    await connection.execute(
        f"UPDATE matching.documents SET derived_version = $6, derived_at = now() WHERE {_SAME}",
        *_same(event, STRUCTURE_VERSION),
    )


async def note_refused(connection: Writing, event: TextEvent) -> None:
    """This version finds no structure in the text of the event."""
    await connection.execute(
        f"UPDATE matching.documents SET derived_version = $6, derived_at = 'infinity' WHERE {_SAME}",
        *_same(event, STRUCTURE_VERSION),
    )


async def forget_sent(database: Database) -> None:
    """What was sent to be embedded is lost: it is sent once more. Raises DependencyUnavailable."""
    for tenant in await database.tenants():
        async with database.writing(tenant) as connection:
            await connection.execute(
                f"UPDATE matching.documents SET derived_at = NULL WHERE {_OUTDATED} AND derived_at < 'infinity'",
                tenant,
                STRUCTURE_VERSION,
            )


def _same(event: TextEvent, version: int) -> Sequence[str | int]:
    revision = event.parsed_revision
    return (event.tenant, event.kind, event.id, revision.stamp, revision.offset, version)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
