"""One round: work going on, one harm at a seeded moment of it, and the verdict."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass

from tests.chaos.faults import FAULTS
from tests.chaos.load import Load
from tests.chaos.system import System
from tests.chaos.verdict import Verdict, verdict


@dataclass(frozen=True)
class Round:
    """A fault, the seed that reproduces it, and what came of it."""

    fault: str
    seed: int
    verdict: Verdict
    seconds: float


def run_round(system: System, fault: str, seed: int, *, documents: int = 120, settle_seconds: float = 240.0) -> Round:
    """Blocks until the system has settled after the harm, or for `settle_seconds`."""
    rng = random.Random(f"{fault}/{seed}")
    name = f"r{seed}x{len(system.ledger.sent)}"
    load = Load(system, rng, name, documents=documents)
    load.start()
    load.wait_for_harm()
    struck_at = time.time_ns() // 1_000_000
    began = time.monotonic()
    FAULTS[fault](system, rng)
    load.finish()
    told = asyncio.run(verdict(system, struck_at, settle_seconds))
    return Round(fault, seed, told, time.monotonic() - began)
