"""Producers that are not ours: Kafka's own console producer, and a librdkafka client as it comes."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from confluent_kafka import Message, Producer

from tests.e2e.running_stack import RunningStack, until
from tests.e2e.topic_reading import last_value, records

pytestmark = pytest.mark.e2e

SUBMITTED = "documents.submitted.v1"
WELDER = {
    "title": "Marine welder",
    "description": "Underwater welding of ship hulls in dry docks.",
    "requirements": "Diving certificate. Five years of TIG welding.",
}


@pytest.fixture(scope="module")
def stack(broker_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    running = RunningStack(tmp_path_factory.mktemp("stack") / "data", "--broker", broker_kind)
    yield running
    assert running.stop() == 0


@pytest.mark.parametrize("mode", ["binary", "structured"])
def test_an_event_of_kafkas_console_producer_is_found_through_the_gateway(stack: RunningStack, mode: str) -> None:
    name = f"console-{mode}"
    attributes = {"specversion": "1.0", "id": "a1", "source": "/ats", "type": "shortlist.document.submitted.v1"}
    if mode == "binary":
        headers = {f"ce_{name}": value for name, value in attributes.items()} | {"content-type": "application/json"}
        value: dict[str, Any] = WELDER
    else:
        headers = {"content-type": "application/cloudevents+json"}
        value = {**attributes, "datacontenttype": "application/json", "data": WELDER}
    _console_producer(stack, f"default/job/{name}", headers, value)
    assert stack.ended("job", name)["status"] == "indexed"
    body = {"query": "hull welding diver", "kind": "job"}
    answer = stack.http.post("/matching/similarity-search", json=body).json()
    assert name in {result["id"] for result in answer["results"]}


def test_an_event_that_is_sent_once_more_after_its_document_was_deleted_leaves_it_deleted(stack: RunningStack) -> None:
    client = Producer({"bootstrap.servers": stack.info["kafka_bootstrap"], "partitioner": "murmur2_random"})
    key, headers = "default/job/replayed", _headers()
    value = json.dumps(WELDER).encode()
    client.produce(SUBMITTED, value, key.encode(), headers=headers)
    assert client.flush(60) == 0
    stack.ended("job", "replayed")
    assert stack.http.delete("/jobs/replayed", headers={"Prefer": "wait=30"}).status_code in (200, 202)

    def erased() -> set[str]:
        """The revisions of the document that ended as erased."""
        found = asyncio.run(records(stack.info["kafka_bootstrap"], "documents.status.v1"))
        reports = [json.loads(each.value) for each in found if each.key == key.encode() and each.value]
        return {report["revision"] for report in reports if report["status"] == "erased"}

    before = until(erased, "the deletion to be reported")
    client.produce(SUBMITTED, value, key.encode(), headers=headers)
    assert client.flush(60) == 0
    until(lambda: len(erased() - before) == 1, "the replay to end as erased")
    assert stack.document("job", "replayed") is None
    body = {"query": "hull welding diver", "kind": "job"}
    found = stack.http.post("/matching/similarity-search", json=body).json()["results"]
    assert "replayed" not in {result["id"] for result in found}
    for topic in ("documents.text.v1", "documents.vectors.v1"):
        until(lambda topic=topic: _ends_on_a_tombstone(stack, topic, key), f"{topic} to end on a tombstone")

    _produce(client, "replayed", "A shepherd, as a new event.")
    assert client.flush(60) == 0
    assert stack.ended("job", "replayed", "A shepherd, as a new event.")["status"] == "indexed"


STRUCTURED_WELDER = {
    "specversion": "1.0",
    "id": "a1",
    "source": "/ats",
    "type": "shortlist.document.submitted.v1",
    "data": WELDER,
}


@pytest.mark.parametrize(
    ("name", "value", "without", "code", "said"),
    [
        ("no-id", WELDER, ["ce_id"], "missing_attribute", "the event has no ce_id"),
        ("no-source", WELDER, ["ce_source"], "missing_attribute", "the event has no ce_source"),
        ("no-headers", STRUCTURED_WELDER, None, "unknown_type", "content-type: application/cloudevents+json"),
        ("registry", b"\x00\x00\x00\x00\x07{}", [], "invalid_content", "the schema id 7"),
        ("other-version", WELDER, ["ce_specversion"], "unknown_version", "version '0.3' is unknown"),
    ],
)
def test_what_is_not_taken_fails_with_what_to_send_instead(
    stack: RunningStack, name: str, value: Any, without: list[str] | None, code: str, said: str
) -> None:
    client = Producer({"bootstrap.servers": stack.info["kafka_bootstrap"], "partitioner": "murmur2_random"})
    headers = {} if without is None else {each: text for each, text in _headers().items() if each not in without}
    key: bytes | None = f"default/job/{name}".encode()
    if name == "other-version":
        headers |= {"ce_specversion": "0.3", "ce_partitionkey": f"default/job/{name}"}
        key = None
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    client.produce(SUBMITTED, body, key, headers=headers)
    assert client.flush(60) == 0
    error = stack.ended("job", name)["error"]
    assert error["code"] == code
    assert said in error["message"]


def test_told_to_partition_as_java_does_a_librdkafka_client_misplaces_nothing(stack: RunningStack) -> None:
    client = Producer({"bootstrap.servers": stack.info["kafka_bootstrap"], "partitioner": "murmur2_random"})
    names = [f"told-{number}" for number in range(20)]
    before = _misplaced(stack)
    for name in names:
        _produce(client, name, f"A shepherd called {name}.")
    assert client.flush(60) == 0
    for name in names:
        assert stack.ended("job", name)["status"] == "indexed"
    assert _misplaced(stack) == before


def test_a_librdkafka_client_as_it_comes_keeps_the_order_of_what_it_sends(stack: RunningStack) -> None:
    names = [f"alone-{number}" for number in range(20)]
    client = _librdkafka(stack)
    for turn in range(3):
        for name in names:
            _produce(client, name, f"Turn {turn} of {name}, a shepherd.")
    assert client.flush(60) == 0
    for name in names:
        held = stack.ended("job", name, f"Turn 2 of {name},")
        assert held["revision"] == held["indexed_revision"]
    assert _misplaced(stack) > 0


@pytest.mark.real_kafka("the embedded broker stamps no record, so that a key's records in two partitions have no order")
def test_with_a_document_in_two_partitions_nothing_is_lost_and_the_newest_revision_stays(stack: RunningStack) -> None:
    names = [f"both-{number}" for number in range(20)]
    placed: dict[str, dict[tuple[int, int], str]] = {name: {} for name in names}
    client = _librdkafka(stack)
    for turn in range(3):
        for name in names:
            text = f"Turn {turn} of {name}, a shepherd."

            def note(error: Any, message: Message, name: str = name, text: str = text) -> None:
                assert error is None, error
                placed[name][(message.timestamp()[1], message.offset() or 0)] = text

            _produce(client, name, text, note)
        assert client.flush(60) == 0
        # The gateway updates the same documents; it puts them where murmur2 says.
        for name in names:
            text = f"Gateway's turn {turn} of {name}, a shepherd."
            answer = stack.http.put(f"/jobs/{name}", json={"title": name, "description": text})
            assert answer.status_code == 202, answer.text
            shown = stack.document("job", name)
            assert shown is not None
            stamp, offset = shown["revision"].split("-")
            placed[name].setdefault((int(stamp), int(offset)), text)
    for name in names:
        held = stack.ended("job", name, placed[name][max(placed[name])])
        assert held["revision"] == held["indexed_revision"]
        for topic in ("documents.text.v1", "documents.vectors.v1"):
            until(
                lambda name=name, topic=topic, held=held: _ends_on(stack, topic, name, held),
                f"{topic} to end on the revision of {name} that is kept",
            )


def _librdkafka(stack: RunningStack) -> Producer:
    """With its default partitioner, which puts equal keys elsewhere than Java's."""
    return Producer({"bootstrap.servers": stack.info["kafka_bootstrap"], "acks": "all"})


