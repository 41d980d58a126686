"""Spaces over their life: registered, built from the stored texts, active, retired."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from libs.contracts.errors import SurroundingsFault
from libs.contracts.events import SourceEvent, TextEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.topics import GROUP_EMBEDDING, VECTORS, Topic, vectors_topic
from libs.messaging.publishing import Publisher
from libs.messaging.reporting import text_record, tombstone_record
from libs.telemetry.logs import get_logger
from services.matching.database import Database
from services.matching.held import COLUMNS, held_of
from services.matching.metrics import MISSING_VECTORS
from services.matching.migrating import make_space_table
from services.matching.spaces_store import (
    Space,
    activate,
    all_spaces,
    claim_sending,
    forget_sending,
    lock_spaces,
    retire_other_buildings,
    save_space,
)

log = get_logger(__name__)

PAGE = 100
# How often a building space is looked at; and after how long without progress its texts are sent again.
LOOK_SECONDS = 2.0
SEND_AGAIN_SECONDS = 300.0
# How often it is looked whether another process registered a space.
IDLE_SECONDS = 30.0

MakeTopic = Callable[[Topic], Awaitable[None]]


class Spaces:
    """Registers spaces and builds them. Of several matching processes one sends the texts of a building space.

    `make_topic` makes a topic where it is missing; it raises SurroundingsFault.
    """

    def __init__(
        self, database: Database, publisher: Publisher, make_topic: MakeTopic, *, owner_url: str, service_url: str
    ) -> None:
        self._database = database
        self._publisher = publisher
        self._make_topic = make_topic
        self._owner_url = owner_url
        self._service_url = service_url
        self._registering = asyncio.Lock()
        self._changed = asyncio.Event()

    async def register(self, name: str, model: str, dimension: int) -> Space:
        """A space that embedding computes: its table and topic are made, and it is built where it is not active.

        Raises SurroundingsFault; RecordFault where no table can have that dimension.
        """
        async with self._registering:
            await make_space_table(self._owner_url, self._service_url, name, dimension)
            async with self._database.writing_shared() as connection:
                await lock_spaces(connection)
                spaces = await all_spaces(connection)
                space = _registered(spaces, name, model, dimension)
                if space.state == "building":
                    await retire_other_buildings(connection, name)
                await save_space(connection, space)
            if space.topic != VECTORS:
                await self._make_topic(vectors_topic(name))
        log.info("space_registered", space=name, model=model, state=space.state, topic=space.topic)
        self._changed.set()
        return space

    async def build_forever(self) -> None:
        """Builds whatever space is to be built; ends by cancellation."""
        loop = asyncio.get_running_loop()
        name, fewest, since = "", 0, 0.0
        while True:
            try:
                building = await self.building()
                if building is None:
                    name = ""
                    await self._wait_for_change(IDLE_SECONDS)
                    continue
                missing = await self.missing(building)
                if building.name != name or missing < fewest:
                    name, fewest, since = building.name, missing, loop.time()
                await self.build(building, missing, stuck=loop.time() - since > SEND_AGAIN_SECONDS)
                await self._wait_for_change(LOOK_SECONDS)
            except SurroundingsFault as fault:
                log.warning("building_waits", reason=str(fault))
                await asyncio.sleep(LOOK_SECONDS)
            except Exception as error:
                # A fault of our own must not end the building for as long as the process lives.
                log.error("building_failed", space=name, exc_info=error)
                await asyncio.sleep(IDLE_SECONDS)

    async def build(self, space: Space, missing: int, *, stuck: bool = False) -> None:
        """One step: makes the space active where nothing is missing, else sends what is, once, or again when stuck.

        Raises SurroundingsFault.
        """
        MISSING_VECTORS.set(missing)
        if missing == 0:
            async with self._database.writing_shared() as connection:
                activated = await activate(connection, space.name)
            if activated:
                log.info("space_active", space=space.name, model=space.model)
            return
        async with self._database.writing_shared() as connection:
            claimed = await claim_sending(connection, space.name, again_after=SEND_AGAIN_SECONDS if stuck else None)
        if not claimed:
            return
        try:
            sent = await self._send(_lacks(space))
        except SurroundingsFault:
            await self.forget_sending()
            raise
        log.info("texts_sent_again", space=space.name, documents=sent, stuck=stuck)

    async def building(self) -> Space | None:
        """The space that is being built."""
        async with self._database.reading_shared() as connection:
            return next((space for space in await all_spaces(connection) if space.state == "building"), None)

    async def missing(self, space: Space) -> int:
        """Indexed documents, of all tenants, without vectors in the space."""
        return await self.count(_lacks(space))

    async def count(self, condition: str = "TRUE") -> int:
        """Indexed documents of all tenants. Raises SurroundingsFault."""
        total = 0
        for tenant in await self._database.tenants():
            async with self._database.reading(tenant) as connection:
                total += await connection.fetchval(
                    f"SELECT count(*) FROM matching.documents d WHERE indexed_stamp IS NOT NULL AND {condition}"
                )
        return total

    async def send_all(self) -> int:
        """Sends every stored text through the model again; returns how many. Raises SurroundingsFault."""
        return await self._send("TRUE")

    async def forget_sending(self) -> None:
        """The broker lost what it held: texts of a building space are sent once more. Raises SurroundingsFault."""
        async with self._database.writing_shared() as connection:
            await forget_sending(connection)

    async def empty_other_topics(
        self, key: DocumentKey, revision: Revision, source_event: SourceEvent, topic: str
    ) -> None:
        """Removes a document from the vectors topics of spaces that nobody computes any more.

        `topic` is the one its tombstone came on. Raises SurroundingsFault.
        """
        async with self._database.reading_shared() as connection:
            others = [space for space in await all_spaces(connection) if space.topic != topic]
        for space in others:
            if space.topic != VECTORS:
                await self._make_topic(vectors_topic(space.name))
            await self._publisher.publish(tombstone_record(space.topic, key, revision, source_event))

    async def _send(self, condition: str) -> int:
        sent = 0
        for tenant in await self._database.tenants():
            after = ("", "")
            while page := await self._page(tenant, condition, after):
                await self._publisher.publish_all([text_record(event) for event in page])
                sent += len(page)
                after = (page[-1].kind, page[-1].id)
        return sent

    async def _page(self, tenant: str, condition: str, after: tuple[str, str]) -> list[TextEvent]:
        async with self._database.reading(tenant) as connection:
            rows = await connection.fetch(
                f"""
                SELECT {COLUMNS} FROM matching.documents d
                WHERE indexed_stamp IS NOT NULL AND (kind, id) > ($1, $2) AND {condition}
                ORDER BY kind, id LIMIT {PAGE}
                """,
                *after,
            )
        return [held_of(row).text_event() for row in rows]

    async def _wait_for_change(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return
        self._changed.clear()


def _registered(spaces: list[Space], name: str, model: str, dimension: int) -> Space:
    known = next((space for space in spaces if space.name == name), None)
    if known is not None:
        return known if known.state == "active" else replace(known, state="building")
    if not spaces:
        return Space(name, model, dimension, VECTORS, GROUP_EMBEDDING, "active")
    return Space(name, model, dimension, vectors_topic(name).name, f"{GROUP_EMBEDDING}.{name}", "building")


def _lacks(space: Space) -> str:
    """A condition on documents `d`: their indexed revision has no vectors in the space."""
    return f"""NOT EXISTS (
        SELECT 1 FROM matching.vectors_{space.name} v
        WHERE (v.tenant, v.kind, v.id) = (d.tenant, d.kind, d.id)
          AND (v.stamp, v."offset") = (d.indexed_stamp, d.indexed_offset))"""
