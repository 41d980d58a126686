"""A known set of documents, sent by three ways at once while the system is harmed: every submission that was
accepted is in the ledger, and none that was not.
"""

from __future__ import annotations

import json
import random
import threading
import time
import uuid
from typing import Any

import httpx
from confluent_kafka import Producer

from tests.chaos.ledger import Sent
from tests.chaos.system import System

SUBMITTED = "documents.submitted.v1"
SEND_SECONDS = 120.0
BURSTS = 6
BURST_SECONDS = 1.5
WORDS = "nurse welder carpenter kafka python ledger ward dock kitchen tram driver teacher pilot baker".split()


class Load:
    """Sends `documents` documents in bursts: several revisions of some, deletions of some, bad ones too.

    A document is written by one way only: the gateway, a client that partitions as Java does, or a librdkafka
    client with its own partitioner.
    """

    def __init__(self, system: System, rng: random.Random, name: str, *, documents: int) -> None:
        self._system = system
        self._rng = rng
        self._plan = _plan(rng, name, documents)
        # The harm comes right after this one is sent: it is on the way then, whatever the machine's speed.
        self._last_before_harm = rng.randint(len(self._plan) // 4, len(self._plan) * 3 // 4)
        self._harm_is_due = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._failure: BaseException | None = None
        self._own = self._producer("murmur2_random")
        self._foreign = self._producer("consistent_random")

    def start(self) -> None:
        self._thread.start()

    def wait_for_harm(self) -> None:
        """Returns at the drawn moment, in the middle of the work."""
        while not self._harm_is_due.wait(1.0):
            assert self._thread.is_alive(), f"the load ended early: {self._failure!r}"

    def finish(self) -> None:
        """Waits until everything was accepted and is in the system's ledger."""
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            size = -(-len(self._plan) // BURSTS)
            for number, (key, content) in enumerate(self._plan):
                self._send(key, content)
                if number == self._last_before_harm:
                    self._harm_is_due.set()
                if number % size:
                    continue
                # The pace of the load, so that it lasts longer than the harm; nothing is waited for.
                time.sleep(BURST_SECONDS)
            for _ in range(3):
                self._send_nameless()
        except BaseException as error:
            self._failure = error

    def _send(self, key: str, content: str) -> None:
        marker = f"marker-{uuid.uuid4().hex}"
        way = int(key.rpartition("-")[2]) % 3
        if way == 0 and content != "bad":
            self._through_gateway(key, content, marker)
        else:
            self._through_kafka(self._own if way < 2 else self._foreign, key, content, marker)
        self._system.ledger.sent.append(Sent(key, content, marker))  # type: ignore[arg-type]

    def _through_gateway(self, key: str, content: str, marker: str) -> None:
        _, kind, name = key.split("/")
        deadline = time.monotonic() + SEND_SECONDS
        while True:
            try:
                if content == "delete":
                    answer = self._system.stack.http.delete(f"/{kind}s/{name}")
                    accepted = answer.status_code in (202, 404)
                else:
                    answer = self._system.stack.http.put(f"/{kind}s/{name}", json={"text": self._text(marker)})
                    accepted = answer.status_code == 202
                if accepted:
                    return
            except httpx.TransportError:
                pass
            assert time.monotonic() < deadline, f"{key} was not accepted within {SEND_SECONDS:.0f} s"
            time.sleep(0.2)

    def _through_kafka(self, producer: Producer, key: str, content: str, marker: str) -> None:
        value = {"text": json.dumps({"text": self._text(marker)}).encode(), "delete": None, "bad": b"{not json"}[
            content
        ]
        type = "deleted" if content == "delete" else "submitted"
        self._produce(producer, key.encode(), value, _headers(type, marker))

    def _send_nameless(self) -> None:
        value = f"nobody-{uuid.uuid4().hex}".encode()
        self._produce(self._own, None, value, _headers("submitted", value.decode()))
        self._system.ledger.nameless.append(value)

    def _produce(self, producer: Producer, key: bytes | None, value: bytes | None, headers: Any) -> None:
        errors: list[Any] = []
        producer.produce(SUBMITTED, value, key, headers=headers, callback=lambda error, _: errors.append(error))
        assert producer.flush(SEND_SECONDS) == 0, "the broker did not take a record in time"
        assert errors == [None], errors

    def _producer(self, partitioner: str) -> Producer:
        return Producer(
            {
                "bootstrap.servers": self._system.kafka.bootstrap,
                "acks": "all",
                "partitioner": partitioner,
                "enable.idempotence": True,
                "message.timeout.ms": int(SEND_SECONDS * 1000),
            }
        )

    def _text(self, marker: str) -> str:
        lines = [" ".join(self._rng.choices(WORDS, k=self._rng.randint(4, 12))) for _ in range(6)]
        return "\n".join([f"{marker}.", *(f"{line.capitalize()}." for line in lines)])


def _plan(rng: random.Random, name: str, documents: int) -> list[tuple[str, str]]:
    """What is sent, in order: each document once, a third of them again, some deleted, some bad."""
    plan: list[tuple[str, str]] = []
    for number in range(documents):
        key = f"default/resume/{name}-{number}"
        plan.append((key, "bad" if number % 17 == 5 else "text"))
        earlier = rng.randint(0, number)
        if number % 3 == 0:
            plan.append((f"default/resume/{name}-{earlier}", "text"))
        if number % 11 == 7:
            plan.append((f"default/resume/{name}-{earlier}", "delete"))
        if number % 23 == 9:
            plan.append((f"default/resume/{name}-{earlier}", "bad"))
    return plan


def _headers(type: str, id: str) -> dict[str, str | bytes | None]:
    return {
        "ce_specversion": "1.0",
        "ce_id": id,
        "ce_source": "/chaos",
        "ce_type": f"shortlist.document.{type}.v1",
        "content-type": "application/json",
    }