def _produce(client: Producer, name: str, text: str, acknowledged: Any = None) -> None:
    value = json.dumps({"title": name, "description": text}).encode()
    client.produce(SUBMITTED, value, f"default/job/{name}".encode(), headers=_headers(), callback=acknowledged)


def _ends_on(stack: RunningStack, topic: str, name: str, held: dict[str, Any]) -> bool:
    last = asyncio.run(last_value(stack.info["kafka_bootstrap"], topic, f"default/job/{name}"))
    return last is not None and json.loads(last)["revision"] == held["revision"]


def _ends_on_a_tombstone(stack: RunningStack, topic: str, key: str) -> bool:
    return asyncio.run(last_value(stack.info["kafka_bootstrap"], topic, key)) is None


def _misplaced(stack: RunningStack) -> float:
    (ingest,) = stack.info["services"]["ingest"]
    lines = httpx.get(f"{ingest['url']}/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("shortlist_misplaced_records_total{"))


def _headers() -> dict[str, str | bytes | None]:
    return {
        "ce_specversion": "1.0",
        "ce_id": uuid.uuid4().hex,
        "ce_source": "/ats",
        "ce_type": "shortlist.document.submitted.v1",
        "content-type": "application/json",
    }


def _console_producer(stack: RunningStack, key: str, headers: dict[str, str], value: dict[str, Any]) -> None:
    home = os.environ.get("KAFKA_HOME")
    if not home:
        pytest.skip("Kafka's own console producer is needed: set KAFKA_HOME")
    command = [str(Path(home) / "bin" / "kafka-console-producer.sh"), "--topic", SUBMITTED]
    command += ["--bootstrap-server", stack.info["kafka_bootstrap"]]
    for setting in ("parse.key=true", "parse.headers=true", "key.separator=|", "headers.delimiter=|"):
        command += ["--property", setting]
    line = ",".join(f"{name}:{text}" for name, text in headers.items()) + f"|{key}|{json.dumps(value)}\n"
    done = subprocess.run(command, input=line, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
