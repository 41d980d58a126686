"""The event reference: an AsyncAPI 3.0 document made from the topics and event types of this package.

`python -m libs.contracts.asyncapi` prints it; docs/asyncapi.json is its output. FastStream's own generator cannot say
headers, keys, tombstones and topic settings, nor read our event types (docs/decisions/faststream.md). What each service
declares in its `consumer.py` (READS, WRITES) is compared with this document by a test.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from libs.contracts import events
from libs.contracts.documents import Metadata
from libs.contracts.events import MetadataChange, StatusEvent, TextEvent, VectorsEvent, WholeMetadata
from libs.contracts.identifiers import ID_PATTERN, TENANT_PATTERN
from libs.contracts.standing import State
from libs.contracts.statuses import Status
from libs.contracts.topics import METADATA, METADATA_CHANGES, STATUS, SUBMITTED, TEXT, TOPICS, VECTORS, Topic


class SubmittedResume(msgspec.Struct, omit_defaults=True):
    """What an ATS publishes for a resume that it holds as text. `expires_at`: RFC 3339 with an offset."""

    text: str
    metadata: Metadata = {}
    expires_at: str | UnsetType | None = UNSET


class SubmittedJob(msgspec.Struct, omit_defaults=True):
    """What an ATS publishes for a job; together the fields must hold text. `expires_at`: RFC 3339 with an offset."""

    title: str = ""
    description: str = ""
    requirements: str | list[str] = ""
    text: str = ""
    metadata: Metadata = {}
    expires_at: str | UnsetType | None = UNSET
    state: State | UnsetType | None = UNSET


_PAYLOADS: dict[str, tuple[type, ...]] = {
    SUBMITTED: (SubmittedResume, SubmittedJob),
    TEXT: (TextEvent,),
    VECTORS: (VectorsEvent,),
    STATUS: (StatusEvent,),
    METADATA_CHANGES: (MetadataChange,),
    METADATA: (WholeMetadata,),
}

_TYPES: dict[str, list[str]] = {
    SUBMITTED: [events.TYPE_SUBMITTED, events.TYPE_METADATA_CHANGED, events.TYPE_DELETED],
    TEXT: [events.TYPE_TEXT, events.TYPE_DELETED, events.TYPE_WITHDRAWN, events.TYPE_HEARTBEAT],
    VECTORS: [events.TYPE_VECTORS, events.TYPE_DELETED, events.TYPE_WITHDRAWN, events.TYPE_HEARTBEAT],
    STATUS: [events.status_type(status) for status in Status],
    METADATA_CHANGES: [events.TYPE_METADATA_CHANGED],
    METADATA: [events.TYPE_METADATA, events.TYPE_DELETED, events.TYPE_HEARTBEAT],
}


_FILE = {
    "type": "string",
    "format": "binary",
    "description": "A file's own bytes (PDF, DOCX, HTML, plain text, JSON), with its own content-type and ce_filename.",
}
_PATCH = {
    "type": "object",
    "description": f"With the type {events.TYPE_METADATA_CHANGED}: a JSON merge patch (RFC 7396) of the metadata; null "
    "removes a name.",
    "additionalProperties": {
        "anyOf": [
            {"type": ["string", "number", "boolean", "null"]},
            {"type": "array", "items": {"type": "string"}},
        ]
    },
    "examples": [{"stage": "interview", "recruiter": None}],
}
_NULL: dict[str, dict[str, Any]] = {
    SUBMITTED: {"type": "null", "description": f"With the type {events.TYPE_DELETED}: the document is erased."},
    TEXT: {
        "type": "null",
        "description": f"A tombstone: {events.TYPE_DELETED} erases; {events.TYPE_WITHDRAWN} erases nothing, the last "
        "text of the key failed further on and nothing older of it is stored.",
    },
}
_NULL[VECTORS] = _NULL[TEXT]
_NULL[METADATA] = {"type": "null", "description": "A tombstone: the document was erased."}

# Topics that are made for one space or one tenant, by the topic they are like.
_MADE_FOR = {
    SUBMITTED: ("tenant", "The tenant whose own producer writes here; a key of another one becomes a dead letter."),
    VECTORS: ("space", "8 hex digits: a model's space that is not the first one."),
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
        "channels": {
            **{_name(topic.name): _channel(topic) for topic in TOPICS.values()},
            **{f"{_name(name)}-{parameter}": _channel_for(TOPICS[name]) for name, (parameter, _) in _MADE_FOR.items()},
        },
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


def _channel_for(topic: Topic) -> dict[str, Any]:
    parameter, meaning = _MADE_FOR[topic.name]
    bindings = {"kafka": {"topicConfiguration": topic.settings}}
    like = {
        "address": f"{topic.name}.{{{parameter}}}",
        "description": f"Like {topic.name}; made for one {parameter}.",
        "parameters": {parameter: {"description": meaning}},
    }
    return {**_channel(topic), **like, "bindings": bindings}


def _message(topic: Topic) -> dict[str, Any]:
    forms: list[dict[str, Any]] = [
        {"$ref": f"#/components/schemas/{kind.__name__}"} for kind in _PAYLOADS.get(topic.name, ())
    ]
    if topic.name == SUBMITTED:
        forms += [_PATCH, _FILE]
    if topic.name in _NULL:
        forms.append(_NULL[topic.name])
    message: dict[str, Any] = {
        "name": _name(topic.name),
        "bindings": {"kafka": {"key": {"$ref": "#/components/schemas/Key"}}},
    }
    if topic.name in _TYPES:
        message["headers"] = _headers(_TYPES[topic.name], _SUBMITTED_TOO if topic.name == SUBMITTED else _INNER_TOO)
    if forms:
        message["payload"] = forms[0] if len(forms) == 1 else {"oneOf": forms}
    else:
        message["description"] = (
            "The record as it came (key, value, headers), and behind its headers where it was and why it is a dead "
            "letter: dead_letter_topic, _partition, _offset, _error_code, _error_message, _attempts, _time, and of a "
            "submission _revision."
        )
    return message


# Beside the attributes that every event has.
_SUBMITTED_TOO = {
    "ce_partitionkey": "the identity, where the record has no key; with both they must agree",
    "ce_filename": "the name of the file whose bytes the value is",
    "ce_metadata": "a JSON object; for files, which have no place for it",
    "ce_expiresat": "until when the document is kept, RFC 3339 with an offset; for files and changes of metadata; "
    "empty takes it back",
    "ce_state": "open or closed, of a job; for files and changes of metadata; empty takes it back, which means open",
    "ce_expiredrevision": "on a deletion that matching asks for, since the document is expired: the newest revision it "
    "is about; it comes to nothing where the document was changed since so that it is expired no more",
    "replayed_revision": "on a record that was put back: the revision it had",
}
_INNER_TOO = {
    "revision": "the document's revision, STAMP-OFFSET",
    "source_event_source": "ce_source of the submitted event that it came from",
    "source_event_id": "ce_id of that event",
}


def _headers(types: list[str], too: dict[str, str]) -> dict[str, Any]:
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
            **{name: {**text, "description": meaning} for name, meaning in too.items()},
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
