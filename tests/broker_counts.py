"""How many tests passed on each broker, in one run of pytest or, by `python -m tests.broker_counts FILE`, in several.

Where BROKER_COUNTS names a file, each run adds a line of JSON to it.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

OUTCOMES = ("passed", "failed", "error", "skipped", "not applicable")
Counts = dict[str, dict[str, int]]


def lines(kinds: tuple[str, ...], counts: Counts) -> list[str]:
    """A line for each broker; one that has no counts was not there."""
    return [
        f"{kind}: " + ", ".join(f"{counts[kind].get(outcome, 0)} {outcome}" for outcome in OUTCOMES)
        if kind in counts
        else f"{kind}: not run, since KAFKA_HOME names no Apache Kafka"
        for kind in kinds
    ]


def add(file: Path, counts: Counts) -> None:
    """Adds one run."""
    with file.open("a") as runs:
        runs.write(json.dumps(counts) + "\n")


def total(file: Path) -> Counts:
    """The sum of all runs that were added."""
    found: dict[str, Counter[str]] = {}
    for line in file.read_text().splitlines():
        for kind, counts in json.loads(line).items():
            found.setdefault(kind, Counter()).update(counts)
    return {kind: dict(counts) for kind, counts in found.items()}


def main(file: Path) -> None:
    """Prints the sum of all runs."""
    counts = total(file)
    print(f"brokers, in {len(file.read_text().splitlines())} runs of the tests:")
    for line in lines(("embedded", "kafka"), counts):
        print(line)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
