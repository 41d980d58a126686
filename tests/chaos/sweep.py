"""`make chaos`: every fault at least once, a backlog, and the real model, with a table of what came of it.

SEED=n begins with another seed, SEEDS=n takes n of them, MINUTES=m ends it, FAULT=name does one fault alone.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.chaos.backlog import LIMITS_MB, Backlog, run_backlog
from tests.chaos.faults import FAULTS
from tests.chaos.rounds import Round, run_round
from tests.chaos.system import System

RESULT = Path("build/chaos.json")
REAL_MODEL_FAULT = "kill -9 embedding"
REAL_MODEL_DOCUMENTS = 100


def main() -> int:
    """Runs the sweep; 1 where a verdict is bad or a fault was not reached in time."""
    if not os.environ.get("KAFKA_HOME"):
        print("make chaos needs a real Apache Kafka: set KAFKA_HOME to the root of a distribution", file=sys.stderr)
        return 2
    first, seeds = int(os.environ.get("SEED", "1")), int(os.environ.get("SEEDS", "1"))
    only = os.environ.get("FAULT")
    end = time.monotonic() + float(os.environ.get("MINUTES", "15")) * 60
    done: list[Round] = []
    missed: list[str] = []
    backlog: Backlog | None = None
    if only is None:
        done.append(_with_the_real_model(first))
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder, System(Path(folder)) as system:
        for seed in range(first, first + seeds):
            for fault in FAULTS if only is None else [only]:
                if time.monotonic() > end:
                    missed.append(f"{fault} (seed {seed})")
                    continue
                done.append(run_round(system, FAULTS[fault], seed))
                _say(done[-1])
        if only is None:
            # Last: what waits then is thrown away with the system.
            backlog = run_backlog(system)
    _show(done, missed, backlog)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps([_row(each) for each in done], indent=1))
    bad = [each for each in done if each.verdict.problems]
    for each in bad:
        print(f'to see it again: make chaos FAULT="{each.fault}" SEED={each.seed}')
    return 1 if missed or bad or (backlog is not None and backlog.problems) else 0


def _with_the_real_model(seed: int) -> Round:
    """One fault with the model that is used: its vectors are compared by cosine."""
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as folder,
        System(Path(folder), EMBEDDING_ENGINE="auto", EMBEDDING_MODEL_SECONDS="120") as system,
    ):
        found = run_round(system, FAULTS[REAL_MODEL_FAULT], seed, documents=REAL_MODEL_DOCUMENTS)
    named = Round(f"{found.fault}, with the real model", found.seed, found.verdict, found.seconds)
    _say(named)
    return named


def _say(each: Round) -> None:
    word = "well" if not each.verdict.problems else "; ".join(each.verdict.problems[:5])
    print(f"{each.fault} (seed {each.seed}): {each.seconds:.0f} s: {word}", flush=True)


def _show(done: list[Round], missed: list[str], backlog: Backlog | None) -> None:
    table = Table("fault", "sent", "where they ended", "recovery, s", "slowest, s", "verdict")
    for each in done:
        told = each.verdict
        ends = ", ".join(f"{count} {end}" for end, count in sorted(told.ends.items()))
        word = "nothing lost" if not told.problems else f"{len(told.problems)} problems, seed {each.seed}"
        table.add_row(
            each.fault, str(told.submissions), ends, f"{each.seconds:.0f}", f"{told.slowest_seconds:.0f}", word
        )
    Console(width=160).print(table)
    if backlog is not None:
        taken = ", ".join(f"{name} {peak:.0f} of {LIMITS_MB[name]} MiB" for name, peak in backlog.peaks_mb.items())
        print(f"with a backlog of {backlog.waiting} records at the end: {taken}; {backlog.problems or 'well'}")
    if missed:
        print(f"not reached in time: {', '.join(missed)}")


def _row(each: Round) -> dict[str, object]:
    return {
        "fault": each.fault,
        "seed": each.seed,
        "submissions": each.verdict.submissions,
        "ends": dict(each.verdict.ends),
        "recovery_seconds": round(each.seconds, 1),
        "slowest_seconds": round(each.verdict.slowest_seconds, 1),
        "problems": each.verdict.problems,
    }


if __name__ == "__main__":
    sys.exit(main())
