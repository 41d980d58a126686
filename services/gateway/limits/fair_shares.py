"""A bounded amount of something, of which no tenant takes what another needs."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Callable

from prometheus_client import Counter as Metric

REFUSED = Metric(
    "shortlist_gateway_tenant_share_refusals_total",
    "Requests answered 429, as their tenant held its fair share already, by what of: requests, bodies, answers or "
    "bulks",
    ["of"],
)

# A tenant that called within this time may call again at any moment.
LATELY_SECONDS = 600.0


class FairShares:
    """An `amount`, taken and given back; whoever comes while there is too little is refused at once.

    While less than half is taken, any tenant may take. Beyond, a tenant may hold its share at most: an equal part for
    each tenant that holds some, and one part kept free as long as there is one that called lately and holds nothing
    now. So a tenant that is alone may take all, and one among others never keeps them out. A share is a sixteenth at
    least, and whoever holds nothing may always take what is free.

    Where the tenant is not known yet (None), that counts for nobody, and an eighth beyond `amount` is there for it, so
    that a caller can be told from others while all is taken.
    """

    def __init__(self, of: str, amount: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._of = of
        self._amount = amount
        self._least = max(1, amount // 16)
        self._clock = clock
        self._held: Counter[str] = Counter()
        self._unknown = 0
        # When each tenant came last, the latest at the end.
        self._came: OrderedDict[str, float] = OrderedDict()

    @property
    def taken(self) -> int:
        """What is taken in all."""
        return self._unknown + self._held.total()

    def take(self, tenant: str | None, amount: int = 1) -> bool:
        """Takes some; False, taking nothing, where there is too little, or the tenant holds its share.

        Who comes when nothing is taken gets what it wants, however much.
        """
        if tenant is not None:
            self._note(tenant)
        if self.taken and self.taken + amount > self._amount + self._amount // 8:
            return False
        if tenant is None:
            self._unknown += amount
            return True
        known = self._held.total()
        if known and known + amount > self._amount:
            return False
        if known + amount > self._amount // 2 and self._held[tenant] and self._is_beyond_share(tenant, amount):
            REFUSED.labels(self._of).inc()
            return False
        self._held[tenant] += amount
        return True

    def give_back(self, tenant: str | None, amount: int = 1) -> None:
        """Gives back what was taken."""
        if tenant is None:
            self._unknown -= amount
            return
        self._held[tenant] -= amount
        if not self._held[tenant]:
            del self._held[tenant]

    def _is_beyond_share(self, tenant: str, amount: int) -> bool:
        parts = len(self._held) + (len(self._came) > len(self._held))
        return self._held[tenant] + amount > max(self._amount // parts, self._least)

    def _note(self, tenant: str) -> None:
        now = self._clock()
        self._came[tenant] = now
        self._came.move_to_end(tenant)
        while now - next(iter(self._came.values())) > LATELY_SECONDS:
            self._came.popitem(last=False)
