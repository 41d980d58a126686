"""The embedding service as it runs: its processes between a broker's topic of texts and its topic of vectors."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Coroutine, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from aiokafka import AIOKafkaConsumer

from libs.contracts.events import TextEvent
from libs.contracts.topics import VECTORS
from libs.localstack.kafka import Kafka
from libs.localstack.service_process import ServiceProcess
from libs.localstack.tryout_broker import TryoutBroker
from libs.localstack.valkey import Valkey
from libs.messaging.admin.cluster import partitions
from libs.messaging.admin.topics import apply_topics
from libs.messaging.connection.settings import KafkaSettings
from libs.messaging.publishing import KafkaPublisher
from libs.messaging.reporting import REVISION, text_record
from tests.bench.assigning import Assigning
from tests.bench.events import EvenKeys, text_event

Result = TypeVar("Result")

READY_SECONDS = 60.0
# However slow the machine: a batch that is not through after this has been lost.
THROUGH_SECONDS = 600.0


def broker_of_this_machine(folder: Path) -> Kafka | TryoutBroker:
    """Real Kafka where KAFKA_HOME names one, else the embedded broker."""
    return Kafka(folder / "kafka") if os.environ.get("KAFKA_HOME") else TryoutBroker(folder / "broker")


class Stage:
    """`workers` processes of embedding with `threads` threads each, ready and in their group.

    matching is only what assigns the topic. Methods block.
    """

    def __init__(self, *, workers: int = 1, threads: int, cached: bool = False) -> None:
        self._workers = workers
        self._threads = threads
        self._cached = cached
        self._parts = ExitStack()
        self._runner = asyncio.Runner()
        self.processes: list[ServiceProcess] = []

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._parts.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._parts.close()

    @property
    def url(self) -> str:
        """The first worker's address."""
        return self.processes[0].url

    def seconds(self, texts: Sequence[str], *, ids: Sequence[str] = ()) -> float:
        """From the first text's publishing to the last vector on the broker; documents of new ids unless named."""
        return self._runner.run(self._seconds(self._events(texts, ids)))

    def publish(self, texts: Sequence[str]) -> set[str]:
        """A backlog that nobody waits for; the revisions of its documents."""
        events = self._events(texts)
        self._runner.run(self._publish(events))
        return {event.revision for event in events}

    def metric(self, series: str) -> float:
        """A figure of the first worker's /metrics, named as it stands there with its labels."""
        lines = httpx.get(f"{self.url}/metrics", timeout=10.0).text.splitlines()
        return next((float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(f"{series} ")), 0.0)

    def behind(self) -> float:
        """Texts that no worker has committed yet."""
        return self.metric('shortlist_consumer_lag_records{group="embedding-bench",topic="documents.text.v1"}')

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Runs to its end in the stage's own loop."""
        return self._runner.run(work)

    async def arrivals(self, revisions: set[str], until: float) -> list[float]:
        """When the vectors of each came to the broker, ascending, as far as they do before `until`."""
        wanted = set(revisions)
        found: list[float] = []
        while wanted and time.perf_counter() < until:
            for batch in (await self._reader.getmany(timeout_ms=100)).values():
                come = wanted & {dict(record.headers)[REVISION].decode() for record in batch}
                wanted -= come
                found += [time.perf_counter()] * len(come)
        return found

    def _start(self) -> None:
        folder = Path(self._parts.enter_context(TemporaryDirectory(prefix="shortlist-bench-")))
        self._parts.callback(self._runner.close)
        broker = broker_of_this_machine(folder)
        self._parts.enter_context(broker)
        self._settings = KafkaSettings(kafka_bootstrap=broker.bootstrap, tryout_stamp=broker.stamp)
        self._runner.run(apply_topics(self._settings))
        self._keys = EvenKeys(len(self._runner.run(partitions(self._settings))[VECTORS]))
        matching = self._parts.enter_context(Assigning(VECTORS))
        env = {
            "KAFKA_BOOTSTRAP": broker.bootstrap,
            "MATCHING_URLS": matching.url,
            "EMBEDDING_ENGINE": "onnx",
            "OMP_NUM_THREADS": str(self._threads),
        }
        if broker.stamp is not None:
            env["TRYOUT_STAMP"] = str(broker.stamp)
        if self._cached:
            env["REDIS_URL"] = self._parts.enter_context(Valkey(folder / "valkey")).url
        self._publisher = KafkaPublisher(self._settings)
        self._runner.run(self._publisher.start())
        self._parts.callback(lambda: self._runner.run(self._publisher.stop()))
        self._reader = self._runner.run(self._reading())
        self._parts.callback(lambda: self._runner.run(self._reader.stop()))
        for number in range(self._workers):
            process = ServiceProcess("embedding", number, logs=folder / "logs")
            process.start(env)
            self._parts.callback(process.stop, 60.0)
            self.processes.append(process)
        self._until_ready()
        # The group is together once records of every partition come through.
        self.seconds([f"Warm-up {number} of the stage." for number in range(4 * len(self._keys))])

    def _until_ready(self) -> None:
        end = time.monotonic() + READY_SECONDS
        while not all(process.ready()[0] for process in self.processes):
            if time.monotonic() > end:
                words = "\n".join(process.last_words() for process in self.processes)
                raise TimeoutError(f"embedding was not ready after {READY_SECONDS:.0f} s: {words}")
            time.sleep(0.1)

    async def _reading(self) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(**self._settings.client_options(), fetch_max_wait_ms=100)
        await consumer.start()
        found = (await partitions(self._settings))[VECTORS]
        consumer.assign(found)
        await consumer.seek_to_end(*found)
        return consumer

    def _events(self, texts: Sequence[str], ids: Sequence[str] = ()) -> list[TextEvent]:
        chosen = ids or self._keys.ids([len(text) for text in texts])
        return [text_event(text, each) for text, each in zip(texts, chosen, strict=True)]

    async def _publish(self, events: Sequence[TextEvent]) -> None:
        await self._publisher.publish_all([text_record(event) for event in events])

    async def _seconds(self, events: Sequence[TextEvent]) -> float:
        started = time.perf_counter()
        publishing = asyncio.create_task(self._publish(events))
        arrivals = await self.arrivals({event.revision for event in events}, started + THROUGH_SECONDS)
        await publishing
        if len(arrivals) < len(events):
            raise TimeoutError(f"{len(events) - len(arrivals)} of {len(events)} documents have no vectors")
        return arrivals[-1] - started
