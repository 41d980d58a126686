"""The detailed health as it is answered: every part with its status and latency, and what only that part tells."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from libs.contracts.inner.fields import Dimension, ModelName, SpaceName
from libs.contracts.inner.health import Ready
from libs.contracts.inner.matching import ActiveSpace


class PartReport(msgspec.Struct, kw_only=True):
    """How a part is doing. Where it is down, only these three are told: `reason` says why."""

    status: Annotated[
        Literal["ok", "degraded", "down"], Meta(description="How it is; `degraded` does part of its work")
    ]
    latency_ms: Annotated[
        float | None, Meta(description="How long it took to answer, in milliseconds; null where it was not asked")
    ]
    reason: Annotated[
        str | UnsetType, Meta(description="Why it is not `ok`, a sentence; absent where nothing is to be said")
    ] = UNSET


class GatewayReport(PartReport, kw_only=True):
    """This gateway; `waits_for`: what it misses, and why."""

    waits_for: Annotated[
        dict[str, str | None] | UnsetType,
        Meta(description="What it misses, by part, and why; empty where it misses nothing"),
    ] = UNSET


class BrokerReport(PartReport, kw_only=True):
    """The broker. The memory, in MiB, is that of the try-out broker, which keeps all it was sent."""

    kind: Annotated[
        Literal["try-out", "kafka"] | UnsetType,
        Meta(description="Whether it is a Kafka or the try-out broker of the local stack"),
    ] = UNSET
    memory_mb: Annotated[
        float | UnsetType, Meta(description="The memory of the try-out broker, in MiB, which keeps all it was sent")
    ] = UNSET
    memory_limit_mb: Annotated[
        int | UnsetType, Meta(description="Above this, in MiB, the try-out broker takes no more writes")
    ] = UNSET


class DatabaseReport(PartReport, kw_only=True):
    """The database: documents by kind and status, and the space that answers are made of."""

    documents: Annotated[
        dict[str, dict[str, int]] | UnsetType,
        Meta(description="How many documents your tenant has, by kind and status"),
    ] = UNSET
    space: Annotated[
        ActiveSpace | UnsetType | None,
        Meta(description="The space that answers are made of; null before the first worker registered one"),
    ] = UNSET


class MatchingReport(PartReport, kw_only=True):
    """Matching, with what it says of its own readiness."""

    ready: Annotated[Ready | UnsetType, Meta(description="What it says of its own readiness")] = UNSET


class EmbeddingReport(msgspec.Struct, kw_only=True):
    """Embedding: a real test embedding that bypasses the cache, `age_seconds` old; `latency_ms` is the model's."""

    status: Annotated[
        Literal["ok", "failed", "down"],
        Meta(description="Whether a real text was embedded; `down` where it could not be asked"),
    ]
    latency_ms: Annotated[
        float | None, Meta(description="How long the model took, in milliseconds; null where it was not asked")
    ]
    reason: Annotated[
        str | UnsetType | None, Meta(description="Why it is not `ok`, a sentence; null or absent where it is")
    ] = UNSET
    model: ModelName | UnsetType = UNSET
    space: SpaceName | UnsetType = UNSET
    dimension: Dimension | UnsetType = UNSET
    texts_computed: Annotated[int | UnsetType, Meta(description="How many texts it computed since its start")] = UNSET
    texts_per_second: Annotated[
        float | UnsetType, Meta(description="How many of them a second, while the model computes")
    ] = UNSET
    age_seconds: Annotated[float | UnsetType, Meta(description="How old this look is, in seconds")] = UNSET


class CacheReport(msgspec.Struct, kw_only=True):
    """The cache of vectors, as embedding sees it: `off` where none is configured, `unknown` where embedding is
    down."""

    status: Annotated[
        Literal["ok", "degraded", "off", "unknown"],
        Meta(description="How embedding sees it: `off` where none is configured, `unknown` where embedding is down"),
    ]
    latency_ms: Annotated[
        float | None, Meta(description="How long it took to answer, in milliseconds; null where it was not asked")
    ]
    reason: Annotated[str | None, Meta(description="Why it is not `ok`, a sentence; null where it is")]
    hits: Annotated[int | UnsetType, Meta(description="Vectors found in it since the worker's start")] = UNSET
    misses: Annotated[int | UnsetType, Meta(description="Vectors not found in it since then")] = UNSET
    errors: Annotated[int | UnsetType, Meta(description="Calls of it that failed since then")] = UNSET


class PartReports(msgspec.Struct):
    """Every part."""

    gateway: Annotated[GatewayReport, Meta(description="This gateway")]
    broker: Annotated[BrokerReport, Meta(description="The broker")]
    database: Annotated[DatabaseReport, Meta(description="The database, as matching sees it")]
    matching: Annotated[MatchingReport, Meta(description="matching")]
    embedding: Annotated[EmbeddingReport, Meta(description="embedding, by a real text")]
    cache: Annotated[CacheReport, Meta(description="The cache of vectors")]


class DetailedHealth(msgspec.Struct, kw_only=True):
    """Every part, and the records not yet worked on: `lag` per topic (of the group that is least behind), and
    `lag_by_group`; null where the broker could not be asked."""

    status: Annotated[Literal["ok", "degraded", "down"], Meta(description="How all of it is: the worst that matters")]
    at: Annotated[str, Meta(description="When this was looked at, RFC 3339")]
    parts: Annotated[PartReports, Meta(description="Every part")]
    lag: Annotated[
        dict[str, int] | None,
        Meta(
            description="Records not worked on yet, by topic, of the group that is least behind; null where the "
            "broker could not be asked"
        ),
    ]
    lag_by_group: Annotated[
        dict[str, dict[str, int]] | None,
        Meta(description="The same by group, then by topic; null where the broker could not be asked"),
    ]
