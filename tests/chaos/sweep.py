"""`make chaos`: every fault at least once, a backlog, the real model, and kills on the embedded broker, with a table.

SEED=n begins with another seed, SEEDS=n takes n of them, MINUTES=m ends it, FAULT="name; name" does these alone. Two
systems work at the same time, since most of a round is waiting.
"""

from __future__ import annotations

import math
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from tests.chaos.backlog import Backlog, run_backlog
from tests.chaos.faults import FAULTS
from tests.chaos.results import say, show, write
from tests.chaos.rounds import Round, run_round
from tests.chaos.system import SERVICES, System
from tests.chaos.verdict import Verdict

REAL_MODEL = ", with the real model"
EMBEDDED = ", on the embedded broker"
REAL_MODEL_FAULT = "kill -9 embedding"
REAL_MODEL_DOCUMENTS = 100
# A round that begins later than this before the end might not be over in time; the backlog comes after them all.
ROUND_SECONDS = 60.0
BACKLOG_SECONDS = 60.0
LANES = 2


class Sweep:
    """What is to be done, by several lanes that take from it, and what came of it."""

    def __init__(self, first: int, seeds: int, minutes: float) -> None:
        self.first = first
        self._end = time.monotonic() + minutes * 60 - BACKLOG_SECONDS
        # The long ones first, so that the lanes end together.
        by_length = sorted(FAULTS, key=lambda name: "60 s" not in name and "30 s" not in name)
        self._left = [(name, seed) for seed in range(first, first + seeds) for name in by_length]
        self._lock = threading.Lock()
        self.done: list[Round] = []
        self.missed: list[str] = []
        self.backlog: Backlog | None = None

    @property
    def seconds_left(self) -> float:
        """Until rounds must be over."""
        return self._end - time.monotonic()

    def take(self) -> tuple[str, int] | None:
        """The next fault and its seed; None where none is left, or no time."""
        with self._lock:
            if self.seconds_left < ROUND_SECONDS:
                self.missed += [f"{name} (seed {seed})" for name, seed in self._left]
                self._left = []
            return self._left.pop(0) if self._left else None

    def note(self, each: Round) -> None:
        with self._lock:
            self.done.append(each)
            say(each)


def main() -> int:
    """Runs the sweep; 1 where a verdict is bad or a fault was not reached in time."""
    if not os.environ.get("KAFKA_HOME"):
        print("make chaos needs a real Apache Kafka: set KAFKA_HOME to the root of a distribution", file=sys.stderr)
        return 2
    sweep = Sweep(
        int(os.environ.get("SEED") or "1"),
        int(os.environ.get("SEEDS") or "1"),
        float(os.environ.get("MINUTES") or "15"),
    )
    only = [name.strip() for name in (os.environ.get("FAULT") or "").split(";") if name.strip()]
    unknown = [name for name in only if name.removesuffix(REAL_MODEL).removesuffix(EMBEDDED) not in FAULTS]
    if unknown:
        print(f"there is no fault {unknown}; there are: {'; '.join(FAULTS)}", file=sys.stderr)
        return 2
    if only:
        _some(sweep, only)
    else:
        lanes = [threading.Thread(target=_lane, args=(sweep, number)) for number in range(LANES)]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()
    show(sweep.done, sweep.missed, sweep.backlog)
    write(sweep.done)
    bad = [each for each in sweep.done if each.verdict.problems]
    for each in bad:
        print(f'to see it again: make chaos FAULT="{each.fault}" SEED={each.seed}')
    return 1 if sweep.missed or bad or (sweep.backlog is not None and sweep.backlog.problems) else 0


def _some(sweep: Sweep, names: list[str]) -> None:
    """Faults by their names in the table."""
    for name in names:
        if name.endswith(REAL_MODEL):
            _with_the_real_model(sweep, name.removesuffix(REAL_MODEL))
    embedded = [name.removesuffix(EMBEDDED) for name in names if name.endswith(EMBEDDED)]
    if embedded:
        _on_the_embedded_broker(sweep, embedded)
    plain = [name for name in names if name in FAULTS]
    if plain:
        with tempfile.TemporaryDirectory(prefix="chaos-") as folder, System(Path(folder)) as system:
            for name in plain:
                sweep.note(_round(system, name, sweep.first))


def _lane(sweep: Sweep, number: int) -> None:
    """The second lane begins with the systems that are made for themselves; the first ends with the backlog."""
    if number == 1:
        _with_the_real_model(sweep, REAL_MODEL_FAULT)
        _on_the_embedded_broker(sweep, [f"kill -9 {service}" for service in SERVICES])
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder, System(Path(folder)) as system:
        while (taken := sweep.take()) is not None:
            sweep.note(_round(system, *taken, settle_seconds=sweep.seconds_left))
        if number == 0:
            # Last: what waits then is thrown away with the system.
            sweep.backlog = run_backlog(system)


def _round(
    system: System, name: str, seed: int, *, label: str = "", documents: int = 60, settle_seconds: float = math.inf
) -> Round:
    """A round that could not be ended is one that found something."""
    began = time.monotonic()
    fault = replace(FAULTS[name], settle_seconds=min(FAULTS[name].settle_seconds, settle_seconds))
    try:
        found = run_round(system, fault, seed, documents=documents)
    except Exception as error:
        verdict = Verdict(problems=[f"the round broke off: {type(error).__name__}: {error}"[:300]], ends=Counter())
        found = Round(name, seed, verdict, time.monotonic() - began)
    return Round(f"{name}{label}", seed, found.verdict, found.seconds)


def _with_the_real_model(sweep: Sweep, fault: str) -> None:
    """One fault with the model that is used: its vectors are compared by cosine."""
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as folder,
        System(Path(folder), EMBEDDING_ENGINE="auto", EMBEDDING_MODEL_SECONDS="120") as system,
    ):
        sweep.note(_round(system, fault, sweep.first, label=REAL_MODEL, documents=REAL_MODEL_DOCUMENTS))


def _on_the_embedded_broker(sweep: Sweep, faults: list[str]) -> None:
    """Deaths of services: what the broker promises while it lives holds there too."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder, System(Path(folder), embedded=True) as system:
        for fault in faults:
            sweep.note(_round(system, fault, sweep.first, label=EMBEDDED))


if __name__ == "__main__":
    sys.exit(main())
