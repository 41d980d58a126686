"""The load generator wrk, run against a gateway with a mix of reads and writes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("mixed.lua")
TIMEOUT_SECONDS = 30


class NoGenerator(Exception):
    """wrk is not installed."""


@dataclass(frozen=True, slots=True)
class Load:
    """What came of one run: answers by status, latencies in milliseconds (of all answers), connections that broke."""

    statuses: dict[int, int]
    seconds: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    broken: int

    @property
    def rate(self) -> float:
        """Answers a second."""
        return sum(self.statuses.values()) / self.seconds

    @property
    def good_rate(self) -> float:
        """Successful answers a second."""
        return sum(count for status, count in self.statuses.items() if status < 400) / self.seconds

    def told(self) -> str:
        """For a line of a report."""
        by_status = ", ".join(f"{status}: {count:,}" for status, count in sorted(self.statuses.items()))
        return (
            f"{self.rate:.0f}/s ({by_status}), p50 {self.p50_ms:.0f} ms, p99 {self.p99_ms:.0f} ms, "
            f"max {self.max_ms:.0f} ms, broken connections {self.broken}"
        )


def run_load(url: str, key: str, *, connections: int, rate: float, seconds: int, documents: int) -> Load:
    """Sends for so many seconds; `rate` in requests a second over all connections, 0 for as many as go. Blocks.

    Raises NoGenerator.
    """
    wrk = shutil.which("wrk")
    if wrk is None:
        raise NoGenerator("the load generator wrk is not installed: apt-get install wrk")
    environment = {"KEY": key, "RATE": str(rate), "CONNECTIONS": str(connections), "DOCUMENTS": str(documents)}
    done = subprocess.run(
        [wrk, "-t1", f"-c{connections}", f"-d{seconds}s", f"--timeout={TIMEOUT_SECONDS}s", "-s", str(SCRIPT), url],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return _read(done.stdout)


def _read(output: str) -> Load:
    statuses = re.search(r"^statuses: (.*)$", output, re.MULTILINE)
    figures = re.search(r"^figures: (.*)$", output, re.MULTILINE)
    assert statuses is not None, output
    assert figures is not None, output
    told = dict(pair.split("=") for pair in figures[1].split())
    return Load(
        statuses={int(code): int(count) for code, count in (pair.split("=") for pair in statuses[1].split())},
        seconds=float(told["seconds"]),
        p50_ms=float(told["p50_ms"]),
        p99_ms=float(told["p99_ms"]),
        max_ms=float(told["max_ms"]),
        broken=sum(int(told[name]) for name in ("connect", "read", "write", "timeout")),
    )
