"""Spaces over their life: registered, built from the stored texts, active, retired."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from libs.contracts.errors import SurroundingsFault
from libs.contracts.events import TextEvent
from libs.contracts.topics import GROUP_EMBEDDING, VECTORS, vectors_topic
from libs.messaging.publishing import Publisher
from libs.messaging.reporting import text_record
from libs.messaging.settings import KafkaSettings
from libs.messaging.topic_admin import ensure_topic
from libs.telemetry.logs import get_logger
from services.matching.database import Database
from services.matching.held import COLUMNS, held_of
from services.matching.metrics import MISSING_VECTORS
from services.matching.migrating import make_space_table
from services.matching.spaces_store import Space, activate, all_spaces, retire_other_buildings, save_space

log = get_logger(__name__)

PAGE = 100
# How often a building space is looked at; and after how long without progress its texts are sent again.
LOOK_SECONDS = 2.0
SEND_AGAIN_SECONDS = 300.0


class Spaces:
    """Registers spaces and builds them. One of several matching processes builds; the others wait."""

    def __init__(
        self, database: Database, publisher: Publisher, settings: KafkaSettings, *, owner_url: str, service_url: str
    ) -> None:
        self._database = database
        self._publisher = publisher
        self._settings = settings
        self._owner_url = owner_url
        self._service_url = service_url
        self._registering = asyncio.Lock()
        self._changed = asyncio.Event()

    async def register(self, name: str, model: str, dimension: int) -> Space:
        """A space that embedding computes: its table and topic are made, and it is built where it is not active.

        Raises SurroundingsFault.
        """
        async with self._registering:
            await make_space_table(self._owner_url, self._service_url, name, dimension)
            async with self._database.any_tenant() as connection:
                await connection.execute("LOCK TABLE matching.spaces IN EXCLUSIVE MODE")
                spaces = await all_spaces(connection)
                space = _registered(spaces, name, model, dimension)
                if space.state == "building":
                    await retire_other_buildings(connection, name)
                await save_space(connection, space)
            if space.topic != VECTORS:
                await ensure_topic(self._settings, vectors_topic(name))
        log.info("space_registered", space=name, model=model, state=space.state, topic=space.topic)
        self._changed.set()
        return space

    async def build_forever(self) -> None:
        """Builds whatever space is to be built; ends by cancellation."""
        sent: tuple[str, int, float] | None = None
        loop = asyncio.get_running_loop()
        while True:
            try:
                building = await self._building()
                if building is None:
                    sent = None
                    await self._wait_for_change(30.0)
                    continue
                missing = await self._missing(building)
                MISSING_VECTORS.set(missing)
                if missing == 0:
                    await self._activate(building)
                    continue
                stuck = sent is not None and loop.time() - sent[2] > SEND_AGAIN_SECONDS and missing >= sent[1]
                if sent is None or sent[0] != building.name or stuck:
                    await self._send_missing(building)
                    sent = (building.name, missing, loop.time())
                await self._wait_for_change(LOOK_SECONDS)
            except SurroundingsFault as fault:
                log.warning("building_waits", reason=str(fault))
                await asyncio.sleep(LOOK_SECONDS)

    async def send_all(self) -> int:
        """Sends every stored text through the model again; returns how many. Raises SurroundingsFault."""
        return await self._send("TRUE")

    async def _building(self) -> Space | None:
        async with self._database.any_tenant() as connection:
            return next((space for space in await all_spaces(connection) if space.state == "building"), None)

    async def _activate(self, space: Space) -> None:
        async with self._database.any_tenant() as connection:
            await activate(connection, space.name)
        MISSING_VECTORS.set(0)
        log.info("space_active", space=space.name, model=space.model)

    async def _missing(self, space: Space) -> int:
        total = 0
        for tenant in await self._database.tenants():
            async with self._database.tenant(tenant) as connection:
                total += await connection.fetchval(
                    f"SELECT count(*) FROM matching.documents d WHERE indexed_stamp IS NOT NULL AND {_lacks(space)}"
                )
        return total

    async def _send_missing(self, space: Space) -> None:
        count = await self._send(_lacks(space))
        log.info("texts_sent_again", space=space.name, documents=count)

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
        async with self._database.tenant(tenant) as connection:
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
