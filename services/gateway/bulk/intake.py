"""Takes the lines of one request: each is read in turn, published beside others, and answered in the lines' order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

from prometheus_client import Counter

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from services.gateway.bulk.line_answers import queued_line, refused_line
from services.gateway.bulk.lines import Line, Lines
from services.gateway.bulk.room import Room, UnsentAnswers
from services.gateway.documents.submitting import Submission
from services.gateway.limits.callers_quota import CallersQuota
from services.gateway.problems import Problem

MAX_LINES = 10_000
MAX_LINE_BYTES = 8_388_608
LINES_AT_ONCE = 32
BYTES_AT_ONCE = 8_388_608
# More than 10,000 answers that say `queued`.
UNSENT_BYTES = 4_194_304
QUOTA_SECONDS = 5.0

LINES = Counter(
    "shortlist_gateway_bulk_lines_total",
    "Lines of bulk requests, by outcome: queued, or refused (whoever sent it was told why)",
    ["outcome"],
)


@dataclass(frozen=True, slots=True)
class Order:
    """The document in a line."""

    key: DocumentKey
    submission: Submission


Read = Callable[[bytes], Awaitable[Order]]
"""What is in a line. Raises Problem."""
Submit = Callable[[DocumentKey, Submission], Awaitable[Revision]]


@dataclass(frozen=True, slots=True)
class _Begun:
    """A line that was read; `outcome` is on its way, or says why nothing comes of it."""

    number: int
    size: int
    id: str | None
    outcome: asyncio.Task[Revision] | Exception


class Intake:
    """The lines of one request. `quota`: None where the caller has none; else each line takes a unit of it."""

    def __init__(self, pieces: AsyncIterator[bytes], read: Read, submit: Submit, quota: CallersQuota | None) -> None:
        self._lines = Lines(pieces, longest=MAX_LINE_BYTES)
        self._read = read
        self._submit = submit
        self._quota = quota
        self._room = Room(lines=LINES_AT_ONCE, size=BYTES_AT_ONCE)
        self._begun: asyncio.Queue[_Begun | None] = asyncio.Queue()
        self._unsent = UnsentAnswers(size=UNSENT_BYTES)
        self._has_begun = False
        # The latest submission of each document that is on its way: the next one waits for it.
        self._latest: dict[DocumentKey, asyncio.Task[Revision]] = {}

    @property
    def lines_read(self) -> int:
        """How far the body was read: grows while its sender sends."""
        return self._lines.number

    async def answers(self) -> AsyncGenerator[bytes, None]:
        """The answers as they come, whole lines.

        Raises, before the first of them: Problem where the body cannot be read, or holds no line, and
        DependencyUnavailable where the first line's document cannot be published; then nothing was done. Once answers
        have been given, a body that cannot be read further ends them with an error of that line. Close it (`aclosing`):
        what is on its way to the broker is waited for, and no more is read.
        """
        reading = asyncio.create_task(self._read_all(), name="bulk-reading")
        answering = asyncio.create_task(self._answer_all(), name="bulk-answering")
        try:
            while answers := await self._unsent.take():
                yield answers
            await asyncio.gather(reading, answering)
        finally:
            for task in (reading, answering):
                task.cancel()
            await asyncio.gather(reading, answering, return_exceptions=True)
            await asyncio.gather(*self._latest.values(), return_exceptions=True)

    async def _read_all(self) -> None:
        try:
            await self._read_lines()
        finally:
            self._begun.put_nowait(None)

    async def _read_lines(self) -> None:
        try:
            async with aclosing(self._lines.read()) as lines:
                async for line in lines:
                    if line.number > MAX_LINES:
                        raise Problem(
                            "too_large",
                            f"a request takes {MAX_LINES:,} lines: send this one and those behind it in another",
                        )
                    await self._take(line)
        except Problem as fault:
            if not self._has_begun:
                raise
            await self._room.take(0)
            self._begun.put_nowait(_Begun(self._lines.number, 0, None, fault))
        if not self._has_begun:
            raise Problem("invalid_body", "the body holds no line: send a JSON object in each")

    async def _take(self, line: Line) -> None:
        size = len(line.data or b"")
        await self._room.take(size)
        begun = await self._begin(line, size)
        if not self._has_begun and isinstance(begun.outcome, asyncio.Task):
            # Where the first cannot be published none can, and the request as a whole is told so.
            await asyncio.wait([begun.outcome])
            if isinstance(fault := begun.outcome.exception(), DependencyUnavailable):
                raise fault
        self._has_begun = True
        self._begun.put_nowait(begun)
        # Others have their turn, however many lines came in one piece.
        await asyncio.sleep(0)

    async def _begin(self, line: Line, size: int) -> _Begun:
        try:
            order = await self._order_in(line)
        except Exception as error:
            return _Begun(line.number, size, None, error)
        submitting = asyncio.create_task(self._submit_after(self._latest.get(order.key), order), name="bulk-submitting")
        self._latest[order.key] = submitting
        submitting.add_done_callback(lambda done: self._forget(order.key, done))
        return _Begun(line.number, size, order.key.id, submitting)

    async def _order_in(self, line: Line) -> Order:
        if self._quota is not None and not await self._quota.granted_within(QUOTA_SECONDS):
            raise Problem("rate_limited", "your key's quota is used up; nothing was done of this line, send it again")
        if line.data is None:
            raise Problem("too_large", f"the line has more than {MAX_LINE_BYTES:,} bytes")
        return await self._read(line.data)

    async def _submit_after(self, earlier: asyncio.Task[Revision] | None, order: Order) -> Revision:
        if earlier is not None:
            await asyncio.wait([earlier])
        return await self._submit(order.key, order.submission)

    def _forget(self, key: DocumentKey, done: asyncio.Task[Revision]) -> None:
        if self._latest.get(key) is done:
            del self._latest[key]

    async def _answer_all(self) -> None:
        try:
            while (begun := await self._begun.get()) is not None:
                await self._unsent.put(await _answer_to(begun))
                self._room.give_back(begun.size)
        finally:
            self._unsent.end()


async def _answer_to(begun: _Begun) -> bytes:
    try:
        if isinstance(begun.outcome, Exception):
            raise begun.outcome
        revision = await begun.outcome
    except Exception as error:
        LINES.labels("refused").inc()
        return refused_line(begun.number, begun.id, error)
    LINES.labels("queued").inc()
    return queued_line(begun.number, begun.id or "", revision)
