"""Spaces over their life: registered, built from the stored texts, active, retired."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from libs.contracts.errors import DependencyUnavailable, ErrorCode, RecordRejected
from libs.contracts.events import Embedding
from libs.contracts.topics import GROUP_EMBEDDING, VECTORS, Topic, is_space, vectors_topic
from libs.messaging.publishing import Publisher
from libs.telemetry.logs import get_logger
from services.matching.metrics import MISSING_VECTORS
from services.matching.storage.database import Database
from services.matching.storage.migrating import drop_retired_tables, make_space_table
from services.matching.storage.spaces_table import (
    Space,
    activate,
    all_spaces,
    claim_sending,
    forget_sending,
    has_table,
    lock_spaces,
    retire_other_buildings,
    save_space,
)
from services.matching.writing.stored_texts import StoredTexts

log = get_logger(__name__)

# How often a building space is looked at; and after how long without progress its texts are sent again.
LOOK_SECONDS = 2.0
SEND_AGAIN_SECONDS = 300.0
# How often it is looked whether another process registered a space.
IDLE_SECONDS = 30.0

MakeTopic = Callable[[Topic], Awaitable[None]]
SpaceIn = Callable[[str], Awaitable[str | None]]


class Spaces:
    """Registers spaces and builds them. Of several matching processes one sends the texts of a building space.

    `make_topic` makes a topic where it is missing, `space_in` tells whose vectors a topic holds, None where it holds
    none; both raise DependencyUnavailable.
    """

    def __init__(
        self,
        database: Database,
        publisher: Publisher,
        make_topic: MakeTopic,
        space_in: SpaceIn,
        *,
        owner_url: str,
        service_url: str,
        retired_seconds: float = 604_800.0,
    ) -> None:
        self._database = database
        self._publisher = publisher
        self._texts = StoredTexts(database, publisher)
        self._make_topic = make_topic
        self._space_in = space_in
        self._owner_url = owner_url
        self._service_url = service_url
        self._retired_seconds = retired_seconds
        self._registering = asyncio.Lock()
        self._changed = asyncio.Event()

    async def register(self, name: str, model: str, dimension: int) -> Space:
        """A space that embedding computes: its table and topic are made, and it is built where it is not active.

        Raises DependencyUnavailable; RecordRejected where no table can have that dimension.
        """
        async with self._registering:
            space = await self._save(name, model, dimension, await self._topic_for(name), computed=True)
            if space.topic != VECTORS:
                await self._make_topic(vectors_topic(name))
        self._changed.set()
        return space

    async def register_read(self, embedding: Embedding, topic: str) -> Space:
        """A space that is met in a topic and that the database does not know, since it is younger than the space.

        It answers queries where no other does, and is not built: nobody said that it is computed. Raises
        DependencyUnavailable; RecordRejected where it is named as no space is.
        """
        if not is_space(embedding.space):
            raise RecordRejected(
                ErrorCode.INVALID_CONTENT,
                f"the vectors are of {embedding.space[:40]!r}, which is no space: 8 hex digits",
            )
        async with self._registering:
            return await self._save(embedding.space, embedding.model, embedding.dimension, topic, computed=False)

    async def _save(self, name: str, model: str, dimension: int, topic: str, *, computed: bool) -> Space:
        while True:
            await make_space_table(self._owner_url, self._service_url, name, dimension)
            async with self._database.writing_shared() as connection:
                await lock_spaces(connection)
                if not await has_table(connection, name):
                    continue  # another process dropped it as that of a retired space
                spaces = await all_spaces(connection)
                space = _registered(spaces, name, model, dimension, topic, computed=computed)
                if space.state == "building":
                    await retire_other_buildings(connection, name)
                await save_space(connection, space)
            break
        log.info("space_registered", space=name, model=model, state=space.state, topic=space.topic, computed=computed)
        return space

    async def _topic_for(self, name: str) -> str:
        """The plain topic for the space whose vectors it holds, or where it holds none, for the first to come."""
        async with self._database.reading_shared() as connection:
            spaces = await all_spaces(connection)
        if any(space.topic == VECTORS for space in spaces):
            return vectors_topic(name).name
        # An empty database says nothing of the topics.
        owner = await self._space_in(VECTORS)
        return VECTORS if owner in (None, name) else vectors_topic(name).name

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
            except DependencyUnavailable as fault:
                log.warning("space_building_waits", reason=str(fault))
                await asyncio.sleep(LOOK_SECONDS)
            except Exception as error:
                # A fault of our own must not end the building for as long as the process lives.
                log.error("space_building_failed", space=name, exc_info=error)
                await asyncio.sleep(IDLE_SECONDS)

    async def build(self, space: Space, missing: int, *, stuck: bool = False) -> None:
        """One step: makes the space active where nothing is missing, else sends what is, once, or again when stuck.

        Raises DependencyUnavailable.
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
            sent = await self._texts.send(_lacks(space))
        except DependencyUnavailable:
            await self.forget_sending()
            raise
        log.info("texts_sent_again", space=space.name, documents=sent, stuck=stuck)

    async def building(self) -> Space | None:
        """The space that is being built."""
        async with self._database.reading_shared() as connection:
            return next((space for space in await all_spaces(connection) if space.state == "building"), None)

    async def missing(self, space: Space) -> int:
        """Indexed documents, of all tenants, without vectors in the space."""
        return await self._texts.count(_lacks(space))

    async def forget_sending(self) -> None:
        """The broker lost its records: texts of a building space are sent once more. Raises DependencyUnavailable."""
        async with self._database.writing_shared() as connection:
            await forget_sending(connection)

    async def drop_retired(self) -> None:
        """Drops the tables of spaces that retired `retired_seconds` ago. Raises DependencyUnavailable.

        The spaces keep their topics; one that registers once more is built anew.
        """
        for name in await drop_retired_tables(self._owner_url, self._retired_seconds):
            log.info("space_table_dropped", space=name)

    async def make_topics(self, names: Sequence[str]) -> None:
        """Makes vectors topics that are missing. Raises DependencyUnavailable.

        Where nobody computes a space any more, somebody may have removed its topic. The plain topic is always there.
        """
        for name in names:
            if name != VECTORS:
                await self._make_topic(vectors_topic(name.removeprefix(f"{VECTORS}.")))

    async def _wait_for_change(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return
        self._changed.clear()


def _registered(spaces: list[Space], name: str, model: str, dimension: int, topic: str, *, computed: bool) -> Space:
    """What is kept of a space; `topic` counts where it is not known yet. `computed`: embedding says so."""
    known = next((space for space in spaces if space.name == name), None)
    if known is not None:
        return known if known.state == "active" or not computed else replace(known, state="building")
    if any(space.topic == topic for space in spaces):
        topic = vectors_topic(name).name
    group = GROUP_EMBEDDING if topic == VECTORS else f"{GROUP_EMBEDDING}.{name}"
    if not any(space.state == "active" for space in spaces):
        return Space(name, model, dimension, topic, group, "active")
    return Space(name, model, dimension, topic, group, "building" if computed else "retired")


def _lacks(space: Space) -> str:
    """A condition on documents `d`: their indexed revision has no vectors in the space."""
    return f"""NOT EXISTS (
        SELECT 1 FROM matching.vectors_{space.name} v
        WHERE (v.tenant, v.kind, v.id) = (d.tenant, d.kind, d.id)
          AND (v.stamp, v."offset") = (d.indexed_stamp, d.indexed_offset))"""
