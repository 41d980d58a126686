"""Our engine as its process runs it: tokenized, batched by length within the budget."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from services.embedding.batches import plan_batches
from tests.bench.engine_figures import BUDGET
from tests.bench.peers.answering import answer
from tests.bench.texts import bench_engine


def main() -> None:
    engine = bench_engine()
    threads = ThreadPoolExecutor(engine.streams)

    def embed(texts: list[str]) -> np.ndarray:
        prepared = engine.prepare(texts)
        vectors = np.empty((len(texts), engine.dimension), dtype=np.float32)

        def run(batch: list[int]) -> None:
            vectors[batch] = engine.run([prepared[index] for index in batch])

        list(threads.map(run, plan_batches([each.length for each in prepared], BUDGET)))
        return vectors

    answer(embed)


if __name__ == "__main__":
    main()
