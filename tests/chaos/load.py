"""A known set of documents, sent by three ways at once while the system is harmed: every submission that was
accepted is in the ledger, and none that was not.
"""

from __future__ import annotations

import json
import random
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from confluent_kafka import Message, Producer

from tests.chaos.fault import now_ms
from tests.chaos.ledger import HEADER, Content, Sent
from tests.chaos.poison import SUBMITTED, Header, Poison, headers, poison
from tests.chaos.system import System

SEND_SECONDS = 150.0
BURSTS = 5
BURST_SECONDS = 1.0
# While the harm goes on a document comes as often as this, so that there is always work that it strikes at.
STEADY_SECONDS = 0.06
WORDS = "nurse welder carpenter kafka python ledger ward dock kitchen tram driver teacher pilot baker".split()
# The clocks of producers say anything: in ms, now, 1970 and 2100. The broker's own decides.
CLOCKS = (None, None, 1, 4_102_444_800_000)


@dataclass(frozen=True)
class Planned:
    """One submission to come. `says` goes into the text: what makes a service fail on it, say."""

    key: str
    content: Content
    says: str = ""


class Load:
    """Sends `documents` documents in bursts: several revisions of some, deletions of some, bad ones too; and what
    `special` says, one document each, in the middle.

    A document is written by one way only: the gateway, a client that partitions as Java does, or a librdkafka
    client with its own partitioner. One in five is a job.
    """

    def __init__(
        self,
        system: System,
        rng: random.Random,
        name: str,
        *,
        documents: int,
        special: Sequence[tuple[Content, str]] = (),
        poisoned: bool = False,
    ) -> None:
        self._system = system
        self._rng = rng
        self._name = name
        self._plan = _plan(rng, name, documents)
        # The harm comes right after this one is sent: it is on the way then, whatever the machine's speed.
        self._last_before_harm = rng.randint(len(self._plan) // 4, len(self._plan) * 3 // 4)
        for number, (content, says) in enumerate(special):
            at = self._last_before_harm + 1 + number
            self._plan.insert(at, Planned(f"default/resume/{name}-s{3 * number + 1}", content, says))
        self._poison = poison(name, self._text("poison"), "poison") if poisoned else []
        self._harm_is_due = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._failure: BaseException | None = None
        self._own = self._producer("murmur2_random")
        # On the embedded broker, which stamps nothing, one document's events in two partitions have no order at all.
        self._foreign = self._producer("consistent_random" if system.stamp is None else "murmur2_random")

    def start(self) -> None:
        self._thread.start()

    def wait_for_harm(self) -> None:
        """Returns at the drawn moment, in the middle of the work."""
        while not self._harm_is_due.wait(1.0):
            assert self._thread.is_alive(), f"the load ended early: {self._failure!r}"

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Sends a document every STEADY_SECONDS until the block ends, beside what is planned; begins with the first."""
        over, begun = threading.Event(), threading.Event()
        failures: list[BaseException] = []

        def send() -> None:
            producer, rng, number = self._producer("murmur2_random"), random.Random(self._name), 0
            try:
                while not over.wait(STEADY_SECONDS):
                    number += 1
                    key, marker = f"default/resume/{self._name}-b{number}", _marker()
                    value = json.dumps({"text": self._text(marker, rng=rng)}).encode()
                    self._produce(producer, key.encode(), value, headers(id=marker), "text", marker=marker, rng=rng)
                    begun.set()
            except BaseException as error:
                failures.append(error)
                begun.set()

        thread = threading.Thread(target=send)
        thread.start()
        begun.wait()
        try:
            yield
        finally:
            over.set()
            thread.join()
        if failures:
            raise failures[0]

    def finish(self) -> None:
        """Waits until everything was accepted and is in the system's ledger."""
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            size = -(-len(self._plan) // BURSTS)
            for number, planned in enumerate(self._plan):
                self._send(planned)
                if number == self._last_before_harm:
                    self._harm_is_due.set()
                    self._send_poison()
                if number % size == 0:
                    # The pace of the load, so that it lasts longer than the harm; nothing is waited for.
                    time.sleep(BURST_SECONDS)
        except BaseException as error:
            self._failure = error

    def _send(self, planned: Planned) -> None:
        marker = _marker()
        way = int(planned.key.rpartition("-")[2].strip("s")) % 3
        if way == 0 and planned.content in ("text", "delete"):
            self._through_gateway(planned, marker)
        else:
            self._through_kafka(self._own if way < 2 else self._foreign, planned, marker)

    def _through_gateway(self, planned: Planned, marker: str) -> None:
        _, kind, name = planned.key.split("/")
        deadline = time.monotonic() + SEND_SECONDS
        body = None if planned.content == "delete" else self._body(planned, marker)
        while True:
            try:
                if body is None:
                    answer = self._system.stack.http.delete(f"/{kind}s/{name}")
                    if answer.status_code == 404:
                        return  # nothing was promised
                else:
                    answer = self._system.stack.http.put(f"/{kind}s/{name}", json=body)
                if answer.status_code == 202:
                    receipt = answer.json()["links"].get("receipt") if body is None else None
                    sent = Sent(planned.key, planned.content, marker, now_ms(), receipt=receipt)
                    self._system.ledger.sent.append(sent)
                    return
            except httpx.TransportError:
                pass
            assert time.monotonic() < deadline, f"{planned.key} was not accepted within {SEND_SECONDS:.0f} s"
            time.sleep(0.2)

    def _through_kafka(self, producer: Producer, planned: Planned, marker: str) -> None:
        text = json.dumps(self._body(planned, marker)).encode()
        value = {"delete": None, "bad": b"{not json"}.get(planned.content, text)
        type = f"shortlist.document.{'deleted' if planned.content == 'delete' else 'submitted'}.v1"
        with_headers = headers(type=type, id=marker)
        self._produce(producer, planned.key.encode(), value, with_headers, planned.content, marker=marker)
        if planned.content == "text" and self._rng.random() < 0.08:  # as at-least-once producers do
            self._produce(producer, planned.key.encode(), value, with_headers, "again", marker=marker)

    def _send_poison(self) -> None:
        for each in self._poison:
            self._produce(self._own, each.key, each.value, each.headers, each.content, each.topic)
        for _ in range(3):
            nobody = Poison(None, f"nobody-{uuid.uuid4().hex}".encode(), headers(), "nameless")
            self._produce(self._own, nobody.key, nobody.value, nobody.headers, nobody.content)

    def _produce(
        self,
        producer: Producer,
        key: bytes | None,
        value: bytes | None,
        with_headers: list[Header],
        content: Content,
        topic: str = SUBMITTED,
        *,
        marker: str = "",
        rng: random.Random | None = None,
    ) -> None:
        clock = (rng or self._rng).choice(CLOCKS)
        place = acknowledged(producer, topic, key, value, [*with_headers, (HEADER, content.encode())], clock)
        self._system.ledger.sent.append(Sent((key or b"").decode(), content, marker, now_ms(), place))
        if content == "nameless":
            assert value is not None
            self._system.ledger.nameless.append(value)

    def _producer(self, partitioner: str) -> Producer:
        return Producer(
            {
                "bootstrap.servers": self._system.bootstrap,
                "acks": "all",
                "partitioner": partitioner,
                # The embedded broker has no idempotent producers.
                "enable.idempotence": self._system.stamp is None,
                "message.timeout.ms": int(SEND_SECONDS * 1000),
            }
        )

    def _body(self, planned: Planned, marker: str) -> dict[str, Any]:
        """JSON of a resume, or of a job with its fields."""
        text = self._text(marker, planned.says)
        if planned.key.split("/")[1] == "resume":
            return {"text": text}
        title, *lines = text.split("\n")
        return {"title": title, "description": "\n".join(lines[:3]), "requirements": lines[3:]}

    def _text(self, marker: str, says: str = "", rng: random.Random | None = None) -> str:
        rng = rng or self._rng
        lines = [" ".join(rng.choices(WORDS, k=rng.randint(4, 12))) for _ in range(6)]
        return "\n".join([f"{marker}.", *(f"{line.capitalize()}." for line in lines), says]).strip()


def acknowledged(
    producer: Producer,
    topic: str,
    key: bytes | None,
    value: bytes | None,
    with_headers: list[Header],
    clock: int | None = None,
) -> tuple[str, int, int]:
    """Sends a record and waits until the broker has it; where it lies (topic, partition, offset)."""
    told: list[tuple[Any, Message]] = []
    producer.produce(
        topic,
        value,
        key,
        headers=with_headers,
        callback=lambda error, message: told.append((error, message)),
        **({} if clock is None else {"timestamp": clock}),
    )
    assert producer.flush(SEND_SECONDS) == 0, "the broker did not take a record in time"
    [(error, message)] = told
    partition, offset = message.partition(), message.offset()
    assert error is None, error
    assert partition is not None
    assert offset is not None
    return topic, partition, offset


def _marker() -> str:
    return f"marker-{uuid.uuid4().hex}"


def _plan(rng: random.Random, name: str, documents: int) -> list[Planned]:
    """What is sent, in order: each document once, a third of them again, some deleted, some bad."""

    def key(number: int) -> str:
        return f"default/{'job' if number % 5 == 3 else 'resume'}/{name}-{number}"

    plan: list[Planned] = []
    for number in range(documents):
        plan.append(Planned(key(number), "bad" if number % 17 == 5 else "text"))
        again = key(rng.randint(0, number))
        if number % 3 == 0:
            plan.append(Planned(again, "text"))
        if number % 11 == 7:
            plan.append(Planned(again, "delete"))
        if number % 23 == 9:
            plan.append(Planned(again, "bad"))
    return plan
