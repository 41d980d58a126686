"""The parser processes as the service sees them: the fork server, and the children that it makes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process

import msgspec

from libs.contracts.errors import DependencyUnavailable
from libs.resilience.suspend_safe_timeout import within
from services.ingest.metrics import PARSERS, PARSERS_ENDED
from services.ingest.sandbox.frames import END, HEADER, ORDER, Answer, Limits, Ready, Request

START_SECONDS = 60.0
# How long the fork server may take to tell how a child ended.
TOLD_SECONDS = 5.0
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LANG", "LC_ALL", "TMPDIR", "HOME")
_READ_LIMIT = 1_048_576


class Died(Exception):
    """A child ended by itself. `code` as in asyncio's subprocesses; None where the fork server died as well."""

    def __init__(self, code: int | None) -> None:
        super().__init__("the fork server ended" if code is None else f"exit code {code}")
        self.code = code


class Child:
    """One child process, working on one request at a time."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ended: asyncio.Future[int | None]
    ) -> None:
        self.documents = 0
        self.pid: int | None = None
        self._reader = reader
        self._writer = writer
        self._ended = ended

    async def begin(self) -> None:
        """Waits until the process is there. Raises Died."""
        self.pid = msgspec.msgpack.decode(await self._receive(), type=Ready).pid
        PARSERS.inc()

    async def ask(self, request: Request, wall_seconds: float) -> Answer:
        """Raises OutOfTime and Died, after which the child is of no more use."""
        self.documents += 1
        return await within(wall_seconds, self._answer(request))

    async def end(self, reason: str) -> None:
        """Kills the process and waits for its end."""
        if self.pid is not None and not self._ended.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()
        await self._code()
        if self.pid is not None:
            PARSERS.dec()
        PARSERS_ENDED.labels(reason).inc()

    async def _answer(self, request: Request) -> Answer:
        body = msgspec.msgpack.encode(request)
        try:
            self._writer.write(HEADER.pack(len(body)))
            self._writer.write(body)
            await self._writer.drain()
        except OSError:
            raise Died(await self._code()) from None
        return msgspec.msgpack.decode(await self._receive(), type=Answer)

    async def _receive(self) -> bytes:
        try:
            (size,) = HEADER.unpack(await self._reader.readexactly(HEADER.size))
            return await self._reader.readexactly(size)
        except (asyncio.IncompleteReadError, OSError):
            raise Died(await self._code()) from None

    async def _code(self) -> int | None:
        # shield: the future outlives whoever waits for it.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TOLD_SECONDS):
                return await asyncio.shield(self._ended)
        return None


class ForkServer:
    """The process that makes children; started with the first child, and again where it died."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._starting = asyncio.Lock()
        self._process: Process | None = None
        self._control: socket.socket | None = None
        self._watching: asyncio.Task[None] | None = None
        self._numbers = 0
        self._ended: dict[int, asyncio.Future[int | None]] = {}

    async def child(self) -> Child:
        """A new child, ready for work. Raises DependencyUnavailable where it does not come up."""
        try:
            async with asyncio.timeout(START_SECONDS):
                async with self._starting:
                    await self._up()
                return await self._new_child()
        except (TimeoutError, Died, OSError) as error:
            what = f"no answer within {START_SECONDS:.0f} s" if isinstance(error, TimeoutError) else str(error)
            raise DependencyUnavailable("sandbox", f"a parser process does not come up: {what}") from error

    async def stop(self) -> None:
        """Ends the process, and with it all children that are left."""
        if self._process is None or self._control is None or self._watching is None:
            return
        self._control.close()
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        await self._watching
        self._process = None

    async def _up(self) -> None:
        if self._watching is not None and not self._watching.done():
            return
        await self.stop()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setblocking(False)
        # Only what Python needs: what parses strangers' files is told no secrets.
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "services.ingest.sandbox.fork_server"),
                msgspec.json.encode(self._limits).decode(),
                stdin=theirs.fileno(),
                stdout=PIPE,
                env=environment,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        self._watching = asyncio.create_task(self._watch(self._process.stdout), name="parsers-watch")
        loaded = self._expected(0)
        if await asyncio.shield(loaded) is None:
            raise Died(await self._process.wait())

    async def _new_child(self) -> Child:
        assert self._control is not None
        self._numbers += 1
        ended = self._expected(self._numbers)
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._control, [ORDER.pack(self._numbers)], [theirs.fileno()])
            except OSError:
                ours.close()
                raise
        reader, writer = await asyncio.open_unix_connection(sock=ours, limit=_READ_LIMIT)
        child = Child(reader, writer, ended)
        try:
            await child.begin()
        except BaseException as error:
            await child.end("crashed" if isinstance(error, Died) else "stopped")
            raise
        return child

    def _expected(self, number: int) -> asyncio.Future[int | None]:
        return self._ended.setdefault(number, asyncio.get_running_loop().create_future())

    async def _watch(self, reports: asyncio.StreamReader) -> None:
        """Tells each child's end to whoever waits for it, until the fork server ends, and all children with it."""
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                number, code = END.unpack(await reports.readexactly(END.size))
                self._told(number, code)
        for number in list(self._ended):
            self._told(number, None)

    def _told(self, number: int, code: int | None) -> None:
        ended = self._ended.pop(number, None)
        if ended is not None and not ended.done():
            ended.set_result(code)
