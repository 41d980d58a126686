"""How many applications have been asked for: a bar in a terminal, a line now and then in a log."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

LINE_SECONDS = 5.0


class ScoringProgress:
    """Shows how many of `total` applications are asked for; nothing that is done at once. A context manager."""

    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._total = total
        self._line_at = time.monotonic()
        self._bar: Progress | None = None
        if console.is_terminal:
            columns = (TextColumn("scored"), BarColumn(bar_width=None), MofNCompleteColumn(), TimeElapsedColumn())
            self._bar = Progress(*columns, console=console, transient=True)
            self._task = self._bar.add_task("scored", total=total)

    def __enter__(self) -> ScoringProgress:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def update(self, asked: int) -> None:
        """Takes the number so far."""
        if self._bar:
            self._bar.update(self._task, completed=asked)
        elif time.monotonic() - self._line_at >= LINE_SECONDS and asked < self._total:
            self._line_at = time.monotonic()
            self._console.print(f"{asked:,} of {self._total:,} applications scored")
