"""A whole system on real Kafka whose every part can be harmed: the stack's services, and the parts below them."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import psutil

from libs.localstack.kafka import Kafka
from libs.localstack.part import Part
from libs.localstack.postgres import Postgres
from libs.localstack.roles import run_sql
from libs.localstack.valkey import Valkey
from tests.chaos.ledger import Ledger
from tests.e2e.running_stack import RunningStack

SERVICES = ("ingest", "embedding", "matching", "gateway")


class System:
    """Started by `with`. `stack` is what its users see, `parts` what that stands on, `ledger` what was sent."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.kafka = Kafka(folder / "kafka")
        self.postgres = Postgres(folder / "postgres")
        self.valkey = Valkey(folder / "valkey")
        self.ledger = Ledger()
        self._environment = environment

    @property
    def parts(self) -> list[Part]:
        return [self.postgres, self.valkey, self.kafka]

    def __enter__(self) -> System:
        for part in self.parts:
            part.start()
        self.stack = RunningStack(
            self.folder / "data",
            "--embedding-workers",
            "2",
            KAFKA_BOOTSTRAP=self.kafka.bootstrap,
            DATABASE_URL=self.postgres.superuser_dsn,
            REDIS_URL=self.valkey.url,
            **self._environment,
        )
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stack.stop()
        finally:
            for part in reversed(self.parts):
                part.stop()

    def pids(self, service: str) -> list[int]:
        """The processes of a service that run at the moment."""
        listed = json.loads(self.stack.stack_file.read_text())["services"].get(service, [])
        return [entry["pid"] for entry in listed if psutil.pid_exists(entry["pid"])]

    def signal(self, pid: int, number: signal.Signals) -> bool:
        """Whether there was somebody to signal."""
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return False
        return True

    def sql(self, statement: str) -> str:
        """What PostgreSQL answers a superuser."""
        return run_sql(self.stack.info["postgres_dsn"], statement)
