"""A whole system, on real Kafka or on the embedded broker, whose every part can be harmed: the stack's services,
what they stand on, and the network between them.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
from confluent_kafka.admin import AdminClient, NewTopic

from libs.localstack.kafka import Kafka
from libs.localstack.postgres.roles import run_sql
from libs.localstack.postgres.server import Postgres
from libs.localstack.stack_component import StackComponent
from libs.localstack.valkey import Valkey
from tests.chaos.ledger import Ledger
from tests.chaos.log_tail import LogTail
from tests.chaos.poison import OTHER_TENANTS_TOPIC
from tests.chaos.proxy import Proxy
from tests.e2e.running_stack import RunningStack

SERVICES = ("ingest", "embedding", "matching", "gateway")
FAULTY = Path(__file__).parent / "faulty"
ANSWER_SECONDS = 20.0
# A model that hangs is found out sooner than in production, and a model of one's own makes no difference to it.
ENVIRONMENT = {"EMBEDDING_MODEL_SECONDS": "5"}


class System:
    """Started by `with`. `stack` is what its users see, `parts` what that stands on, `ledger` what was sent, `log`
    what the broker held. `network` are the stretches between parts, by the name of the part they lead to. `stamp`
    is the first part of every revision on the embedded broker, which stamps nothing; None on Kafka.
    """

    def __init__(self, folder: Path, *, embedded: bool = False, **environment: str) -> None:
        self.folder = folder
        self.embedded = embedded
        self.stamp: int | None = None
        self.kafka = Kafka(folder / "kafka")
        self.postgres = Postgres(folder / "postgres")
        self.valkey = Valkey(folder / "valkey")
        self.ledger = Ledger()
        # Problems that were told of already.
        self.told: set[str] = set()
        path = os.pathsep.join([str(FAULTY), str(Path.cwd())])
        self._struck = folder / "struck.txt"
        self._struck.touch()
        # Which of a service's processes a connection leads to, from a seed too.
        self._rng = random.Random(0)
        self._environment = {"PYTHONPATH": path, "CHAOS_STRUCK": str(self._struck), **ENVIRONMENT, **environment}

    @property
    def parts(self) -> list[StackComponent]:
        return [self.postgres, self.valkey, *([] if self.embedded else [self.kafka])]

    @property
    def bootstrap(self) -> str:
        return str(self.stack.info["kafka_bootstrap"]) if self.embedded else self.kafka.bootstrap

    def __enter__(self) -> System:
        for part in self.parts:
            part.start()
        if not self.embedded:
            self._make_topic_of_another_tenant()
            self._follow()
        database = urlsplit(self.postgres.superuser_dsn)
        self.network = {
            "postgres": Proxy(lambda: _port(self.postgres.superuser_dsn)),
            "valkey": Proxy(lambda: self.valkey.port),
            "matching": Proxy(lambda: self._port_of("matching")),
            "embedding": Proxy(lambda: self._port_of("embedding")),
        }
        ports = {name: proxy.port for name, proxy in self.network.items()}
        through = re.sub(r"@[^/]*", f"@127.0.0.1:{ports['postgres']}", self.postgres.superuser_dsn)
        assert database.hostname in through
        self.stack = RunningStack(
            self.folder / "data",
            "--embedding-workers",
            "2",
            "--auth",
            "keys",
            **({} if self.embedded else {"KAFKA_BOOTSTRAP": self.kafka.bootstrap}),
            DATABASE_URL=through,
            REDIS_URL=f"redis://127.0.0.1:{ports['valkey']}",
            MATCHING_URLS=f"http://127.0.0.1:{ports['matching']}",
            EMBEDDING_URLS=f"http://127.0.0.1:{ports['embedding']}",
            **self._environment,
        )
        if self.embedded:
            self.stamp = int(self._processes("ingest")[0].environ()["TRYOUT_STAMP"])
            self._follow()
        return self

    def _follow(self) -> None:
        self.log = LogTail(self.bootstrap, embedded=self.embedded)
        self.log.start()

    def __exit__(self, *_: object) -> None:
        self.log.stop()
        try:
            self.stack.stop()
        finally:
            for proxy in self.network.values():
                proxy.close()
            for part in reversed(self.parts):
                part.stop()

    def pids(self, service: str) -> list[int]:
        """The processes of a service that run at the moment."""
        return [process.pid for process in self._processes(service)]

    def signal(self, pid: int, number: signal.Signals) -> bool:
        """Whether there was somebody to signal."""
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return False
        return True

    def sql(self, statement: str) -> str:
        """What PostgreSQL answers a superuser, by the direct way."""
        through = f":{self.network['postgres'].port}/"
        direct = f":{_port(self.postgres.superuser_dsn)}/"
        return run_sql(str(self.stack.info["postgres_dsn"]).replace(through, direct), statement)

    def metric(self, service: str, name: str) -> float:
        """A metric's sum over a service's processes and labels."""
        total = 0.0
        for url in self.urls(service):
            for line in httpx.get(f"{url}/metrics", timeout=10).text.splitlines():
                if line.startswith((f"{name} ", f"{name}{{")):
                    total += float(line.rsplit(" ", 1)[1])
        return total

    def struck(self, word: str) -> int:
        """How often a service was made to fail by a text that holds the word."""
        return self._struck.read_text().splitlines().count(word)

    def asked(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """An answer of the gateway. It may have been killed just now, or a breaker keep an answer from being given
        for a while after a way was mended. Raises TransportError where it does not come back.
        """
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            try:
                answer = self.stack.http.request(method, path, **arguments)
                if answer.status_code != 503 or time.monotonic() > deadline:
                    return answer
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.3)

    def post(self, url: str, body: dict[str, Any]) -> dict[str, Any]:
        """What a service answers at its own door; one that is busy is asked again."""
        deadline = time.monotonic() + 60
        while True:
            token = {"authorization": f"Bearer {self.stack.info['internal_token']}"}
            answer = httpx.post(url, json=body, headers=token, timeout=60)
            if answer.status_code == 200 or time.monotonic() > deadline:
                answer.raise_for_status()
                return dict(answer.json())
            time.sleep(0.5)

    def seed(self, rng: random.Random) -> None:
        """Lets a round's seed decide what is left to chance here."""
        self._rng = random.Random(rng.getrandbits(64))

    def ready(self, service: str) -> bool:
        """Whether all its processes that run say they are ready."""
        try:
            return all(httpx.get(f"{url}/health/ready", timeout=5).status_code == 200 for url in self.urls(service))
        except httpx.TransportError:
            return False

    def urls(self, service: str) -> list[str]:
        """Where its processes listen."""
        return [entry["url"] for entry in json.loads(self.stack.stack_file.read_text())["services"][service]]

    def _processes(self, service: str) -> list[psutil.Process]:
        found = []
        # There may be other systems beside this one, and it asks while its own stack still starts.
        for child in psutil.Process().children(recursive=True):
            try:
                if (
                    f"services.{service}" in child.cmdline()
                    and child.status() != psutil.STATUS_ZOMBIE
                    and child.environ().get("CHAOS_STRUCK") == str(self._struck)
                ):
                    found.append(child)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found

    def _port_of(self, service: str) -> int:
        ports = sorted(int(process.environ()["PORT"]) for process in self._processes(service))
        return self._rng.choice(ports) if ports else 1

    def _make_topic_of_another_tenant(self) -> None:
        settings = {"message.timestamp.type": "LogAppendTime", "max.message.bytes": str(12 << 20)}
        admin = AdminClient({"bootstrap.servers": self.kafka.bootstrap})
        admin.create_topics([NewTopic(OTHER_TENANTS_TOPIC, 2, 1, config=settings)])[OTHER_TENANTS_TOPIC].result()


def _port(dsn: str) -> int:
    port = urlsplit(dsn).port
    assert port is not None
    return port
