"""What embedding answers over HTTP, to the other services."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from libs.contracts.errors import DependencyUnavailable, RecordRejected
from libs.contracts.inner import paths
from libs.contracts.inner.embedding import MAX_TEXTS, CacheState, Embedded, EmbedOrder, OwnSpace, Probe
from libs.contracts.inner.problems import PROBLEM_JSON, InnerProblem, problem
from libs.telemetry.tracing import span_below
from services.embedding.cache import VectorCache
from services.embedding.engines.packing import pack_float32
from services.embedding.metrics import CACHE, CACHE_ERRORS, TEXTS_COMPUTED
from services.embedding.model.lane import TooBusy
from services.embedding.service import EmbeddingService

PROBE_EVERY_SECONDS = 5.0


class Api:
    """The handlers' state: the service, once the model is there."""

    def __init__(self) -> None:
        self.service: EmbeddingService | None = None
        self._probing = asyncio.Lock()
        self._probe: Probe | None = None
        self._probed_at = 0.0

    async def probe(self, service: EmbeddingService) -> Probe:
        """The last probe, or a new one where it is older than PROBE_EVERY_SECONDS."""
        async with self._probing:
            if self._probe is None or time.monotonic() - self._probed_at >= PROBE_EVERY_SECONDS:
                self._probe = await self._probed(service)
                self._probed_at = time.monotonic()
            return msgspec.structs.replace(self._probe, age_seconds=round(time.monotonic() - self._probed_at, 1))

    async def _probed(self, service: EmbeddingService) -> Probe:
        (status, latency, reason), cache = await asyncio.gather(_model(service), _cache(service.cache))
        computed = total(TEXTS_COMPUTED, "_total")
        seconds = service.busy_seconds
        return Probe(
            status=status,
            reason=reason,
            model=service.engine.model,
            space=service.engine.space,
            dimension=service.engine.dimension,
            latency_ms=latency,
            texts_computed=int(computed),
            # While the model computes, in however many threads, since the start; waiting for work is not counted.
            texts_per_second=round(computed / seconds, 1) if seconds > 0 else 0.0,
            cache=cache,
            age_seconds=0.0,
        )


def routes(api: Api) -> list[HTTPRouteHandler]:
    """Handlers of POST /embed, GET /space and GET /probe."""

    @post(paths.EMBED, status_code=200)
    async def embed(data: JSONBody[EmbedOrder]) -> Response[Embedded | InnerProblem]:
        service = api.service
        if service is None:
            return _problem(503, "model_loading", "the model is not loaded yet", retry_after=2)
        if not 1 <= len(data.texts) <= MAX_TEXTS:
            return _problem(400, "invalid_body", f"texts must hold 1 to {MAX_TEXTS} texts")
        with span_below("embed queries", attributes={"shortlist.texts": len(data.texts)}):
            try:
                vectors = await service.queries(data.texts)
            except TooBusy as busy:
                return _problem(429, "busy", str(busy), retry_after=1)
            except RecordRejected as fault:
                return _problem(400, str(fault.code), fault.message)
            except DependencyUnavailable as fault:
                return _problem(503, "model_away", str(fault), retry_after=2)
        engine = service.engine
        answer = Embedded(engine.space, engine.model, engine.dimension, pack_float32(vectors))
        return Response(answer, status_code=200)

    @get(paths.OWN_SPACE)
    async def space() -> Response[OwnSpace | InnerProblem]:
        if api.service is None:
            return _problem(503, "model_loading", "the model is not loaded yet", retry_after=2)
        engine = api.service.engine
        return Response(OwnSpace(engine.space, engine.model, engine.dimension, engine.max_tokens))

    @get(paths.PROBE)
    async def probe() -> Response[Probe | InnerProblem]:
        if api.service is None:
            return _problem(503, "model_loading", "the model is not loaded yet", retry_after=2)
        return Response(await api.probe(api.service))

    return [embed, space, probe]


async def _model(service: EmbeddingService) -> tuple[Literal["ok", "failed"], float | None, str | None]:
    """Status, milliseconds and reason of one real embedding."""
    try:
        return "ok", round(await asyncio.wait_for(service.probe(), 10.0), 1), None
    except (DependencyUnavailable, TimeoutError) as fault:
        return "failed", None, str(fault) or "no answer of the model within 10 s"


async def _cache(cache: VectorCache | None) -> CacheState:
    if cache is None:
        return _cache_state("off", None, "REDIS_URL is not set: every text is computed")
    try:
        return _cache_state("ok", round(await cache.ping(), 1), None)
    except DependencyUnavailable as fault:
        return _cache_state("degraded", None, f"every text is computed: {fault.message}")


def _cache_state(status: Literal["ok", "degraded", "off"], latency_ms: float | None, reason: str | None) -> CacheState:
    return CacheState(
        status=status,
        latency_ms=latency_ms,
        reason=reason,
        hits=_lookups("hit"),
        misses=_lookups("miss"),
        errors=int(total(CACHE_ERRORS, "_total")),
    )


def _lookups(result: str) -> int:
    """Look-ups in the cache since the start, of one result."""
    samples = [sample for family in CACHE.collect() for sample in family.samples]
    return int(sum(each.value for each in samples if each.name.endswith("_total") and each.labels["result"] == result))


def total(metric: Any, suffix: str) -> float:
    """The sum of a metric's samples of one name, over all labels."""
    samples = [sample for family in metric.collect() for sample in family.samples]
    return float(sum(sample.value for sample in samples if sample.name.endswith(suffix)))


def _problem(status: int, code: str, detail: str, *, retry_after: int | None = None) -> Response[Any]:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Response(problem(status, code, detail), status_code=status, media_type=PROBLEM_JSON, headers=headers)
