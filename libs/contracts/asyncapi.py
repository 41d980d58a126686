"""The event reference: an AsyncAPI 3.0 document made from the topics and event types of this package.

`python -m libs.contracts.asyncapi` prints it; docs/asyncapi.json is its output.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from libs.contracts import events
from libs.contracts.documents import Metadata
from libs.contracts.events import StatusEvent, TextEvent, VectorsEvent
from libs.contracts.identifiers import ID_PATTERN, TENANT_PATTERN
from libs.contracts.statuses import Status
from libs.contracts.topics import STATUS, SUBMITTED, TEXT, TOPICS, VECTORS, Topic


class SubmittedResume(msgspec.Struct, omit_defaults=True):
    """What an ATS publishes for a resume that it holds as text."""

    text: str
    metadata: Metadata = {}


class SubmittedJob(msgspec.Struct, omit_defaults=True):
    """What an ATS publishes for a job; together the fields must hold text."""

    title: str = ""
    description: str = ""
    requirements: str | list[str] = ""
    text: str = ""
    metadata: Metadata = {}


_PAYLOADS: dict[str, tuple[type, ...]] = {
    SUBMITTED: (SubmittedResume, SubmittedJob),
    TEXT: (TextEvent,),
    VECTORS: (VectorsEvent,),
    STATUS: (StatusEvent,),
}

_TYPES: dict[str, list[str]] = {
    SUBMITTED: [events.TYPE_SUBMITTED, events.TYPE_DELETED],
    TEXT: [events.TYPE_TEXT, events.TYPE_DELETED, events.TYPE_WITHDRAWN, events.TYPE_HEARTBEAT],
    VECTORS: [events.TYPE_VECTORS, events.TYPE_DELETED, events.TYPE_WITHDRAWN, events.TYPE_HEARTBEAT],
    STATUS: [events.status_type(status) for status in Status],
}


def document() -> dict[str, Any]:
    """The AsyncAPI document, ready for JSON."""
    types = [kind for kinds in _PAYLOADS.values() for kind in kinds]
    _, schemas = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Shortlist events",
            "version": "1.0.0",
            "description": "CloudEvents 1.0 over Kafka. From outside both binary mode (`ce_` headers) and structured "
            "mode (`application/cloudevents+json`) are accepted; between the services binary mode is used. "
            "Every record's key is `tenant/kind/id`, but that of `shortlist.heartbeat.v1`: it is of no document, has "
            "the key `heartbeat/PARTITION` and the value `{}`, lets a quiet partition of a compacted topic be cleaned, "
            "and is skipped by every consumer.",
        },
        "defaultContentType": "application/json",
        "channels": {_name(topic.name): _channel(topic) for topic in TOPICS.values()},
        "operations": _operations(),
        "components": {
            "schemas": {
                **schemas,
                "Key": {
                    "type": "string",
                    "pattern": f"^{TENANT_PATTERN}/(resume|job)/{ID_PATTERN}$",
                    "examples": ["default/job/4711"],
                },
            }
        },
    }


def _channel(topic: Topic) -> dict[str, Any]:
    return {
        "address": topic.name,
        "description": f"Written by {', '.join(topic.producers)}; read by {', '.join(topic.consumers)}.",
        "messages": {_name(topic.name): _message(topic)},
        "bindings": {"kafka": {"topic": topic.name, "topicConfiguration": topic.settings}},
    }


def _message(topic: Topic) -> dict[str, Any]:
    references = [{"$ref": f"#/components/schemas/{kind.__name__}"} for kind in _PAYLOADS.get(topic.name, ())]
    message: dict[str, Any] = {
        "name": _name(topic.name),
        "bindings": {"kafka": {"key": {"$ref": "#/components/schemas/Key"}}},
    }
    if topic.name in _TYPES:
        message["headers"] = _headers(_TYPES[topic.name])
    if references:
        message["payload"] = references[0] if len(references) == 1 else {"oneOf": references}
    else:
        message["description"] = (
            "The record as it came (key, value, headers), and behind its headers where it was and why it was set "
            "aside: dead_letter_topic, _partition, _offset, _error_code, _error_message, _attempts, _time."
        )
    return message


def _headers(types: list[str]) -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "properties": {
            "ce_specversion": {"const": "1.0"},
            "ce_type": {"enum": types},
            "ce_source": text,
            "ce_id": text,
            "ce_subject": text,
            "ce_time": {"type": "string", "format": "date-time"},
            "content-type": text,
            "traceparent": text,
        },
        "required": ["ce_specversion", "ce_type", "ce_source", "ce_id"],
    }


def _operations() -> dict[str, Any]:
    operations: dict[str, Any] = {}
    for topic in TOPICS.values():
        channel = {"$ref": f"#/channels/{_name(topic.name)}"}
        operations |= {
            f"{who}-sends-{_name(topic.name)}": {"action": "send", "channel": channel} for who in topic.producers
        }
        operations |= {
            f"{who}-receives-{_name(topic.name)}": {"action": "receive", "channel": channel} for who in topic.consumers
        }
    return operations


def _name(topic: str) -> str:
    return topic.replace(".", "-")


if __name__ == "__main__":
    print(json.dumps(document(), indent=2, ensure_ascii=False))
