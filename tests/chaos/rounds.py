"""One round: work going on, one harm at a seeded moment of it, and the verdict."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from tests.chaos.fault import Fault, now_ms
from tests.chaos.load import Load
from tests.chaos.system import System
from tests.chaos.verdict import Verdict, verdict

DOCUMENTS = 60


@dataclass(frozen=True)
class Round:
    """A fault, the seed that reproduces it, and what came of it. `seconds`: from the harm's end to recovery."""

    fault: str
    seed: int
    verdict: Verdict
    seconds: float


def run_round(system: System, fault: Fault, seed: int, *, documents: int = DOCUMENTS) -> Round:
    """Blocks until the system has settled after the harm, or for the fault's `settle_seconds`."""
    rng = random.Random(f"{fault.name}/{seed}")
    name = f"r{seed}x{len(system.ledger.sent)}"
    before = fault.felt(system) if fault.felt else 0.0
    load = Load(system, rng, name, documents=documents, special=fault.special, poisoned=fault.poisoned)
    system.seed(rng)
    load.start()
    load.wait_for_harm()
    began = now_ms()
    with load.going_on():
        strikes = fault.strike(system, rng)
    over = time.monotonic()
    load.finish()
    told = verdict(system, name, strikes or [began], fault.settle_seconds)
    # What an earlier round left wrong is wrong still, and was told then.
    told.problems = [problem for problem in told.problems if problem not in system.told]
    system.told |= set(told.problems)
    struck = len(strikes) + (fault.felt(system) - before if fault.felt else 0)
    if struck < fault.planned:
        told.problems.append(f"the fault struck {struck:.0f} times, not {fault.planned} as planned")
    if fault.slowest_seconds is not None and told.slowest_seconds > fault.slowest_seconds:
        told.problems.append(f"a document took {told.slowest_seconds:.1f} s, not {fault.slowest_seconds:.0f} s at most")
    return Round(fault.name, seed, told, time.monotonic() - over)
