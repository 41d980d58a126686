"""How much is answered at once: a number of answers, bytes of documents, and threads to score them in.

Whoever comes beyond that is told to ask again (Overloaded), so that no number of callers fills the memory.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from libs.contracts.errors import Overloaded
from libs.resilience.threads import Threads
from services.matching.metrics import ANSWER_BYTES, ANSWERS_AT_WORK

# The longest an answer waits until there is memory for its documents.
WAIT_SECONDS = 5.0
SCORING_THREADS = 2
MEBIBYTE = 1024 * 1024

Result = TypeVar("Result")


class AnswerLimits:
    """The limits that scores, matches and searches share. `mebibytes` is what their documents may take together."""

    def __init__(self, *, at_once: int = 64, mebibytes: int = 256) -> None:
        self._at_once = at_once
        self._at_work = 0
        self._bytes = mebibytes * MEBIBYTE
        self._free = self._bytes
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._threads = Threads("scoring", SCORING_THREADS)

    @asynccontextmanager
    async def answer(self) -> AsyncIterator[None]:
        """The block is one answer. Raises Overloaded where there are as many as may be."""
        if self._at_work >= self._at_once:
            raise Overloaded("answers", f"{self._at_once} scores, matches and searches are being worked on already")
        self._at_work += 1
        ANSWERS_AT_WORK.inc()
        try:
            yield
        finally:
            self._at_work -= 1
            ANSWERS_AT_WORK.dec()

    @asynccontextmanager
    async def memory(self, wanted: int) -> AsyncIterator[None]:
        """Reserves bytes for the block, first come, first served; more than there are at all are as many as there are.

        Enter it once for an answer: one that has some and waits for more could wait for ever. Raises Overloaded
        after WAIT_SECONDS.
        """
        wanted = min(wanted, self._bytes)
        await self._reserve(wanted)
        ANSWER_BYTES.inc(wanted)
        try:
            yield
        finally:
            ANSWER_BYTES.dec(wanted)
            self._free += wanted
            self._let_in()

    async def scoring(self, work: Callable[[], Result]) -> Result:
        """What `work` gives, in one of the threads for scoring."""
        return await self._threads.run(work)

    async def stop(self) -> None:
        """Ends the threads."""
        await self._threads.stop()

    async def _reserve(self, wanted: int) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (wanted, turn)
        self._waiting.append(entry)
        self._let_in()
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await turn
        except BaseException as error:
            if entry in self._waiting:
                self._waiting.remove(entry)
            else:
                self._free += wanted  # its turn came at the very moment it left
            self._let_in()
            if isinstance(error, TimeoutError):
                raise Overloaded(
                    "memory", f"other answers' documents took all {self._bytes // MEBIBYTE} MiB for {WAIT_SECONDS:g} s"
                ) from None
            raise

    def _let_in(self) -> None:
        while self._waiting and self._waiting[0][0] <= self._free:
            wanted, turn = self._waiting.popleft()
            self._free -= wanted
            if not turn.done():  # else whoever waited has just left, and gives its bytes back
                turn.set_result(None)
