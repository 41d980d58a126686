"""How far a load is: bars in a terminal, a line now and then in a log."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

LINE_SECONDS = 5.0


class LoadProgress:
    """Shows two counts against `total`: documents sent, and documents indexed or failed. Used as a context manager."""

    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._total = total
        self._bars: Progress | None = None
        self._line_at = time.monotonic()
        self._last = (0, 0, 0)
        if console.is_terminal:
            self._bars = Progress(
                TextColumn("{task.description:8}"),
                BarColumn(bar_width=None),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn("{task.fields[failed]}"),
                console=console,
            )
            self._sent = self._bars.add_task("sent", total=total, failed="")
            self._ended = self._bars.add_task("indexed", total=total, failed="")

    def __enter__(self) -> LoadProgress:
        if self._bars:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars:
            self._bars.stop()
        elif self._total:
            self._line()

    def update(self, *, sent: int, indexed: int, failed: int) -> None:
        """Takes the counts so far."""
        self._last = (sent, indexed, failed)
        if self._bars:
            self._bars.update(self._sent, completed=sent)
            note = f"{failed} failed" if failed else ""
            self._bars.update(self._ended, completed=indexed + failed, failed=note)
        elif time.monotonic() - self._line_at >= LINE_SECONDS and indexed + failed < self._total:
            self._line()

    def _line(self) -> None:
        self._line_at = time.monotonic()
        sent, indexed, failed = self._last
        told = f", {failed} failed" if failed else ""
        self._console.print(f"{sent} of {self._total} sent, {indexed} indexed{told}")
