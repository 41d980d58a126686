"""Harms that lie in what is sent: texts that the model or our own code fails on, poison, and the past once more."""

from __future__ import annotations

import random

from confluent_kafka import Producer

from tests.chaos.fault import Fault
from tests.chaos.ledger import Content
from tests.chaos.system import System

HALVED = "shortlist_embedding_halved_batches_total"


def repeat_the_past(system: System, rng: random.Random) -> None:
    """Texts and vectors of long ago come once more, behind newer ones and behind tombstones."""
    producer = Producer({"bootstrap.servers": system.kafka.bootstrap, "acks": "all"})
    for topic in ("documents.text.v1", "documents.vectors.v1"):
        old = [record for record in system.log.records(topic) if record.value is not None]
        for record in rng.sample(old, min(25, len(old))):
            producer.produce(topic, record.value, record.key, record.partition, headers=list(record.headers))
    assert producer.flush(60) == 0


def _fatal(*says: str) -> tuple[tuple[Content, str], ...]:
    return tuple(("fatal", each) for each in says)


MODEL_FAULTS = (
    Fault("the model raises", special=_fatal("faulty-model-raises.")),
    Fault("the model gives NaN", special=_fatal("faulty-model-nan.")),
    Fault("the model gives another shape", special=_fatal("faulty-model-shape.")),
    Fault("the model hangs", special=_fatal("faulty-model-hangs.")),
    Fault("the model ends the process", special=_fatal("faulty-model-exits.")),
    Fault("the model is slow", special=(("text", "faulty-model-slow."),) * 3),
    Fault(
        "the model runs out of memory",
        special=(("text", "faulty-model-memory."),) * 3,
        evidence=lambda system: system.metric("embedding", HALVED),
    ),
    Fault("our own code fails on a record", special=_fatal("faulty-ingest.", "faulty-embedding.", "faulty-matching.")),
    Fault("poison events", poisoned=True),
    Fault("the past comes again", repeat_the_past),
)
