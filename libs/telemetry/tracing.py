"""W3C trace context, kept in a context variable and carried in record and request headers.

Form: https://www.w3.org/TR/trace-context/ (version 00).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog

TRACEPARENT = "traceparent"
_FORM = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def current_traceparent() -> str:
    """The trace context to send on. Outside any trace: a new one, which is not remembered."""
    return _current.get() or _continued(None)


@contextmanager
def traced(traceparent: str | None) -> Iterator[str]:
    """Continues the given trace with a span of its own, or starts a trace; binds `trace_id` into the logs.

    Yields the traceparent that `current_traceparent` returns inside.
    """
    own = _continued(traceparent)
    token = _current.set(own)
    try:
        with structlog.contextvars.bound_contextvars(trace_id=own.split("-")[1]):
            yield own
    finally:
        _current.reset(token)


def _continued(traceparent: str | None) -> str:
    match = _FORM.fullmatch(traceparent or "")
    trace = match[1] if match and int(match[1], 16) else secrets.token_hex(16)
    flags = match[3] if match else "01"
    return f"00-{trace}-{secrets.token_hex(8)}-{flags}"
