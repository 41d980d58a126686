"""How much is answered at once: answers in all, answers being worked on, bytes of documents, and time.

Whoever comes beyond that is told to ask again (Overloaded) after a second at most, so that no number of callers fills
the memory, and nobody waits for an answer that is not going to come. No tenant can take all of it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypeVar

from libs.contracts.errors import DependencyUnavailable, Overloaded
from libs.database.transactions import silent_seconds
from libs.resilience.threads import Threads
from services.matching.answers.bounds.fair_share import FairShare
from services.matching.metrics import ANSWER_BYTES, ANSWERS_AT_WORK

# The longest an answer waits for its turn, and again until there is memory for its documents.
WAIT_SECONDS = 1.0
# The longest an answer is worked on by default. The gateway waits a little longer (10 s), so that one which takes too
# long is told from a service that is away.
ANSWER_SECONDS = 8.0
SCORING_THREADS = 2
MEBIBYTE = 1024 * 1024

Result = TypeVar("Result")


class AnswerLimits:
    """The limits that scores, matches and searches share.

    `at_once` answers are taken, waiting ones among them; `turns` of them are worked on at a time, for which tenants
    take turns; of both one tenant has three quarters at most. `mebibytes` is what their documents may take together,
    `seconds` how long one may take, waiting included.
    """

    def __init__(
        self, *, at_once: int = 64, turns: int = 4, mebibytes: int = 256, seconds: float = ANSWER_SECONDS
    ) -> None:
        self._seconds = seconds
        self._at_once = at_once
        self._of_one_tenant = at_once - at_once // 4
        self._at_work: Counter[str] = Counter()
        self._turns = FairShare(turns, of_one_tenant=turns - turns // 4)
        self._memory = FairShare(mebibytes * MEBIBYTE)
        self._threads = Threads("scoring", SCORING_THREADS)

    @property
    def at_work(self) -> int:
        """How many answers are being worked on or wait for their turn."""
        return self._at_work.total()

    @asynccontextmanager
    async def answer(self, tenant: str) -> AsyncIterator[None]:
        """The block is one answer. Raises Overloaded at once where there are as many as may be.

        A block that takes longer than its seconds is ended: Overloaded too, or DependencyUnavailable where most of them
        went by while the database was silent, since then asking less would not help.
        """
        if self.at_work >= self._at_once:
            raise Overloaded("answers", f"{self._at_once} scores, matches and searches are being worked on already")
        if self._at_work[tenant] >= self._of_one_tenant:
            raise Overloaded(
                "tenant", f"{self._of_one_tenant} of your scores, matches and searches are being worked on already"
            )
        self._at_work[tenant] += 1
        ANSWERS_AT_WORK.inc()
        try:
            async with asyncio.timeout(self._seconds) as deadline:
                yield
        except TimeoutError:
            if not deadline.expired():
                raise
            raise self._too_late(silent_seconds()) from None
        finally:
            self._at_work[tenant] -= 1
            if not self._at_work[tenant]:
                del self._at_work[tenant]
            ANSWERS_AT_WORK.dec()

    def _too_late(self, silent: float) -> DependencyUnavailable:
        if silent > self._seconds / 2:
            return DependencyUnavailable("database", f"has not answered for {silent:.0f} s")
        return Overloaded("time", f"the answer was not there after {self._seconds:g} s")

    @asynccontextmanager
    async def turn(self, tenant: str) -> AsyncIterator[None]:
        """The block reads from the database and scores. Raises Overloaded where its turn does not come within
        WAIT_SECONDS."""
        async with _reserved(self._turns, tenant, 1, "turns"):
            yield

    @asynccontextmanager
    async def memory(self, tenant: str, wanted: int) -> AsyncIterator[None]:
        """Reserves bytes for the block; more than there are at all are as many as there are.

        Enter it once for an answer: one that has some and waits for more could wait for ever. Raises Overloaded
        after WAIT_SECONDS.
        """
        wanted = min(wanted, self._memory.amount)
        async with _reserved(self._memory, tenant, wanted, "memory"):
            ANSWER_BYTES.inc(wanted)
            try:
                yield
            finally:
                ANSWER_BYTES.dec(wanted)

    async def scoring(self, work: Callable[[], Result]) -> Result:
        """What `work` gives, in one of the threads for scoring."""
        return await self._threads.run(work)

    async def stop(self) -> None:
        """Ends the threads."""
        await self._threads.stop()


@asynccontextmanager
async def _reserved(share: FairShare, tenant: str, amount: int, limit: str) -> AsyncIterator[None]:
    """As FairShare, but raises Overloaded, of the `limit` that was reached."""
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(share.reserved(tenant, amount, seconds=WAIT_SECONDS))
        except TimeoutError:
            raise Overloaded(limit, f"other answers took all there is of {limit} for {WAIT_SECONDS:g} s") from None
        yield
