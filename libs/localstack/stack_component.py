"""What database, cache and broker of the local stack have in common: start, stop, start again."""

from __future__ import annotations

import signal
from pathlib import Path
from types import TracebackType
from typing import Self

from libs.localstack.child import Child


class StackComponent:
    """One infrastructure process with a folder of its own. Used as a context manager, or by the supervisor."""

    name = "component"
    # Whether its restart loses topics and records, so that the services must be started again after it.
    loses_records_on_restart = False
    stop_signal = signal.SIGTERM
    stop_seconds = 30.0

    def __init__(self, folder: Path, *, logs: Path | None = None) -> None:
        self.folder = folder
        self.log = (logs or folder.parent / "logs") / f"{self.name}.log"
        self._child: Child | None = None

    def start(self) -> None:
        """Starts it and blocks until it answers. Raises StartFault."""
        raise AssertionError(f"{type(self).__name__} does not say how it starts")

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self._child is not None and self._child.alive

    @property
    def pid(self) -> int | None:
        """The number of its process, also after its end; None before the start."""
        return None if self._child is None else self._child.pid

    def stop(self) -> None:
        """Stops it and blocks until it is gone."""
        if self._child is not None:
            self._child.stop(self.stop_signal, self.stop_seconds)

    def kill(self) -> None:
        """Kills it, as a crash would."""
        if self._child is not None:
            self._child.kill()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
