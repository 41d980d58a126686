"""The table that `make bench-scale` prints, line by line, and build/bench-scale.json."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from tests.bench.report import machine

RESULT = Path("build/bench-scale.json")
PAGE = Path("docs/scaling-figures.md")


class NotBuilt(Exception):
    """A figure cannot be taken, since what it measures is not there; the message says what."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `goal` is None where it is only stated, `value` where it could not be taken; `n`: of how many."""

    name: str
    value: float | None
    unit: str
    goal: float | None = None
    at_least: bool = False
    n: int = 0
    documents: int = 0
    note: str = ""
    more: dict[str, float] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where there is none or no figure."""
        if self.value is None or self.goal is None:
            return None
        return self.value >= self.goal if self.at_least else self.value <= self.goal


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0-100) per cent of the values do not exceed."""
    return float(np.percentile(np.asarray(values), share))


def milliseconds(name: str, seconds: Sequence[float], goal: float | None, documents: int, note: str = "") -> Row:
    """The p95 of some answers, with their median."""
    taken = [1_000 * each for each in seconds]
    more = {"p50": percentile(taken, 50), "p99": percentile(taken, 99)}
    return Row(name, percentile(taken, 95), "ms p95", goal, n=len(taken), documents=documents, note=note, more=more)


def not_built(name: str, why: object, goal: float | None = None, unit: str = "", *, at_least: bool = False) -> Row:
    """A row without a figure."""
    return Row(name, None, unit, goal, at_least, note=f"not built: {why}")


def show(rows: Sequence[Row]) -> None:
    """Prints a line for each: name, documents, figure, goal, whether it is met, and what is to be said."""
    for row in rows:
        figure = "-" if row.value is None else f"{row.value:,.3f}".rstrip("0").rstrip(".")
        goal = "" if row.goal is None else f"{'>=' if row.at_least else '<='} {row.goal:g}"
        met = {True: "yes", False: "NO", None: ""}[row.met]
        details = [f"{name} {value:,.1f}" for name, value in row.more.items()]
        details += [f"n {row.n}"] if row.n else []
        details += [row.note] if row.note else []
        size = f"{row.documents:,}" if row.documents else ""
        print(f"{row.name:58} {size:>9} {figure:>12} {row.unit:10} {goal:9} {met:4} {', '.join(details)}", flush=True)


def write(rows: Sequence[Row], about: dict[str, object], result: Path = RESULT) -> None:
    """Writes the file."""
    shown = [{**asdict(row), "met": row.met} for row in rows]
    result.parent.mkdir(exist_ok=True)
    result.write_text(json.dumps({"rows": shown, "machine": machine() | about}, indent=2) + "\n", encoding="utf-8")


def write_page(rows: Sequence[Row], page: Path = PAGE) -> None:
    """Writes the table for people to read, over what stood there."""
    about = machine()
    lines = [
        "# Finding at scale: the figures",
        "",
        f"Written by `make bench-scale` on {about['processor']}, {about['cores']} cores, everything on the same "
        "machine: [who is served by what](scaling.md) says how to read them. Figures in parentheses have no goal.",
        "",
        "| figure | documents | value | goal | met | beside it |",
        "|---|--:|--:|--:|---|---|",
    ]
    for row in rows:
        cells = (row.name, f"{row.documents:,}" if row.documents else "", *_told(row))
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _told(row: Row) -> tuple[str, str, str, str]:
    """Value, goal, whether it is met, and what is to be said beside it."""
    value = "-" if row.value is None else f"{row.value:,.3f}".rstrip("0").rstrip(".") + f" {row.unit}"
    goal = "" if row.goal is None else f"{'≥' if row.at_least else '≤'} {row.goal:g}"
    beside = [f"{name} {number:,.1f}" for name, number in row.more.items()]
    beside += [f"n {row.n}"] if row.n else []
    beside += [row.note] if row.note else []
    return value, goal, {True: "yes", False: "no", None: ""}[row.met], ", ".join(beside)
