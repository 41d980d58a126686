"""What embedding is asked, and what it answers."""

from __future__ import annotations

from typing import Literal

import msgspec

from libs.contracts.vectors import PackedVectors

MAX_TEXTS = 256


class EmbedOrder(msgspec.Struct, frozen=True):
    """Query texts to embed, 1 to MAX_TEXTS."""

    texts: list[str]


class Embedded(msgspec.Struct, frozen=True):
    """Their vectors, float32 of unit length, in the same order."""

    space: str
    model: str
    dimension: int
    vectors: PackedVectors


class OwnSpace(msgspec.Struct, frozen=True):
    """The space that a worker computes."""

    space: str
    model: str
    dimension: int
    max_tokens: int


class CacheState(msgspec.Struct, frozen=True, kw_only=True):
    """How the cache of vectors is doing; `off` where none is configured. Counts since the worker's start."""

    status: Literal["ok", "degraded", "off"]
    latency_ms: float | None
    reason: str | None
    hits: int
    misses: int
    errors: int


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """A real test embedding that bypasses the cache, `age_seconds` old. `reason` says why it failed."""

    status: Literal["ok", "failed"]
    reason: str | None
    model: str
    space: str
    dimension: int
    latency_ms: float | None
    texts_computed: int
    texts_per_second: float
    cache: CacheState
    age_seconds: float
