"""The table that `make bench` prints, line by line, and build/bench.json."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path

from tests.bench.protocol import Discarded, Row, threads

RESULT = Path("build/bench.json")
SOAK = Path("build/soak.json")
PEERS = Path("build/bench-peers.json")


def show(rows: Sequence[Row]) -> None:
    """Prints a line for each: name, figure, range, goal, and whether it is met."""
    for row in rows:
        sign = ">=" if row.at_least else "<="
        figure = f"{row.value:8.3f} ({row.low:.3f} to {row.high:.3f})"
        print(f"{row.name:70} {figure:32} {sign} {row.goal:<6g} {row.unit:8} {'yes' if row.met else 'NO'}", flush=True)


def write(rows: Sequence[Row], discarded: Discarded, seconds: float, result: Path = RESULT) -> None:
    """Prints what the figures were taken on, and writes the file."""
    shown = [
        {
            "name": row.name,
            "value": round(row.value, 3),
            "low": round(row.low, 3),
            "high": round(row.high, 3),
            "goal": row.goal,
            "unit": row.unit,
            "met": row.met,
        }
        for row in rows
    ]
    about = {**machine(), "rounds_discarded": discarded.rounds, "seconds": round(seconds)}
    result.parent.mkdir(exist_ok=True)
    result.write_text(json.dumps({"rows": shown, "machine": about}, indent=2) + "\n", encoding="utf-8")
    print(f"{discarded.rounds} rounds discarded, {seconds:.0f} s, {about['processor']}, {threads()} threads")


def machine() -> dict[str, object]:
    """What the figures were taken on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": threads(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")
