"""What a harm is."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.chaos.ledger import Content
from tests.chaos.system import System

# Does the harm and undoes it; returns the moments (ms) at which it struck, as told by what was struck.
Strike = Callable[[System, random.Random], Sequence[int]]
Felt = Callable[[System], float]


def nothing(system: System, rng: random.Random) -> Sequence[int]:
    """The harm lies in what is sent."""
    return ()


def now_ms() -> int:
    """The time as brokers stamp it."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Fault:
    """`strike` does the harm and undoes it, while the load goes on; `special` and `poisoned` are sent with the load.

    A fault has to be seen to strike `planned` times at least, else its round fails: by the moments that `strike`
    returns and, where the harm lies in what is sent, by the growth of `felt`. `slowest_seconds`: how long a document
    may take at most, from its submission until it is indexed.
    """

    name: str
    strike: Strike = nothing
    planned: int = 1
    special: tuple[tuple[Content, str], ...] = ()
    poisoned: bool = False
    felt: Felt | None = None
    slowest_seconds: float | None = None
    settle_seconds: float = 240.0
