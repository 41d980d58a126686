"""The embedding workers scale alone: they come, go and die while documents arrive, and nobody notices."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from libs.localstack.ports import free_port
from tests.e2e.running_stack import RunningStack, until
from tests.e2e.topic_reading import records

pytestmark = pytest.mark.e2e

DOCUMENTS = 500
PER_SECOND = 25
STATUS = "documents.status.v1"


@pytest.fixture(scope="module")
def stack(broker_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    running = RunningStack(tmp_path_factory.mktemp("stack") / "data", "--broker", broker_kind)
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def loaded(stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """500 documents, a fifth of them twice, while workers go from one to three to one; each id's last text."""
    sent: dict[str, str] = {}
    workers: list[Worker] = []
    logs = tmp_path_factory.mktemp("workers")
    try:
        for number in range(DOCUMENTS):
            if number == DOCUMENTS // 4:
                workers = [Worker(stack, logs / f"{n}.log") for n in (2, 3)]
            if number == DOCUMENTS // 2:
                for worker in workers:
                    until(worker.ready, "one more worker to be in the group")
            if number == DOCUMENTS * 3 // 4:
                # One is asked to go, the other falls over.
                assert workers[0].stop() == 0
                workers[1].kill()
            name = f"scaled-{number}"
            sent[name] = f"Document {number}. Ten years at sea."
            _put(stack, name, sent[name])
            if number % 5 == 0 and number:
                again = f"scaled-{number - 5}"
                sent[again] = f"Document {number - 5}, once more. Eleven years at sea."
                _put(stack, again, sent[again])
            # The pace of the load, not a wait: workers are to come and go while documents arrive.
            time.sleep(1 / PER_SECOND)
        for name, text in sent.items():
            stack.ended("resume", name, text)
    finally:
        for worker in workers:
            worker.kill()
    return sent


def test_every_document_is_indexed_once_with_its_newest_revision(stack: RunningStack, loaded: dict[str, str]) -> None:
    found: dict[str, str] = {}
    cursor: str | None = None
    while True:
        page = stack.http.get("/resumes/", params={"limit": 200, **({"cursor": cursor} if cursor else {})}).json()
        for item in page["items"]:
            assert item["id"] not in found, "one visible document per key"
            assert item["status"] == "indexed"
            assert item["indexed_revision"] == item["revision"]
            found[item["id"]] = (stack.document("resume", item["id"]) or {})["text"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == loaded


@pytest.mark.real_kafka("the embedded broker takes up to 22 s to let a member into a group")
async def test_reading_never_pauses_longer_than_fifteen_seconds(stack: RunningStack, loaded: dict[str, str]) -> None:
    stamps = sorted(
        record.timestamp
        for record in await records(stack.info["kafka_bootstrap"], STATUS)
        if json.loads(record.value)["status"] == "indexed"
    )
    assert len(stamps) >= len(loaded)
    gap = max(later - earlier for earlier, later in itertools.pairwise(stamps))
    assert gap < 15_000, f"nothing was indexed for {gap} ms"


def test_one_of_three_killed_no_query_fails(broker_kind: str, tmp_path: Path) -> None:
    stack = RunningStack(tmp_path / "data", "--broker", broker_kind, "--embedding-workers", "3")
    try:
        stack.http.put("/resumes/sailor", json={"text": "A sailor. Ten years at sea."}, headers={"Prefer": "wait=60"})
        answers: list[tuple[int, bool]] = []
        stopped = threading.Event()

        def ask() -> None:
            with httpx.Client(base_url=stack.http.base_url, timeout=60, trust_env=False) as client:
                number = 0
                while not stopped.is_set():
                    # Every query is another one, so that no answer comes from the cache.
                    body = {"query": f"sailor number {number} at sea", "kind": "resume"}
                    answer = client.post("/matching/similarity-search", json=body)
                    answers.append((answer.status_code, answer.json().get("degraded", True)))
                    number += 1

        asking = [threading.Thread(target=ask) for _ in range(4)]
        for thread in asking:
            thread.start()
        for entry in json.loads(stack.stack_file.read_text())["services"]["embedding"]:
            # Whichever of them answers at the moment is among those killed, one after the other.
            before = len(answers)
            until(lambda before=before: len(answers) >= before + 40, "queries to be answered")
            os.kill(entry["pid"], signal.SIGKILL)
            before = len(answers)
            until(lambda before=before: len(answers) >= before + 40, "queries to be answered after the kill")
            until(lambda entry=entry: _embeds(stack, entry["url"]), "the killed worker to be back")
        stopped.set()
        for thread in asking:
            thread.join(60)
        assert len(answers) > 200
        assert set(answers) == {(200, False)}
    finally:
        assert stack.stop() == 0


class Worker:
    """One more `python -m services.embedding`, as an operator starts it elsewhere: environment only."""

    def __init__(self, stack: RunningStack, log: Path) -> None:
        running = psutil.Process(stack.info["services"]["embedding"][0]["pid"]).environ()
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "services.embedding"],
                env={**running, "PORT": str(port)},
                stdout=output,
                stderr=output,
            )

    def ready(self) -> bool:
        return _ready(self.url)

    def stop(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(60)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


def _put(stack: RunningStack, name: str, text: str) -> None:
    answer = stack.http.put(f"/resumes/{name}", json={"text": text})
    assert answer.status_code == 202, answer.text


def _embeds(stack: RunningStack, url: str) -> bool:
    token = {"authorization": f"Bearer {stack.info['internal_token']}"}
    order = {"texts": ["sea"]}
    try:
        return httpx.post(f"{url}/embed", json=order, headers=token, timeout=2, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=2, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False
