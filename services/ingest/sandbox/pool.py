"""The sandbox: contents are parsed in child processes with limits of memory, CPU and time.

A fork server makes them; a few are kept ready. One that dies, hangs or has parsed `ingest_parser_documents` is
replaced; whatever a document does to its child, the service goes on.
"""

from __future__ import annotations

import asyncio
import signal
import time
from types import TracebackType
from typing import Self

from libs.contracts.errors import DependencyUnavailable, ErrorCode, RecordRejected
from libs.contracts.inner.structure import StructureOrder
from libs.contracts.structure import Structure
from libs.resilience.suspend_safe_timeout import OutOfTime
from libs.telemetry.logs import get_logger
from services.ingest.metrics import PARSE_SECONDS
from services.ingest.parsing.content import Content, ParsedDocument
from services.ingest.sandbox.frames import Answer, Limits, Request
from services.ingest.sandbox.parser_processes import Child, Died, ForkServer
from services.ingest.settings import ParsingSettings

log = get_logger(__name__)


class ParserFault(Exception):
    """A bug of a parser, not of its document: its own message."""


class Sandbox:
    """A pool of child processes that are kept ready. Usable as an async context manager."""

    def __init__(self, settings: ParsingSettings) -> None:
        self._size = settings.ingest_parsers
        self._wall_seconds = settings.ingest_parser_wall_seconds
        self._cpu_seconds = settings.ingest_parser_cpu_seconds
        self._memory_mb = settings.ingest_parser_memory_mb
        self._documents_per_child = settings.ingest_parser_documents
        limits = Limits(self._memory_mb * 1_048_576, self._cpu_seconds, settings.ingest_max_chars)
        self._fork_server = ForkServer(limits)
        # The children that are free. None stands for one that could not be started: whoever takes it tries again.
        self._slots: asyncio.Queue[Child | None] = asyncio.Queue()
        self._children: set[Child] = set()
        self._replacing: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Starts the children, after parsers and word lists are loaded once, which takes a second or two.

        Raises DependencyUnavailable where one does not come up.
        """
        started = await asyncio.gather(*(self._new_child() for _ in range(self._size)), return_exceptions=True)
        failed = next((each for each in started if isinstance(each, BaseException)), None)
        if failed is not None:
            await self.stop()
            raise failed
        for child in started:
            self._slots.put_nowait(child)  # type: ignore[arg-type]  # the exceptions were dealt with

    async def stop(self) -> None:
        """Ends all children, at work or not."""
        for task in self._replacing:
            task.cancel()
        await asyncio.gather(*self._replacing, return_exceptions=True)
        await asyncio.gather(*(self._end(child, "stopped") for child in list(self._children)))
        await self._fork_server.stop()

    async def parse(self, content: Content) -> ParsedDocument:
        """Parses in a child, after waiting for a free one.

        Raises RecordRejected (`limit_memory`, `limit_time` and the parsers' own), ParserFault for a bug of
        ours, DependencyUnavailable where no child can be started.
        """
        answer = await self._answered(Request(content=content))
        if answer.document is None:
            raise ParserFault("a parser process answered something else than a document")
        return answer.document

    async def structure(self, order: StructureOrder) -> Structure:
        """The structure of a stored text, found in a child, after waiting for a free one. Raises as `parse` does."""
        answer = await self._answered(Request(order=order))
        if answer.structure is None:
            raise ParserFault("a parser process answered something else than a structure")
        return answer.structure

    async def _answered(self, request: Request) -> Answer:
        # A child that dies is blamed on its document only when a second one dies of it as well.
        for last in (False, True):
            child = await self._slots.get()
            try:
                if child is None:
                    child = await self._new_child()
                return await self._ask(child, request)
            except Died as died:
                self._blame(died, last=last)
            finally:
                self._give_back(child)
        raise AssertionError("the second death raises")

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _ask(self, child: Child, request: Request) -> Answer:
        started = time.monotonic()
        try:
            answer = await child.ask(request, self._wall_seconds)
        except OutOfTime:
            await self._end(child, "limit_time")
            raise self._too_slow(f"more than {self._wall_seconds:.0f} s") from None
        except Died as died:
            await self._end(child, "limit_time" if died.code == -signal.SIGXCPU else "crashed")
            raise
        except BaseException:
            # Its answer would be taken for the next document's.
            await asyncio.shield(self._end(child, "stopped"))
            raise
        PARSE_SECONDS.labels(_file_type(request, answer)).observe(time.monotonic() - started)
        if answer.code == ErrorCode.LIMIT_MEMORY:
            await self._end(child, "limit_memory")
        elif child.documents >= self._documents_per_child:
            await self._end(child, "recycled")
        return self._good(answer)

    def _good(self, answer: Answer) -> Answer:
        if answer.code == ErrorCode.LIMIT_MEMORY:
            raise self._too_big()
        if answer.code is not None:
            raise RecordRejected(ErrorCode(answer.code), answer.message)
        if answer.fault is not None:
            raise ParserFault(answer.fault)
        return answer

    def _blame(self, died: Died, *, last: bool) -> None:
        log.warning("parser_died", exit_code=died.code, last_attempt=last)
        if died.code == -signal.SIGXCPU:
            raise self._too_slow(f"more than {self._cpu_seconds} s of computing") from died
        if not last:
            return
        if died.code is None:
            raise DependencyUnavailable("sandbox", "the parser processes ended together") from died
        if died.code == -signal.SIGKILL:
            raise self._too_big() from died
        raise RecordRejected(ErrorCode.INVALID_CONTENT, "the file is damaged in a way that breaks its reader") from died

    def _too_slow(self, what: str) -> RecordRejected:
        return RecordRejected(ErrorCode.LIMIT_TIME, f"reading the document takes {what}; send a simpler file")

    def _too_big(self) -> RecordRejected:
        return RecordRejected(
            ErrorCode.LIMIT_MEMORY,
            f"reading the document takes more memory than is allowed ({self._memory_mb} MiB); send a simpler file",
        )

    def _give_back(self, child: Child | None) -> None:
        if child is not None and child in self._children:
            self._slots.put_nowait(child)
            return
        task = asyncio.create_task(self._replace(), name="parser-replacement")
        self._replacing.add(task)
        task.add_done_callback(self._replacing.discard)

    async def _replace(self) -> None:
        child: Child | None = None
        try:
            child = await self._new_child()
        except DependencyUnavailable as fault:
            log.error("parser_not_replaced", reason=fault.message)
        finally:
            self._slots.put_nowait(child)

    async def _new_child(self) -> Child:
        child = await self._fork_server.child()
        self._children.add(child)
        return child

    async def _end(self, child: Child, reason: str) -> None:
        if child in self._children:
            self._children.remove(child)
            await child.end(reason)


def _file_type(request: Request, answer: Answer) -> str:
    """What the seconds are counted under."""
    if request.order is not None:
        return "stored_text"
    return str(answer.document.file_type) if answer.document else "none"
