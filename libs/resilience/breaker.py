"""A circuit breaker for coroutines: pybreaker's states, safe for cancellation, one trial when half open.

pybreaker's own `call_async` needs tornado, counts a cancelled call as a failure and lets everybody
through when half open. Here the call runs outside of it and only its outcome is reported to it.
Of pybreaker only what it documents is used: `CircuitBreaker(...)`, `call` and `current_state`.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pybreaker
from prometheus_client import Gauge

from libs.contracts.errors import BeingFilled, DependencyUnavailable, Overloaded, RecordRejected

BREAKER_STATE = Gauge("shortlist_breaker_state", "Circuit breakers: 0 closed, 1 half open, 2 open", ["breaker"])
_STATE_NUMBER = {"closed": 0, "half-open": 1, "open": 2}


class BreakerOpen(DependencyUnavailable):
    """The part behind the breaker failed too often lately; it was not called."""


class CircuitBreaker:
    """Stops calling a part that keeps failing, and tries it again with a single call at a time.

    Opens after `fail_max` failures in a row; after `reset_seconds` one call may try. Exceptions in
    `ignore` say nothing against the part's health; a cancelled call says nothing at all.
    """

    def __init__(
        self,
        name: str,
        *,
        fail_max: int = 5,
        reset_seconds: float = 10.0,
        ignore: tuple[type[BaseException], ...] = (RecordRejected, Overloaded, BeingFilled),
    ) -> None:
        self.name = name
        self._ignore = ignore
        self._reset_seconds = reset_seconds
        self._tried_at = 0.0
        self._trying = False
        self._breaker = pybreaker.CircuitBreaker(
            fail_max=fail_max, reset_timeout=0, name=name, throw_new_error_on_trip=False
        )
        self._show()

    @property
    def state(self) -> str:
        """closed, open or half-open."""
        return "half-open" if self._trying else str(self._breaker.current_state)

    @asynccontextmanager
    async def guard(self) -> AsyncIterator[None]:
        """Runs the block as a call of the part. Raises BreakerOpen without running it while open."""
        trial = self.state != "closed"
        if trial:
            wait = self._tried_at + self._reset_seconds - time.monotonic()
            if self._trying or wait > 0:
                why = f"it failed too often lately; next try in {max(wait, 0):.0f} s"
                raise BreakerOpen(self.name, why, told=why)
            self._trying = True
        try:
            yield
        except self._ignore:
            self._report(None)
            raise
        except Exception as error:
            self._report(error)
            raise
        else:
            self._report(None)
        finally:
            if trial:
                self._trying = False
            self._show()

    def _report(self, failure: Exception | None) -> None:
        """Tells pybreaker how a call ended, by a call that ends the same way at once.

        pybreaker's own time-out is zero, since `guard` keeps the time.
        """

        def outcome() -> None:
            if failure is not None:
                raise failure

        if failure is not None:
            self._tried_at = time.monotonic()
        # It raises the failure once more, which `guard` raises itself.
        with suppress(Exception):
            self._breaker.call(outcome)

    def _show(self) -> None:
        BREAKER_STATE.labels(self.name).set(_STATE_NUMBER[self.state])
