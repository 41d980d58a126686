"""A child process that works whenever it is sent a line, and answers with the seconds it took.

It says READY first. Whatever else it prints is passed over: peers print words of their own.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

READY = "ready"
# From the end of its input to its own end; after that it is killed.
END_SECONDS = 30.0


class AnsweringProcess:
    """Ready when made. `begin` and `end` apart, so that several work side by side.

    Making it and `end` block; both raise ChildProcessError where the process ended.
    """

    def __init__(self, command: Sequence[str | Path], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        while self._said() != READY:
            pass

    def begin(self, work: str = "") -> None:
        """Lets it do the work that its line names; returns at once."""
        if self._process.stdin is None:
            raise AssertionError("it was started with a pipe")
        self._process.stdin.write(f"{work}\n")

    def end(self) -> float:
        """Seconds that it took."""
        while True:
            try:
                return float(self._said())
            except ValueError:
                continue

    def seconds(self, work: str) -> float:
        """`begin` and `end`."""
        self.begin(work)
        return self.end()

    def _said(self) -> str:
        if self._process.stdout is None:
            raise AssertionError("it was started with a pipe")
        if not (line := self._process.stdout.readline()):
            raise ChildProcessError(f"the process ended with exit code {self._process.wait()}")
        return line.strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._process.communicate(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
