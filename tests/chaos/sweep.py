"""`make chaos`: every fault at least once, with a table of what came of it.

SEEDS=n takes n seeds of each, MINUTES=m ends it, FAULT=name does one alone.
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

from tests.chaos.faults import FAULTS
from tests.chaos.rounds import Round, run_round
from tests.chaos.system import System

RESULT = Path("build/chaos.json")


def main() -> int:
    """Runs the sweep; 1 where a verdict is bad or a fault was not reached in time."""
    if not os.environ.get("KAFKA_HOME"):
        print("make chaos needs a real Apache Kafka: set KAFKA_HOME to the root of a distribution", file=sys.stderr)
        return 2
    seeds, minutes = int(os.environ.get("SEEDS", "1")), float(os.environ.get("MINUTES", "15"))
    only = os.environ.get("FAULT")
    end = time.monotonic() + minutes * 60
    done: list[Round] = []
    missed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder, System(Path(folder)) as system:
        for seed in range(1, seeds + 1):
            for fault in FAULTS if only is None else [only]:
                if time.monotonic() > end:
                    missed.append(f"{fault} (seed {seed})")
                    continue
                done.append(run_round(system, FAULTS[fault], seed))
                _say(done[-1])
    _show(done, missed)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps([_row(each) for each in done], indent=1))
    return 1 if missed or any(each.verdict.problems for each in done) else 0


def _say(each: Round) -> None:
    word = "well" if not each.verdict.problems else "; ".join(each.verdict.problems[:5])
    print(f"{each.fault} (seed {each.seed}): {each.seconds:.0f} s: {word}", flush=True)


def _show(done: list[Round], missed: list[str]) -> None:
    table = Table("fault", "seed", "submissions so far", "where they ended", "s to recovery", "verdict")
    for each in done:
        ends = ", ".join(f"{count} {end}" for end, count in sorted(each.verdict.ends.items()))
        word = "nothing lost" if not each.verdict.problems else f"{len(each.verdict.problems)} problems"
        table.add_row(each.fault, str(each.seed), str(each.verdict.submissions), ends, f"{each.seconds:.0f}", word)
    Console(width=140).print(table)
    if missed:
        print(f"not reached in time: {', '.join(missed)}")


def _row(each: Round) -> dict[str, object]:
    return {
        "fault": each.fault,
        "seed": each.seed,
        "submissions": each.verdict.submissions,
        "ends": dict(each.verdict.ends),
        "seconds": round(each.seconds, 1),
        "problems": each.verdict.problems,
    }


if __name__ == "__main__":
    sys.exit(main())
