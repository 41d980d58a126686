"""What came of a sweep, as a table for people and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.chaos.backlog import LIMITS_MB, Backlog
from tests.chaos.rounds import Round

RESULT = Path("build/chaos.json")


def say(each: Round) -> None:
    """One line, as soon as a round is over."""
    word = "well" if not each.verdict.problems else "; ".join(each.verdict.problems[:5])
    print(f"{each.fault} (seed {each.seed}): {each.seconds:.0f} s: {word}", flush=True)


def show(done: list[Round], missed: list[str], backlog: Backlog | None) -> None:
    """The table, the backlog, and what there was no time for."""
    table = Table("fault", "sent", "where they ended", "recovery, s", "slowest, s", "verdict")
    for each in done:
        told = each.verdict
        word = "nothing lost" if not told.problems else f"{len(told.problems)} problems, seed {each.seed}"
        table.add_row(
            each.fault, str(told.submissions), _ends(each), f"{each.seconds:.0f}", f"{told.slowest_seconds:.0f}", word
        )
    Console(width=160).print(table)
    if backlog is not None:
        taken = ", ".join(f"{name} {peak:.0f} of {LIMITS_MB[name]} MiB" for name, peak in backlog.peaks_mb.items())
        print(f"with a backlog of {backlog.waiting} records at the end: {taken}; {backlog.problems or 'well'}")
    if missed:
        print(f"not reached in time: {', '.join(missed)}")


def write(done: list[Round]) -> None:
    """Into RESULT, and as a table for the documentation beside it."""
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps([_row(each) for each in done], indent=1))
    lines = ["| fault | sent | where they ended | recovery, s | slowest, s | verdict |", "|---|---|---|---|---|---|"]
    for each in done:
        told = each.verdict
        word = "; ".join(told.problems) or "nothing lost"
        numbers = f"{told.submissions} | {_ends(each)} | {each.seconds:.0f} | {told.slowest_seconds:.0f}"
        lines.append(f"| {each.fault} | {numbers} | {word} |")
    RESULT.with_suffix(".md").write_text("\n".join(lines) + "\n")


def _ends(each: Round) -> str:
    return ", ".join(f"{count} {end}" for end, count in sorted(each.verdict.ends.items()))


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
