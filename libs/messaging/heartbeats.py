"""Heartbeats: records of no document, sent so that quiet partitions of compacted topics are cleaned.

Kafka closes a segment, and cleans what lies before it, only when another record comes to its partition. Consumers
skip heartbeats. Each partition's have one key, of a form that no document's key has, so that compaction leaves one.
"""

from __future__ import annotations

import uuid

from libs.contracts import cloudevents, events
from libs.messaging.publishing import Outgoing
from libs.messaging.records import Record
from libs.messaging.reporting import SOURCE, now

_KEY = "heartbeat/{}"


def heartbeat_record(topic: str, partition: int) -> Outgoing:
    """A partition's heartbeat. Its value is an empty JSON object, since a tombstone would itself be removed one day."""
    headers: list[tuple[str, bytes | None]] = [
        *cloudevents.binary_headers(
            type=events.TYPE_HEARTBEAT, source=SOURCE, id=uuid.uuid4().hex, subject=_KEY.format(partition), time=now()
        )
    ]
    return Outgoing(topic, _KEY.format(partition).encode(), b"{}", headers, partition)


def is_heartbeat(record: Record) -> bool:
    """Whether a record is a heartbeat: by type and key, so that no document's record can pass for one."""
    return record.header("ce_type") == events.TYPE_HEARTBEAT and record.key == _KEY.format(record.partition).encode()
