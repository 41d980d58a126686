"""Apache Kafka from the distribution at KAFKA_HOME: one node, KRaft, its data survives restarts."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from libs.localstack.child import Child, StartFault
from libs.localstack.ports import free_port
from libs.localstack.stack_component import StackComponent
from libs.localstack.tryout_broker import accepts

# On a machine that is crowded by others, a start of its virtual machine alone has taken over a minute and a half.
READY_SECONDS = 240.0
HEAP = "-Xmx512m -Xms256m"
# What every broker that we start is told, wherever it runs.
BROKER_SETTINGS = {
    "auto.create.topics.enable": "false",
    "offsets.topic.replication.factor": "1",
    "offsets.retention.minutes": str(30 * 24 * 60),
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    # Room for the largest topic's records; each topic sets its own limit.
    "message.max.bytes": str(20 * 1024 * 1024),
    "replica.fetch.max.bytes": str(20 * 1024 * 1024),
}


class Kafka(StackComponent):
    """A node on 127.0.0.1 that is broker and controller. Topics are never made by accident.

    `settings` go beside or over its server.properties, `format_arguments` to the formatting of an empty folder.
    """

    name = "kafka"
    # It stamps records itself.
    stamp: int | None = None
    stop_seconds = 60.0

    def __init__(
        self,
        folder: Path,
        *,
        home: Path | None = None,
        logs: Path | None = None,
        port: int | None = None,
        settings: dict[str, str] | None = None,
        format_arguments: Sequence[str] = (),
    ) -> None:
        super().__init__(folder, logs=logs)
        self.port = port or free_port()
        self._controller_port = free_port()
        self._home = home or _home()
        self._settings = settings or {}
        self._format_arguments = format_arguments

    @property
    def bootstrap(self) -> str:
        """host:port for clients."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Formats an empty folder, starts the node and blocks until its port is open. Raises StartFault."""
        if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
            raise StartFault("Apache Kafka needs Java 17 or later: no java was found on the PATH")
        self.folder.mkdir(parents=True, exist_ok=True)
        properties = self.folder / "server.properties"
        properties.write_text("".join(f"{name}={value}\n" for name, value in self._properties().items()))
        if not (self.folder / "data" / "meta.properties").exists():
            cluster = self._tool("random-uuid")
            self._tool("format", "-t", cluster, "-c", str(properties), *self._format_arguments)
        env = {**os.environ, "KAFKA_HEAP_OPTS": HEAP, "LOG_DIR": str(self.log.parent)}
        self._child = Child(
            self.name, [self._home / "bin" / "kafka-server-start.sh", properties], log=self.log, env=env
        )
        self._child.start()
        self._child.wait_until(lambda: accepts(self.port), READY_SECONDS)

    def _properties(self) -> dict[str, str]:
        return {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{self._controller_port}",
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self._controller_port}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self.port}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": str(self.folder / "data"),
            **BROKER_SETTINGS,
            **self._settings,
        }

    def _tool(self, *arguments: str) -> str:
        command = [str(self._home / "bin" / "kafka-storage.sh"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise StartFault(f"kafka-storage.sh {arguments[0]} failed: {(done.stderr or done.stdout).strip()[-500:]}")
        return done.stdout.strip().splitlines()[-1]


def _home() -> Path:
    named = os.environ.get("KAFKA_HOME")
    if not named:
        raise StartFault("KAFKA_HOME is not set: it must name the root of an Apache Kafka distribution (with bin/)")
    home = Path(named)
    if not (home / "bin" / "kafka-server-start.sh").exists():
        raise StartFault(f"KAFKA_HOME={named} holds no bin/kafka-server-start.sh: name the root of a distribution")
    return home
