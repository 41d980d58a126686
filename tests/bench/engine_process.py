"""The engine in a process of its own, which computes the same texts whenever it is told to.

`python -m tests.bench.engine_process DOCUMENTS`: says `ready`; answers each line with the seconds it took.
"""

from __future__ import annotations

import os
import subprocess
import sys
from types import TracebackType
from typing import Self

from tests.bench.engine_figures import run_planned
from tests.bench.protocol import seconds_of
from tests.bench.texts import bench_engine, prepared_texts


class EngineProcess:
    """Such a process with one thread. `begin` and `end` so that several compute side by side."""

    def __init__(self, documents: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.engine_process", str(documents)],
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self.end()

    def begin(self) -> None:
        """Lets it compute; returns at once."""
        if self._process.stdin is None:
            raise AssertionError("it was started with a pipe")
        self._process.stdin.write("\n")

    def end(self) -> None:
        """Blocks until it has computed. Raises ChildProcessError where it died."""
        if self._process.stdout is None or not self._process.stdout.readline():
            raise ChildProcessError("the engine's process ended")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()


def main() -> None:
    engine = bench_engine()
    prepared = prepared_texts(engine, int(sys.argv[1]))
    run_planned(engine, prepared[:50])
    print("ready", flush=True)
    for _ in sys.stdin:
        print(seconds_of(lambda: run_planned(engine, prepared)), flush=True)


if __name__ == "__main__":
    main()
