"""Sending every stored text through the model again, behind an answer that does not wait for it."""

from __future__ import annotations

import asyncio
import uuid

from libs.contracts.errors import DependencyUnavailable
from libs.resilience.retry import backoff_seconds
from libs.telemetry.logs import get_logger
from services.matching.storage.database import Database
from services.matching.writing.stored_texts import Current, PagePosition, StoredTexts

log = get_logger(__name__)

# How often it is looked whether another process began one, or died over one.
LOOK_SECONDS = 10.0
# A sender that was not heard of for so long is dead, and another goes on.
SENDER_SECONDS = 60.0


class Reembedding:
    """One sending at a time, of all processes. How far it is lies in the database: it outlives process and outage.

    `current` brings a text up to date before it is sent, so that it is not embedded twice.
    """

    def __init__(self, database: Database, texts: StoredTexts, current: Current | None = None) -> None:
        self._database = database
        self._texts = texts
        self._current = current
        self._name = uuid.uuid4().hex
        self._begun = asyncio.Event()

    async def begin(self) -> int:
        """How many documents are being sent; begins where no sending is under way. Raises DependencyUnavailable."""
        documents = await self._texts.count()
        async with self._database.writing_shared() as connection:
            await connection.execute("INSERT INTO matching.reembedding DEFAULT VALUES ON CONFLICT DO NOTHING")
        self._begun.set()
        return documents

    async def begin_anew(self) -> None:
        """The broker lost its records: a sending that is under way starts over. Raises DependencyUnavailable."""
        async with self._database.writing_shared() as connection:
            await connection.execute(
                "UPDATE matching.reembedding SET after_tenant = '', after_kind = '', after_id = '', sender = NULL"
            )

    async def run_forever(self) -> None:
        """Sends whatever was begun and is not ended; ends by cancellation."""
        attempt = 0
        try:
            while True:
                try:
                    if not await self.step():
                        await self._wait()
                    attempt = 0
                except DependencyUnavailable as fault:
                    log.warning("reembedding_waits", reason=str(fault))
                    await asyncio.sleep(backoff_seconds(attempt, cap=30.0))
                    attempt += 1
                except Exception as error:
                    # A fault of our own must not end it for as long as the process lives.
                    log.error("reembedding_failed", exc_info=error)
                    await asyncio.sleep(LOOK_SECONDS)
        finally:
            await self._release()

    async def step(self) -> bool:
        """Sends the next page; False where there is nothing to send here. Raises DependencyUnavailable."""
        position = await self._claim()
        if position is None:
            return False
        sent, last = await self._texts.send_page(position, recompute=True, current=self._current)
        async with self._database.writing_shared() as connection:
            if last is not None:
                await connection.execute(
                    """
                    UPDATE matching.reembedding SET after_tenant = $2, after_kind = $3, after_id = $4,
                        sent = sent + $5, seen_at = now()
                    WHERE sender = $1
                    """,
                    self._name,
                    last.tenant,
                    last.kind,
                    last.id,
                    sent,
                )
                return True
            documents = await connection.fetchval(
                "DELETE FROM matching.reembedding WHERE sender = $1 RETURNING sent", self._name
            )
        log.info("texts_sent_again", documents=documents)
        return False

    async def _claim(self) -> PagePosition | None:
        async with self._database.writing_shared() as connection:
            row = await connection.fetchrow(
                """
                UPDATE matching.reembedding SET sender = $1, seen_at = now()
                WHERE sender IS NULL OR sender = $1 OR seen_at < now() - make_interval(secs => $2)
                RETURNING after_tenant, after_kind, after_id
                """,
                self._name,
                SENDER_SECONDS,
            )
        return None if row is None else PagePosition(*row)

    async def _release(self) -> None:
        try:
            async with self._database.writing_shared() as connection:
                await connection.execute("UPDATE matching.reembedding SET sender = NULL WHERE sender = $1", self._name)
        except DependencyUnavailable as fault:
            log.info("reembedding_not_released", reason=str(fault), taken_over_after_seconds=SENDER_SECONDS)

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._begun.wait(), LOOK_SECONDS)
        except TimeoutError:
            return
        self._begun.clear()
