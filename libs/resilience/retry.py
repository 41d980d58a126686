"""How long to wait before trying again."""

from __future__ import annotations

import random


def backoff_seconds(attempt: int, *, base: float = 0.2, cap: float = 15.0) -> float:
    """Seconds to wait after failed attempt number `attempt` (from 0): exponential with full jitter.

    Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015. Half of the
    ceiling is kept as a floor, so that a broken part is never hammered.
    """
    ceiling: float = min(cap, base * 2 ** min(attempt, 30))
    return ceiling / 2 + random.uniform(0, ceiling / 2)
