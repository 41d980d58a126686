"""Harms that lie in what is sent: texts that the model or our own code fails on, poison, and the past once more."""

from __future__ import annotations

import json
import random
import time

from confluent_kafka import Producer

from tests.chaos.fault import Fault, Felt, now_ms
from tests.chaos.ledger import HEADER, Content, Sent
from tests.chaos.load import acknowledged
from tests.chaos.poison import POISON_LETTERS, SUBMITTED, headers
from tests.chaos.submissions import ends
from tests.chaos.system import System

RESENT = 6


def repeat_the_past(system: System, rng: random.Random) -> list[int]:
    """Texts and vectors of long ago come once more, behind newer ones and behind tombstones."""
    producer = Producer({"bootstrap.servers": system.bootstrap, "acks": "all"})
    at, sent = now_ms(), 0
    for topic in ("documents.text.v1", "documents.vectors.v1"):
        old = [record for record in system.log.records(topic) if record.value is not None]
        for record in rng.sample(old, min(25, len(old))):
            producer.produce(topic, record.value, record.key, record.partition, headers=list(record.headers))
            sent += 1
    return [at] if producer.flush(60) == 0 and sent else []


def resend_older_events(system: System, rng: random.Random) -> list[int]:
    """A producer sends the event of an older revision again, when a newer one is indexed: what is stored stays."""
    producer = Producer({"bootstrap.servers": system.bootstrap, "acks": "all", "partitioner": "murmur2_random"})
    keys = [f"default/resume/resent-{rng.getrandbits(48):x}" for _ in range(RESENT)]

    def send(key: str, marker: str, content: Content) -> None:
        value = json.dumps({"text": f"{marker}. A nurse, version {marker[-1]}."}).encode()
        with_headers = [*headers(id=f"{key}/{marker}"), (HEADER, content.encode())]
        place = acknowledged(producer, SUBMITTED, key.encode(), value, with_headers)
        system.ledger.sent.append(Sent(key, content, marker, now_ms(), place))

    def indexed(times: int) -> bool:
        found = ends(system.log)
        count = {key: sum("indexed" in told for (whose, _), told in found.items() if whose == key) for key in keys}
        return all(each >= times for each in count.values())

    for times, marker in enumerate(("marker-a", "marker-b"), start=1):
        for key in keys:
            send(key, marker, "text")
        deadline = time.monotonic() + 60
        while not indexed(times):
            assert time.monotonic() < deadline, f"{keys} were not indexed {times} times"
            time.sleep(0.1)
    at = now_ms()
    for key in keys:
        send(key, "marker-a", "stale")
    return [at]


def _struck(word: str) -> Felt:
    """How often a text made a service fail, as the service that was made to fail noted itself."""
    return lambda system: system.struck(word)


def _fatal(*says: str) -> tuple[tuple[Content, str], ...]:
    return tuple(("fatal", each) for each in says)


def _model(name: str, word: str, *, deadly: bool = True, planned: int = 1) -> Fault:
    special: tuple[tuple[Content, str], ...] = _fatal(f"{word}.") if deadly else (("text", f"{word}."),) * 3
    return Fault(name, special=special, felt=_struck(word), planned=planned)


MODEL_FAULTS = (
    _model("the model raises", "faulty-model-raises"),
    _model("the model gives NaN", "faulty-model-nan"),
    _model("the model gives another shape", "faulty-model-shape"),
    # A record is dead-lettered at the third death.
    _model("the model hangs", "faulty-model-hangs", planned=3),
    _model("the model ends the process", "faulty-model-exits", planned=3),
    _model("the model is slow", "faulty-model-slow", deadly=False),
    _model("the model runs out of memory", "faulty-model-memory", deadly=False),
    Fault(
        "our own code fails on a record",
        special=_fatal("faulty-ingest.", "faulty-embedding.", "faulty-matching."),
        felt=lambda system: min(system.struck(f"faulty-{each}") for each in ("ingest", "embedding", "matching")),
    ),
    Fault(
        "kafka refuses a record as invalid",
        special=_fatal("invalid-from-ingest.", "invalid-from-embedding."),
        felt=lambda system: min(system.struck(f"invalid-from-{each}") for each in ("ingest", "embedding")),
    ),
    Fault(
        "poison events",
        poisoned=True,
        planned=POISON_LETTERS,
        felt=lambda system: len(system.log.records("dead-letters.ingest.v1")),
    ),
    Fault("the past comes again", repeat_the_past),
    Fault("an older event is sent again", resend_older_events),
)
