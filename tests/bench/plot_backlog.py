"""`make bench-backlog`: documents a second and query p99 over the size of the backlog, into docs/backlog.svg."""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import matplotlib

from tests.bench.protocol import threads
from tests.bench.query_figures import RATE, Waited, ask, batch_seconds
from tests.bench.report import machine
from tests.bench.stage import Stage
from tests.bench.texts import bench_engine, endless

matplotlib.use("svg")
from matplotlib import pyplot

SIZES = (0, 10, 50, 200, 2_000)
QUERIES = 300
PLOT = Path("docs/backlog.svg")


@dataclass(frozen=True, slots=True)
class Point:
    """What was seen while so many documents waited at first."""

    backlog: int
    documents_a_second: float
    p99_ms: float


def main() -> None:
    points = [_point(size) for size in SIZES]
    engine = bench_engine()
    batch = statistics.median(batch_seconds(engine) for _ in range(9))
    limit_ms = 3 * points[0].p99_ms + 1000 * batch
    for point in points:
        print(f"{point.backlog:6} waiting: {point.documents_a_second:6.2f} documents/s, p99 {point.p99_ms:6.0f} ms")
    print(f"goal: three times the idle p99 and one batch, {limit_ms:.0f} ms")
    _draw(points, limit_ms)


def _point(size: int) -> Point:
    """Queries at a steady rate while the backlog is worked off, or what of it ends in that time."""
    with Stage(threads=threads()) as stage:
        started = time.perf_counter()
        # Before the first query, whose time is taken in this same process.
        revisions = stage.publish(endless(size))
        waited, arrivals = stage.run(_both(stage, revisions))
        rate = len(arrivals) / (arrivals[-1] - started) if arrivals else 0.0
        return Point(size, rate, 1000 * waited.p99)


async def _both(stage: Stage, revisions: set[str]) -> tuple[Waited, list[float]]:
    until = time.perf_counter() + QUERIES / RATE
    return await asyncio.gather(ask(stage.url, QUERIES), stage.arrivals(revisions, until))


def _draw(points: list[Point], limit_ms: float) -> None:
    figure, (above, below) = pyplot.subplots(2, 1, sharex=True, figsize=(7, 5), layout="constrained")
    sizes = [point.backlog for point in points]
    # With nothing waiting there is nothing to count.
    above.plot(sizes[1:], [point.documents_a_second for point in points[1:]], marker="o", color="tab:blue")
    above.set_ylabel("documents / s")
    below.plot(sizes, [point.p99_ms for point in points], marker="o", color="tab:red")
    below.axhline(limit_ms, linestyle="--", color="tab:gray", label="goal: 3 × idle p99 + one batch")
    below.legend(loc="lower right")
    below.set_ylabel("query p99 / ms")
    below.set_xlabel("resumes that wait (queries: 10 a second, distinct, no cache)")
    below.set_xscale("symlog", linthresh=10)
    below.set_xticks(sizes, [f"{size:,}" for size in sizes])
    below.set_xlim(-2, 1.3 * sizes[-1])
    for axes in (above, below):
        axes.margins(y=0.1)
        axes.autoscale(axis="y")
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
    figure.suptitle(f"{machine()['processor']}, {threads()} threads")
    figure.savefig(PLOT, metadata={"Date": None})


if __name__ == "__main__":
    main()
