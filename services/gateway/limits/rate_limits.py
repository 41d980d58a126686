"""The quota of each key: counted with all gateways while Valkey is there, else by each gateway for itself."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

from libs.contracts.errors import DependencyUnavailable
from libs.telemetry.logs import get_logger
from services.gateway.limits.own_buckets import OwnBuckets
from services.gateway.limits.quota import Quota, Taken
from services.gateway.limits.shared_buckets import SharedBuckets

REFUSED = Counter("shortlist_gateway_rate_limited_total", "Requests answered 429, as their key's quota was used up")
SHARED = Gauge(
    "shortlist_gateway_rate_limits_shared",
    "1 while the gateways count the calls of a key together, in Valkey; 0 while each counts for itself",
)

log = get_logger(__name__)


class RateLimits:
    """Grants units of each key's quota. Never waits long, and never raises, for want of Valkey."""

    def __init__(self, quota: Quota, shared: SharedBuckets | None) -> None:
        self.quota = quota
        self._shared = shared
        self._own = OwnBuckets(quota)
        self._is_shared: bool | None = None

    async def start(self) -> None:
        """Says how calls are counted where that is certain; connects to nothing."""
        if self._shared is None:
            self._note("REDIS_URL is not set")

    async def stop(self) -> None:
        """Closes the connections."""
        if self._shared is not None:
            await self._shared.close()

    async def take(self, key: str, cost: int) -> Taken:
        """Asks for units of a key's quota, for a request that is refused without them."""
        taken = await self.ask(key, cost)
        if not taken.is_granted:
            REFUSED.inc()
        return taken

    async def ask(self, key: str, cost: int) -> Taken:
        """The same for who may ask again."""
        if self._shared is None:
            return self._own.take(key, cost)
        try:
            taken = await self._shared.take(key, cost)
        except DependencyUnavailable as fault:
            # A single answer that came too late is no news.
            if self._shared.is_away:
                self._note(str(fault))
            return self._own.take(key, cost)
        self._note(None)
        return taken

    def _note(self, why_alone: str | None) -> None:
        """Tells once, when it changes, who counts; `why_alone`: why this gateway counts for itself."""
        is_shared = why_alone is None
        if is_shared == self._is_shared:
            return
        self._is_shared = is_shared
        SHARED.set(is_shared)
        if is_shared:
            log.info("rate_limits_shared")
        elif self._shared is None:
            log.info("rate_limits_per_gateway", reason=why_alone)
        else:
            log.warning("rate_limits_per_gateway", reason=why_alone)
