"""What a harm is."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos.ledger import Content
from tests.chaos.system import System

Strike = Callable[[System, random.Random], None]
Evidence = Callable[[System], float]


def nothing(system: System, rng: random.Random) -> None:
    """The harm lies in what is sent."""


@dataclass(frozen=True)
class Fault:
    """`strike` does the harm and undoes it, while the load goes on; `special` and `poisoned` are sent with the load.

    `evidence`, where there is one, is a number that grows when the harm was felt. `slowest_seconds`: how long a
    document may take at most, from its submission until it is indexed.
    """

    name: str
    strike: Strike = nothing
    special: tuple[tuple[Content, str], ...] = ()
    poisoned: bool = False
    evidence: Evidence | None = None
    slowest_seconds: float | None = None
    settle_seconds: float = 240.0
