"""Every topic, written once: its name, who writes and reads it, and the settings it must have."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from libs.contracts.identifiers import TENANT_PATTERN

DAY_MS = 86_400_000
MIB = 1_048_576

SUBMITTED = "documents.submitted.v1"
TEXT = "documents.text.v1"
VECTORS = "documents.vectors.v1"
STATUS = "documents.status.v1"
METADATA_CHANGES = "documents.metadata-changes.v1"
METADATA = "documents.metadata.v1"

VECTORS_PATTERN = r"^documents\.vectors\.v1(\.[0-9a-f]{8})?$"
SUBMITTED_PATTERN = r"^documents\.submitted\.v1(\.[a-z0-9][a-z0-9_-]{0,62})?$"

GROUP_INGEST = "shortlist.ingest"
GROUP_EMBEDDING = "shortlist.embedding"
GROUP_MATCHING = "shortlist.matching"
# All gateways together; what a gateway shows of statuses it reads without a group.
GROUP_WEBHOOKS = "shortlist.gateway.webhooks"

DEFAULT_PARTITIONS = 12
_SPACE = re.compile(r"[0-9a-f]{8}")
_DEAD_LETTERS = "dead-letters."


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. Sizes in bytes, times in milliseconds."""

    name: str
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    cleanup_policy: Literal["delete", "compact"]
    max_message_bytes: int
    retention_ms: int | None = None
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def longest_ms(self) -> int:
        """How long a record may stay: from its own writing, or, where the topic is compacted, from that of a newer one
        of its key, and there longer by the time between two records of its partition.
        """
        return SEGMENT_MS + (_COMPACTION_LAG_MS if self.retention_ms is None else self.retention_ms)

    @property
    def settings(self) -> dict[str, str]:
        """The broker's settings by their Kafka names."""
        settings = {
            "cleanup.policy": self.cleanup_policy,
            "message.timestamp.type": "LogAppendTime",
            "max.message.bytes": str(self.max_message_bytes),
            **self.extra,
        }
        if self.retention_ms is not None:
            settings["retention.ms"] = str(self.retention_ms)
            settings["segment.ms"] = str(SEGMENT_MS)
        return settings


# A segment leaves as a whole, with its youngest record; Kafka's own 7 days would double the retention.
SEGMENT_MS = DAY_MS
_COMPACTION_LAG_MS = DAY_MS

# Compacted topics: erased bytes leave within a day, and a tombstone outlives every other retention
# (30 days of dead letters), so that no consumer can come back to a log that has forgotten a deletion.
_COMPACTION = {
    "max.compaction.lag.ms": str(_COMPACTION_LAG_MS),
    "delete.retention.ms": str(45 * DAY_MS),
    "min.cleanable.dirty.ratio": "0.01",
    "segment.ms": str(SEGMENT_MS),
}


def readers(names: Iterable[str]) -> dict[str, list[str]]:
    """The services' consumer groups and what each of them reads, among topics that exist."""
    existing = sorted(names)
    vectors = [name for name in existing if re.fullmatch(VECTORS_PATTERN, name)]
    groups = {
        GROUP_INGEST: [name for name in existing if re.fullmatch(SUBMITTED_PATTERN, name)],
        GROUP_EMBEDDING: [TEXT],
        GROUP_WEBHOOKS: [STATUS],
        GROUP_MATCHING: [STATUS, *(name for name in (METADATA_CHANGES, METADATA) if name in existing), *vectors],
    }
    for name in vectors:
        if name != VECTORS:
            groups[f"{GROUP_EMBEDDING}.{name.removeprefix(VECTORS + '.')}"] = [TEXT]
    return groups


def is_compacted(name: str) -> bool:
    """Whether this is a topic of ours that keeps the last record of each key."""
    topic = topic_named(name)
    return topic is not None and topic.cleanup_policy == "compact"


def dead_letters_topic(service: str) -> str:
    """The name of a service's dead-letter topic."""
    return f"{_DEAD_LETTERS}{service}.v1"


def is_dead_letters(topic: str) -> bool:
    """Whether this is a service's dead-letter topic."""
    return topic.startswith(_DEAD_LETTERS)


def is_space(text: str) -> bool:
    """Whether the text is of the form that names a space."""
    return _SPACE.fullmatch(text) is not None


def vectors_topic(space: str) -> Topic:
    """The vectors topic of a space that is not the first one. `space` is 8 hex digits."""
    if not _SPACE.fullmatch(space):
        raise ValueError(f"a space is named by 8 hex digits, not {space!r}")
    return _vectors(f"{VECTORS}.{space}")


def tenant_topic(tenant: str) -> Topic:
    """The submitted topic of a tenant's own producer. Raises ValueError where the name is not of the form."""
    if not re.fullmatch(TENANT_PATTERN, tenant):
        raise ValueError(f"a tenant is named by 1 to 63 of a-z, 0-9, _ and -, not {tenant[:80]!r}")
    return _submitted(f"{SUBMITTED}.{tenant}", ("the tenant's ATS",))


def topic_named(name: str) -> Topic | None:
    """The topic of this name as it must be, those made for a space or a tenant too; None where it is none of ours."""
    if name in TOPICS:
        return TOPICS[name]
    if re.fullmatch(VECTORS_PATTERN, name):
        return _vectors(name)
    if re.fullmatch(SUBMITTED_PATTERN, name):
        return tenant_topic(name.removeprefix(f"{SUBMITTED}."))
    return None


def _submitted(name: str, producers: tuple[str, ...]) -> Topic:
    return Topic(name, producers, ("ingest",), "delete", 12 * MIB, 7 * DAY_MS)


def _vectors(name: str) -> Topic:
    return Topic(name, ("embedding", "matching"), ("matching",), "compact", 16 * MIB, extra=dict(_COMPACTION))


def _dead_letters(service: str) -> Topic:
    return Topic(dead_letters_topic(service), (service,), ("people",), "delete", 18 * MIB, 30 * DAY_MS)


TOPICS: dict[str, Topic] = {
    topic.name: topic
    for topic in (
        _submitted(SUBMITTED, ("ATS", "gateway", "matching")),
        Topic(TEXT, ("ingest", "matching"), ("embedding",), "compact", 16 * MIB, extra=dict(_COMPACTION)),
        _vectors(VECTORS),
        Topic(
            STATUS, ("ingest", "embedding", "matching", "gateway"), ("matching", "gateway"), "delete", MIB, 7 * DAY_MS
        ),
        Topic(METADATA_CHANGES, ("ingest",), ("matching",), "delete", MIB, 7 * DAY_MS),
        Topic(METADATA, ("matching",), ("matching",), "compact", MIB, extra=dict(_COMPACTION)),
        _dead_letters("ingest"),
        _dead_letters("embedding"),
        _dead_letters("matching"),
    )
}
"""All topics that exist from the start, by name. Beside them `vectors_topic` of further spaces, `tenant_topic`."""
