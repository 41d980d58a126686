"""The engine in a process of its own, which computes the same texts whenever it is told to.

`python -m tests.bench.engine_process DOCUMENTS`, as `AnsweringProcess` runs it.
"""

from __future__ import annotations

import sys

from tests.bench.answering_process import READY, AnsweringProcess
from tests.bench.engine_figures import run_planned
from tests.bench.protocol import seconds_of
from tests.bench.texts import bench_engine, prepared_texts


def engine_process(documents: int) -> AnsweringProcess:
    """Such a process with one thread."""
    return AnsweringProcess([sys.executable, "-m", __name__, str(documents)], {"OMP_NUM_THREADS": "1"})


def main() -> None:
    engine = bench_engine()
    prepared = prepared_texts(engine, int(sys.argv[1]))
    run_planned(engine, prepared[:50])
    print(READY, flush=True)
    for _ in sys.stdin:
        print(seconds_of(lambda: run_planned(engine, prepared)), flush=True)


if __name__ == "__main__":
    main()
