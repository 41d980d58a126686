"""A known set of documents, sent by three ways at once while the system is harmed: every submission that was
accepted is in the ledger, and none that was not.
"""

from __future__ import annotations

import json
import random
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from confluent_kafka import Producer

from tests.chaos.ledger import HEADER, Content, Sent
from tests.chaos.poison import SUBMITTED, Header, Poison, headers, poison
from tests.chaos.system import System

SEND_SECONDS = 150.0
BURSTS = 5
BURST_SECONDS = 1.0
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
    client with its own partitioner.
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
        marker = f"marker-{uuid.uuid4().hex}"
        way = int(planned.key.rpartition("-")[2].strip("s")) % 3
        if way == 0 and planned.content in ("text", "delete"):
            self._through_gateway(planned, marker)
        else:
            self._through_kafka(self._own if way < 2 else self._foreign, planned, marker)
        self._system.ledger.sent.append(Sent(planned.key, planned.content, marker))

    def _through_gateway(self, planned: Planned, marker: str) -> None:
        _, kind, name = planned.key.split("/")
        deadline = time.monotonic() + SEND_SECONDS
        while True:
            try:
                if planned.content == "delete":
                    answer = self._system.stack.http.delete(f"/{kind}s/{name}")
                    accepted = answer.status_code in (202, 404)
                else:
                    body = {"text": self._text(marker, planned.says)}
                    answer = self._system.stack.http.put(f"/{kind}s/{name}", json=body)
                    accepted = answer.status_code == 202
                if accepted:
                    return
            except httpx.TransportError:
                pass
            assert time.monotonic() < deadline, f"{planned.key} was not accepted within {SEND_SECONDS:.0f} s"
            time.sleep(0.2)

    def _through_kafka(self, producer: Producer, planned: Planned, marker: str) -> None:
        text = json.dumps({"text": self._text(marker, planned.says)}).encode()
        value = {"delete": None, "bad": b"{not json"}.get(planned.content, text)
        type = f"shortlist.document.{'deleted' if planned.content == 'delete' else 'submitted'}.v1"
        self._produce(producer, planned.key.encode(), value, headers(type=type, id=marker), planned.content)
        if planned.content == "text" and self._rng.random() < 0.08:  # as at-least-once producers do
            self._produce(producer, planned.key.encode(), value, headers(type=type, id=marker), "again")

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
    ) -> None:
        errors: list[Any] = []
        clock = self._rng.choice(CLOCKS)
        producer.produce(
            topic,
            value,
            key,
            headers=[*with_headers, (HEADER, content.encode())],
            callback=lambda error, _: errors.append(error),
            **({} if clock is None else {"timestamp": clock}),
        )
        assert producer.flush(SEND_SECONDS) == 0, "the broker did not take a record in time"
        assert errors == [None], errors
        if content == "nameless":
            assert value is not None
            self._system.ledger.nameless.append(value)

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

    def _text(self, marker: str, says: str = "") -> str:
        lines = [" ".join(self._rng.choices(WORDS, k=self._rng.randint(4, 12))) for _ in range(6)]
        return "\n".join([f"{marker}.", *(f"{line.capitalize()}." for line in lines), says]).strip()


def _plan(rng: random.Random, name: str, documents: int) -> list[Planned]:
    """What is sent, in order: each document once, a third of them again, some deleted, some bad."""
    plan: list[Planned] = []
    for number in range(documents):
        plan.append(Planned(f"default/resume/{name}-{number}", "bad" if number % 17 == 5 else "text"))
        again = f"default/resume/{name}-{rng.randint(0, number)}"
        if number % 3 == 0:
            plan.append(Planned(again, "text"))
        if number % 11 == 7:
            plan.append(Planned(again, "delete"))
        if number % 23 == 9:
            plan.append(Planned(again, "bad"))
    return plan
