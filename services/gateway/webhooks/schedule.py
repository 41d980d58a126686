"""When a delivery is tried again, when it is given up, and when a webhook is paused: decided here, done elsewhere."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from services.gateway.webhooks.outgoing.sender import Attempt

# Seconds between attempts, from the first failed one on; the last goes on for ever. Together three days.
_PAUSES: Final = (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
# Part of a pause by which it may be shorter or longer, so that what failed together does not come back together.
_JITTER: Final = 0.2
# The longest that an endpoint's own wish to be left alone is followed.
LONGEST_RETRY_AFTER: Final = timedelta(hours=24)
# After failures the webhook as a whole is left alone so long at most: what waits behind must not hammer it.
LONGEST_REST_SECONDS: Final = 60.0
# Answers whose Retry-After speaks of the endpoint, not of this one delivery.
_SPARE_ME: Final = frozenset({429, 502, 503, 504})

State = Literal["pending", "delivered", "failed"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a webhook has been doing, before an attempt: failures since its last success, and since when."""

    failures: int
    failing_since: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an attempt means. `due_at`: when a pending delivery is tried again. `not_before`: when anything may be sent
    to the webhook again. `paused_for`: why it is paused now, a sentence; None where it is not."""

    state: State
    due_at: datetime
    standing: Standing
    not_before: datetime | None = None
    paused_for: str | None = None


def judge(
    attempt: Attempt,
    *,
    attempts: int,
    give_up_at: datetime,
    standing: Standing,
    now: datetime,
    patience: timedelta,
    chance: Callable[[], float] = random.random,
) -> Verdict:
    """What comes of the `attempts`th attempt (from 1) of a delivery that is given up at `give_up_at`.

    A webhook at which everything has failed for `patience` is paused. `chance` gives 0 to 1.
    """
    if attempt.delivered:
        return Verdict("delivered", now, Standing(0, None))
    since = standing.failing_since or now
    after = Standing(standing.failures + 1, since)
    if attempt.is_gone:
        # What is pending stays so: whoever resumes the webhook wants it.
        return Verdict("pending", now, after, None, "the endpoint answered 410: it wants nothing any more")
    due = now + timedelta(seconds=_pause(attempts, chance()))
    rest = now + timedelta(seconds=min(LONGEST_REST_SECONDS, 2.0 ** min(standing.failures, 10)))
    if attempt.retry_after is not None and attempt.status in _SPARE_ME:
        asked = now + min(timedelta(seconds=attempt.retry_after), LONGEST_RETRY_AFTER)
        due, rest = max(due, asked), max(rest, asked)
    state: State = "failed" if now >= give_up_at else "pending"
    paused = None
    if now - since >= patience:
        paused = f"nothing could be delivered for {_hours(patience)}; the last error: {attempt.error}"
    # The last attempt is made when the time is over, not before.
    return Verdict(state, min(due, give_up_at) if give_up_at > now else due, after, rest, paused)


def _pause(attempts: int, chance: float) -> float:
    pause = _PAUSES[min(attempts, len(_PAUSES)) - 1]
    return pause * (1 + _JITTER * (2 * chance - 1))


def _hours(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return f"{hours / 24:g} days" if hours >= 48 and hours % 24 == 0 else f"{hours:g} hours"
