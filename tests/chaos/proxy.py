"""A stretch of network between two parts that can be harmed: refusing, hanging, slow, reset in mid-answer."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Literal, TypeVar

Mode = Literal["pass", "refuse", "hang", "reset", "slow"]
Result = TypeVar("Result")
SLOW_SECONDS = 0.5
# Of an answer, this much still arrives before the connection is reset.
RESET_AFTER_BYTES = 20


class Proxy:
    """Listens on a port of its own and passes on to `target()`, a port of 127.0.0.1; `mode` may change at any time.

    `harmed` counts the connections and answers that came to harm here; those refused come to nobody's count.
    """

    def __init__(self, target: Callable[[], int]) -> None:
        self._target = target
        self._mode: Mode = "pass"
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.port = 0
        self._listen()
        self.harmed = 0

    def set(self, mode: Mode) -> None:
        """From now on; connections that are open end, but for slowness."""
        before, self._mode = self._mode, mode
        if mode == "refuse":
            self._run(self._stop_listening())
        elif before == "refuse":
            self._listen()
        if mode != "slow":
            self._loop.call_soon_threadsafe(self._cut_all)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._cut_all)
        self._run(self._stop_listening())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _listen(self) -> None:
        listening = socket.create_server(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        self._server = self._run(asyncio.start_server(self._serve, sock=listening))

    async def _stop_listening(self) -> None:
        self._server.close()

    def _run(self, step: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(step, self._loop).result(10)

    def _cut_all(self) -> None:
        for writer in list(self._open):
            _reset(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if self._mode != "pass":
                self.harmed += 1
            if self._mode == "hang":
                await reader.read()  # until it gives up
                return
            with contextlib.suppress(OSError):
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target())
                self._open.add(far_writer)
                try:
                    await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer, answer=True))
                finally:
                    self._open.discard(far_writer)
                    far_writer.close()
        finally:
            self._open.discard(writer)
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answer: bool = False) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(1 << 16):
                if self._mode == "slow":
                    self.harmed += 1
                    await asyncio.sleep(SLOW_SECONDS)
                if self._mode == "reset" and answer:
                    self.harmed += 1
                    writer.write(data[:RESET_AFTER_BYTES])
                    await writer.drain()
                    _reset(writer)
                    return
                writer.write(data)
                await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Ends a connection with RST instead of FIN."""
    found = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        if found is not None:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
