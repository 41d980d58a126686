"""The detailed health as it is answered: every part with its status and latency, and what only that part tells."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from libs.contracts.inner.health import Ready
from libs.contracts.inner.matching import ActiveSpace


class PartReport(msgspec.Struct, kw_only=True):
    """How a part is doing. Where it is down, only these three are told: `reason` says why."""

    status: Literal["ok", "degraded", "down"]
    latency_ms: float | None
    reason: str | UnsetType = UNSET


class GatewayReport(PartReport, kw_only=True):
    """This gateway; `waits_for`: what it misses, and why."""

    waits_for: dict[str, str | None] | UnsetType = UNSET


class BrokerReport(PartReport, kw_only=True):
    """The broker. The memory, in MiB, is that of the try-out broker, which keeps all it was sent."""

    kind: Literal["try-out", "kafka"] | UnsetType = UNSET
    memory_mb: float | UnsetType = UNSET
    memory_limit_mb: int | UnsetType = UNSET


class DatabaseReport(PartReport, kw_only=True):
    """The database: documents by kind and status, and the space that answers are made of."""

    documents: dict[str, dict[str, int]] | UnsetType = UNSET
    space: ActiveSpace | UnsetType | None = UNSET


class MatchingReport(PartReport, kw_only=True):
    """Matching, with what it says of its own readiness."""

    ready: Ready | UnsetType = UNSET


class EmbeddingReport(msgspec.Struct, kw_only=True):
    """Embedding: a real test embedding that bypasses the cache, `age_seconds` old; `latency_ms` is the model's."""

    status: Literal["ok", "failed", "down"]
    latency_ms: float | None
    reason: str | UnsetType | None = UNSET
    model: str | UnsetType = UNSET
    space: str | UnsetType = UNSET
    dimension: int | UnsetType = UNSET
    texts_computed: int | UnsetType = UNSET
    texts_per_second: float | UnsetType = UNSET
    age_seconds: float | UnsetType = UNSET


class CacheReport(msgspec.Struct, kw_only=True):
    """The cache of vectors, as embedding sees it: `off` where none is configured, `unknown` where embedding is
    down."""

    status: Literal["ok", "degraded", "off", "unknown"]
    latency_ms: float | None
    reason: str | None
    hits: int | UnsetType = UNSET
    misses: int | UnsetType = UNSET
    errors: int | UnsetType = UNSET


class PartReports(msgspec.Struct):
    """Every part."""

    gateway: GatewayReport
    broker: BrokerReport
    database: DatabaseReport
    matching: MatchingReport
    embedding: EmbeddingReport
    cache: CacheReport


class DetailedHealth(msgspec.Struct, kw_only=True):
    """Every part, and the records not yet worked on: `lag` per topic (of the group that is least behind), and
    `lag_by_group`; null where the broker could not be asked."""

    status: Literal["ok", "degraded", "down"]
    at: str
    parts: PartReports
    lag: dict[str, int] | None
    lag_by_group: dict[str, dict[str, int]] | None
