"""An ATS that publishes by several relays at once, and gives each event the number of its commit as its sequence."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from tests.e2e.running_stack import RunningStack, until
from tests.e2e.topic_reading import last_value, records

pytestmark = pytest.mark.e2e

SUBMITTED = "documents.submitted.v1"
STATUS = "documents.status.v1"


@pytest.fixture(scope="module")
def stack(broker_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    running = RunningStack(
        tmp_path_factory.mktemp("stack") / "data", "--broker", broker_kind, "--embedding-workers", "2"
    )
    yield running
    assert running.stop() == 0


async def test_the_highest_sequence_stays_whatever_order_several_relays_publish_in(stack: RunningStack) -> None:
    names = [f"relayed-{number}" for number in range(10)]
    outbox = [(name, number) for name in names for number in range(1, 9)]
    random.Random(4711).shuffle(outbox)
    relays = [outbox[start::4] for start in range(4)]
    await asyncio.gather(*(_relay(stack, rows) for rows in relays))
    for name in names:
        held = await asyncio.to_thread(stack.ended, "job", name, "Version 8 of")
        assert held["revision"] == held["indexed_revision"]
        for topic in ("documents.text.v1", "documents.vectors.v1"):
            await _until_it_ends_on(stack, topic, name, held["revision"])
    ends = await _ends(stack)
    sent = await records(stack.info["kafka_bootstrap"], SUBMITTED)
    assert len(sent) == len(outbox)
    for name in names:
        own = ends[f"default/job/{name}"]
        assert len(own) == 8, "each event has an end"
        assert [status for status in own.values() if status != "superseded"].count("indexed") >= 1


async def test_a_late_event_changes_nothing_although_ingest_was_started_anew(stack: RunningStack) -> None:
    await _relay(stack, [("late", 734)])
    held = await asyncio.to_thread(stack.ended, "job", "late", "Version 734 of")
    (ingest,) = json.loads(stack.stack_file.read_text())["services"]["ingest"]
    os.kill(ingest["pid"], signal.SIGKILL)
    await _relay(stack, [("late", 733)])
    await _relay(stack, [("late", 90)], type="shortlist.document.deleted.v1")
    by = held["revision"]

    async def superseded() -> set[str]:
        """The sequences of what was superseded by one that came before."""
        reports = [report for report in await _reports(stack, "default/job/late") if "superseded_by" in report]
        return {report["source_event"]["sequence"] for report in reports}

    await _until(superseded, {"733", "90"})
    shown = stack.document("job", "late")
    assert shown is not None
    assert (shown["revision"], shown["status"]) == (by, "indexed")
    for topic in ("documents.text.v1", "documents.vectors.v1"):
        await _until_it_ends_on(stack, topic, "late", by)


async def test_what_was_sent_before_a_deletion_and_comes_behind_it_stays_erased(stack: RunningStack) -> None:
    await _relay(stack, [("gone", 6)])
    await asyncio.to_thread(stack.ended, "job", "gone")
    await _relay(stack, [("gone", 8)], type="shortlist.document.deleted.v1")
    await asyncio.to_thread(until, lambda: stack.document("job", "gone") is None, "the document to be erased")
    await _relay(stack, [("gone", 7)])

    async def ends() -> list[str]:
        reports = await _reports(stack, "default/job/gone")
        return [report["status"] for report in reports if report["source_event"].get("sequence") == "7"]

    await _until(ends, ["parsed", "superseded"])
    assert stack.document("job", "gone") is None
    await _relay(stack, [("gone", 9)])
    assert (await asyncio.to_thread(stack.ended, "job", "gone", "Version 9 of"))["status"] == "indexed"


async def _relay(
    stack: RunningStack, rows: Sequence[tuple[str, int]], *, type: str = "shortlist.document.submitted.v1"
) -> None:
    """One of the relays: publishes its rows of the outbox one after the other."""
    producer = AIOKafkaProducer(bootstrap_servers=stack.info["kafka_bootstrap"], acks="all")
    await producer.start()
    try:
        for name, number in rows:
            headers = {
                "ce_specversion": "1.0",
                "ce_id": f"{name}-{number}",
                "ce_source": "/ats",
                "ce_type": type,
                "ce_sequence": str(number),
                "ce_sequencetype": "Integer",
                "content-type": "application/json",
            }
            body = {"title": name, "description": f"Version {number} of a shepherd's job."}
            value = json.dumps(body).encode() if type.endswith("submitted.v1") else None
            pairs = [(header, text.encode()) for header, text in headers.items()]
            await producer.send_and_wait(SUBMITTED, value, key=f"default/job/{name}".encode(), headers=pairs)
    finally:
        await producer.stop()


async def _reports(stack: RunningStack, key: str) -> list[dict[str, Any]]:
    found = await records(stack.info["kafka_bootstrap"], STATUS)
    return [json.loads(each.value) for each in found if each.key == key.encode() and each.value]


async def _ends(stack: RunningStack) -> dict[str, dict[str, str]]:
    """How the revisions of each document ended last."""
    ends: dict[str, dict[str, str]] = {}
    for each in await records(stack.info["kafka_bootstrap"], STATUS):
        report = json.loads(each.value or b"{}")
        if report["status"] in ("indexed", "failed", "superseded", "erased"):
            ends.setdefault((each.key or b"").decode(), {})[report["revision"]] = report["status"]
    return ends


async def _until_it_ends_on(stack: RunningStack, topic: str, name: str, revision: str) -> None:
    async def last() -> str | None:
        value = await last_value(stack.info["kafka_bootstrap"], topic, f"default/job/{name}")
        return None if value is None else str(json.loads(value)["revision"])

    await _until(last, revision)


async def _until(look: Any, expected: Any, seconds: float = 120.0) -> None:
    """Looks until it is as expected; fails with what was seen last."""
    deadline = asyncio.get_running_loop().time() + seconds
    while (seen := await look()) != expected:
        assert asyncio.get_running_loop().time() < deadline, f"{seen!r} is not {expected!r}"
        await asyncio.sleep(0.2)
