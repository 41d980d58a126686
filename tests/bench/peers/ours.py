"""Our engine as its process runs it: tokenized, batched by length within the budget."""

from __future__ import annotations

from tests.bench.engine_figures import run_planned
from tests.bench.peers.answering import answer
from tests.bench.texts import bench_engine


def main() -> None:
    engine = bench_engine()
    answer(lambda texts: run_planned(engine, engine.prepare(texts)))


if __name__ == "__main__":
    main()
