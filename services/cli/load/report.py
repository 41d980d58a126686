"""What came of a load: how many documents were indexed, what failed and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rich.console import Console

from services.cli import tables
from services.cli.load.sources import Rejected


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that isn't indexed, and why."""

    id: str | None
    source: str
    code: str
    message: str


@dataclass(slots=True)
class Report:
    """What came of a load. `waits`: for each indexed document the seconds from its 202 until it was seen indexed."""

    indexed: int = 0
    failures: list[Failure] = field(default_factory=list)
    same: list[Rejected] = field(default_factory=list)
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Documents indexed per second."""
        return self.indexed / self.seconds if self.seconds > 0 else 0.0

    def as_json(self) -> dict[str, Any]:
        """The report for programs."""
        return {
            "indexed": self.indexed,
            "failed": len(self.failures),
            "same_content": len(self.same),
            "seconds": round(self.seconds, 2),
            "documents_per_second": round(self.rate, 2),
            "failures": [
                {"id": one.id, "source": one.source, "code": one.code, "message": one.message} for one in self.failures
            ],
        }


def print_report(out: Console, report: Report) -> None:
    """What came of a load: what failed and why, then the sums."""
    if report.failures:
        failed = tables.table("id", "from", "code", "why", title="Failed")
        for one in sorted(report.failures, key=lambda failure: failure.source):
            failed.add_row(
                tables.told(one.id), tables.told(_short(one.source)), tables.told(one.code), tables.told(one.message)
            )
        out.print(failed)
    for same in report.same:
        out.print(f"{same.source}: {same.message}")
    sums = tables.table(
        "indexed", "failed", "seconds", "documents/s", right=("indexed", "failed", "seconds", "documents/s")
    )
    sums.add_row(str(report.indexed), str(len(report.failures)), f"{report.seconds:.1f}", f"{report.rate:.1f}")
    out.print(sums)


def _short(source: str) -> str:
    """A path by its last two parts."""
    parts = source.split("/")
    return source if len(parts) <= 3 else f"…/{'/'.join(parts[-2:])}"
