"""Events as an ATS publishes them, by a Kafka client of its own."""

from __future__ import annotations

import json
import uuid
from typing import Any

from aiokafka import AIOKafkaProducer

from tests.e2e.running_stack import RunningStack

SUBMITTED = "documents.submitted.v1"


def ats_headers(type: str, content_type: str) -> dict[str, str]:
    """Of an event in binary mode, with an id of its own."""
    return {
        "ce_specversion": "1.0",
        "ce_id": uuid.uuid4().hex,
        "ce_source": "/ats",
        "ce_type": type,
        "content-type": content_type,
    }


def ats_event(mode: str, type: str, data: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """The value and the headers of an event in `binary` or `structured` mode."""
    if mode == "binary":
        return json.dumps(data).encode(), ats_headers(type, "application/json")
    attributes = {
        name.removeprefix("ce_"): value for name, value in ats_headers(type, "").items() if name != "content-type"
    }
    envelope = {**attributes, "datacontenttype": "application/json", "data": data}
    return json.dumps(envelope).encode(), {"content-type": "application/cloudevents+json"}


async def publish(stack: RunningStack, key: str, value: bytes, headers: dict[str, str]) -> None:
    """Publishes a record on the submitted topic, and waits until the broker has it."""
    producer = AIOKafkaProducer(bootstrap_servers=stack.info["kafka_bootstrap"], acks="all")
    await producer.start()
    try:
        pairs = [(name, text.encode()) for name, text in headers.items()]
        await producer.send_and_wait(SUBMITTED, value, key=key.encode(), headers=pairs)
    finally:
        await producer.stop()
