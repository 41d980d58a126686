"""The memory of a matching process as it runs, at rest and while eight clients ask it."""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path

import httpx
import msgspec
import numpy as np
from litestar import Litestar, post

from libs.contracts.identifiers import Kind
from libs.contracts.inner import paths
from libs.contracts.inner.embedding import Embedded, EmbedOrder
from libs.contracts.vectors import pack
from libs.localstack.service_process import ServiceProcess
from libs.localstack.tryout_broker import TryoutBroker
from libs.messaging.admin.topics import apply_topics
from libs.messaging.connection.settings import KafkaSettings
from tests.bench.scale.answering import Call, by_clients
from tests.bench.scale.stage import BIG, Stage
from tests.bench.scale.table import Row, percentile
from tests.fakes.serving import serving

CLIENTS = 8
MOST_ANSWERS = 600
MOST_SECONDS = 40.0
READY_SECONDS = 60.0
REST_SECONDS = 5.0


async def memory_rows(stage: Stage) -> list[Row]:
    """VmRSS of the process; its answers come over HTTP, its queries' vectors from a stand-in for embedding."""
    size = len(await stage.numbers(BIG))
    with (
        tempfile.TemporaryDirectory(prefix="shortlist-scale-") as folder,
        TryoutBroker(Path(folder) / "broker") as broker,
    ):
        settings = KafkaSettings(kafka_bootstrap=broker.bootstrap, tryout_stamp=broker.stamp)
        await apply_topics(settings)
        process = ServiceProcess("matching", 0, logs=Path(folder))
        with serving(_embedding(stage)) as embedding:
            process.start(_environment(stage, broker, embedding))
            try:
                await _until_ready(process)
                # It is at rest once what it does at its start is done.
                await asyncio.sleep(REST_SECONDS)
                at_rest = _resident_mb(process)
                taken, failed, rate, peak = await _asked(stage, process)
            finally:
                process.stop(30.0)
    more = {"p50": 1_000 * statistics.median(taken), "p95": 1_000 * percentile(taken, 95), "answers/s": rate}
    note = f"{failed} failed" if failed else ""
    return [
        Row("memory of matching at rest", at_rest, "MB", 300.0, documents=size),
        Row(
            "... the most with 8 clients over HTTP",
            peak,
            "MB",
            600.0,
            n=len(taken),
            documents=size,
            more=more,
            note=note,
        ),
    ]


def _environment(stage: Stage, broker: TryoutBroker, embedding: str) -> dict[str, str]:
    made = {
        "KAFKA_BOOTSTRAP": broker.bootstrap,
        "DATABASE_URL": stage.dsns.matching,
        "DATABASE_MIGRATION_URL": stage.dsns.owner,
        "EMBEDDING_URLS": embedding,
        "LOG_LEVEL": "WARNING",
    }
    return made if broker.stamp is None else made | {"TRYOUT_STAMP": str(broker.stamp)}


def _embedding(stage: Stage) -> Litestar:
    vectors = stage.queries.by_text()

    @post(paths.EMBED)
    async def embed(data: EmbedOrder) -> Embedded:
        found = np.stack([vectors[text] for text in data.texts]).astype("<f4")
        packed = pack(found.tobytes(), dtype="float32", dimension=found.shape[1], count=len(found))
        made = {"vectors": packed, "space": stage.space.name, "model": stage.space.model, "dimension": found.shape[1]}
        return msgspec.convert({name: made[name] for name in Embedded.__struct_fields__}, Embedded)

    return Litestar([embed], openapi_config=None, logging_config=None)


async def _until_ready(process: ServiceProcess) -> None:
    end = time.monotonic() + READY_SECONDS
    while not (await asyncio.to_thread(process.ready))[0]:
        if time.monotonic() > end:
            raise TimeoutError(f"matching was not ready after {READY_SECONDS:.0f} s: {process.last_words()}")
        await asyncio.sleep(0.2)


async def _asked(stage: Stage, process: ServiceProcess) -> tuple[list[float], int, float, float]:
    """Seconds of each answer, how many failed, answers a second, and the most memory that was seen."""
    peak = 0.0
    async with httpx.AsyncClient(
        base_url=process.url, headers={paths.TENANT_HEADER: BIG}, timeout=60.0, limits=httpx.Limits(max_connections=16)
    ) as client:

        async def watch() -> None:
            nonlocal peak
            while True:
                peak = max(peak, _resident_mb(process))
                await asyncio.sleep(0.05)

        watching = asyncio.create_task(watch())
        try:
            taken, failed, rate = await by_clients(_calls(stage, client), CLIENTS, seconds=MOST_SECONDS)
        finally:
            watching.cancel()
    return taken, failed, rate, peak


def _calls(stage: Stage, client: httpx.AsyncClient) -> list[Call]:
    async def ask(place: int) -> None:
        kind: Kind = "job"
        if place % 2:
            path = paths.filled(paths.MATCHES, kind=kind, document_id=f"j{place // 2 % len(stage.sources.jobs)}")
            answer = await client.get(path, params={"limit": 10})
        else:
            text = stage.queries.texts[place // 2 % len(stage.queries.texts)]
            answer = await client.post(paths.SEARCH, json={"query": text, "kind": "resume", "limit": 10})
        answer.raise_for_status()

    return [lambda place=place: ask(place) for place in range(MOST_ANSWERS)]  # type: ignore[misc]


def _resident_mb(process: ServiceProcess) -> float:
    """Resident memory, in megabytes as the goals have them (10^6 bytes)."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
