"""The sandbox: contents are parsed in child processes with limits of memory, CPU and time.

A few children are kept ready. One that dies, hangs or has parsed `ingest_parser_documents` is replaced; whatever a
document does to its child, the service goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from types import TracebackType
from typing import Self

import msgspec

from libs.contracts.errors import DependencyUnavailable, ErrorCode, RecordRejected
from libs.contracts.inner.structure import StructureOrder
from libs.contracts.structure import Structure
from libs.resilience.suspend_safe_timeout import OutOfTime, within
from libs.telemetry.logs import get_logger
from services.ingest.metrics import PARSE_SECONDS, PARSERS, PARSERS_ENDED
from services.ingest.parsing.content import Content, ParsedDocument
from services.ingest.sandbox.child import HEADER, Answer, Limits, Request
from services.ingest.settings import ParsingSettings

log = get_logger(__name__)

START_SECONDS = 60.0
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LANG", "LC_ALL", "TMPDIR", "HOME")
_READ_LIMIT = 1_048_576


class ParserFault(Exception):
    """A bug of a parser, not of its document: its own message."""


class _Died(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(f"exit code {code}")
        self.code = code


class _Child:
    """One child process, working on one request at a time."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.documents = 0

    @classmethod
    async def start(cls, limits: Limits) -> _Child:
        """Raises DependencyUnavailable where it does not come up."""
        # Only what Python needs: what parses strangers' files is told no secrets.
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "services.ingest.sandbox.child"),
                stdin=PIPE,
                stdout=PIPE,
                env=environment,
                limit=_READ_LIMIT,
                start_new_session=True,
            )
        except OSError as error:
            raise DependencyUnavailable("sandbox", f"a parser process cannot be started: {error}") from error
        child = cls(process)
        try:
            async with asyncio.timeout(START_SECONDS):
                await child.send(msgspec.msgpack.encode(limits))
                await child.receive()
        except (TimeoutError, _Died) as error:
            await child.end("crashed")
            what = str(error) or f"no answer within {START_SECONDS:.0f} s"
            raise DependencyUnavailable("sandbox", f"a parser process does not come up: {what}") from error
        except BaseException:
            await child.end("stopped")
            raise
        PARSERS.inc()
        return child

    async def ask(self, request: Request, wall_seconds: float) -> Answer:
        """Raises OutOfTime and _Died, after which the child is of no more use."""
        self.documents += 1
        return await within(wall_seconds, self._answer(request))

    async def _answer(self, request: Request) -> Answer:
        await self.send(msgspec.msgpack.encode(request))
        return await self.receive()

    async def send(self, body: bytes) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(HEADER.pack(len(body)))
            self.process.stdin.write(body)
            await self.process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            raise _Died(await self.process.wait()) from None

    async def receive(self) -> Answer:
        assert self.process.stdout is not None
        try:
            (size,) = HEADER.unpack(await self.process.stdout.readexactly(HEADER.size))
            return msgspec.msgpack.decode(await self.process.stdout.readexactly(size), type=Answer)
        except (asyncio.IncompleteReadError, ConnectionResetError):
            raise _Died(await self.process.wait()) from None

    async def end(self, reason: str) -> None:
        """Kills the process and waits for its end."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        # Unread output would keep the pipe, and with it the wait, open.
        if self.process.stdout is not None:
            with contextlib.suppress(ConnectionResetError):
                while await self.process.stdout.read(_READ_LIMIT):
                    pass
        await self.process.wait()
        PARSERS_ENDED.labels(reason).inc()


class Sandbox:
    """A pool of child processes that are kept ready. Usable as an async context manager."""

    def __init__(self, settings: ParsingSettings) -> None:
        self._size = settings.ingest_parsers
        self._wall_seconds = settings.ingest_parser_wall_seconds
        self._cpu_seconds = settings.ingest_parser_cpu_seconds
        self._memory_mb = settings.ingest_parser_memory_mb
        self._documents_per_child = settings.ingest_parser_documents
        self._limits = Limits(self._memory_mb * 1_048_576, self._cpu_seconds, settings.ingest_max_chars)
        # The children that are free. None stands for one that could not be started: whoever takes it tries again.
        self._slots: asyncio.Queue[_Child | None] = asyncio.Queue()
        self._children: set[_Child] = set()
        self._replacing: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Starts the children, a second or so. Raises DependencyUnavailable where one does not come up."""
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
            except _Died as died:
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

    async def _ask(self, child: _Child, request: Request) -> Answer:
        started = time.monotonic()
        try:
            answer = await child.ask(request, self._wall_seconds)
        except OutOfTime:
            await self._end(child, "limit_time")
            raise self._too_slow(f"more than {self._wall_seconds:.0f} s") from None
        except _Died as died:
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

    def _blame(self, died: _Died, *, last: bool) -> None:
        log.warning("parser_died", exit_code=died.code, last_attempt=last)
        if died.code == -signal.SIGXCPU:
            raise self._too_slow(f"more than {self._cpu_seconds} s of computing") from died
        if not last:
            return
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

    def _give_back(self, child: _Child | None) -> None:
        if child is not None and child in self._children:
            self._slots.put_nowait(child)
            return
        task = asyncio.create_task(self._replace(), name="parser-replacement")
        self._replacing.add(task)
        task.add_done_callback(self._replacing.discard)

    async def _replace(self) -> None:
        child: _Child | None = None
        try:
            child = await self._new_child()
        except DependencyUnavailable as fault:
            log.error("parser_not_replaced", reason=fault.message)
        finally:
            self._slots.put_nowait(child)

    async def _new_child(self) -> _Child:
        child = await _Child.start(self._limits)
        self._children.add(child)
        return child

    async def _end(self, child: _Child, reason: str) -> None:
        if child in self._children:
            self._children.remove(child)
            PARSERS.dec()
            await child.end(reason)


def _file_type(request: Request, answer: Answer) -> str:
    """What the seconds are counted under."""
    if request.order is not None:
        return "stored_text"
    return str(answer.document.file_type) if answer.document else "none"
