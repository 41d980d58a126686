"""The engine alone: against sentence-transformers' own `encode`, and against the cores' matrix limit."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from services.embedding.engines.batches import plan_batches
from services.embedding.engines.protocol import Engine, Prepared, Vectors
from services.embedding.location.model_location import locate
from services.embedding.settings import EmbeddingSettings
from tests.bench.protocol import LAYERS, TOKENS, Discarded, MatrixProbe, Row, paired, seconds_of
from tests.bench.texts import Cut

BUDGET = int(EmbeddingSettings.model_fields["embedding_batch_tokens"].default)


def run_planned(engine: Engine, prepared: Sequence[Prepared]) -> Vectors:
    """All texts through the engine, batched as where all are known beforehand, as many calls at once as it takes."""
    vectors = np.empty((len(prepared), engine.dimension), dtype=np.float32)

    def run(batch: list[int]) -> None:
        vectors[batch] = engine.run([prepared[index] for index in batch])

    with ThreadPoolExecutor(engine.streams) as threads:
        list(threads.map(run, plan_batches([each.length for each in prepared], BUDGET)))
    return vectors


def engine_rows(engine: Engine, cuts: Sequence[Cut], discarded: Discarded) -> list[Row]:
    """Long texts are windows, short ones units, both in arrival order for the peer."""
    from sentence_transformers import SentenceTransformer

    peer: Any = SentenceTransformer(str(locate("all-MiniLM-L6-v2", download_seconds=1.0)), local_files_only=True)
    long = [text for cut in cuts for text in cut.windows]
    short = [text for cut in cuts for text in cut.units][:768]

    def against_peer(kind: str, texts: list[str], goal: float) -> Row:
        return paired(
            f"engine / sentence-transformers encode(32), {kind} texts",
            lambda: seconds_of(lambda: peer.encode(texts, batch_size=32, show_progress_bar=False)),
            lambda: seconds_of(lambda: run_planned(engine, engine.prepare(texts))),
            goal,
            discarded,
        )

    limit = MatrixProbe()
    windows = engine.prepare(long)
    tokens = sum(each.length for each in windows)
    return [
        against_peer("long", long, 1.15),
        against_peer("short", short, 1.8),
        paired(
            "share of the cores' matrix limit (sgemm)",
            lambda: LAYERS * limit.seconds() * tokens / TOKENS,
            lambda: seconds_of(lambda: run_planned(engine, windows)),
            0.75,
            discarded,
        ),
    ]
