"""`make bench`: the embedding service's figures against their goals, into build/bench.json. At most 15 minutes.

`--soak` is the long form: memory after 10,000 short texts and 500 whole resumes.
"""

from __future__ import annotations

import sys
import time

from services.embedding.engines.choice import make_engine
from services.embedding.settings import EmbeddingSettings
from tests.bench import report
from tests.bench.engine_figures import engine_rows
from tests.bench.process_figures import process_rows
from tests.bench.protocol import Discarded
from tests.bench.service_figures import service_rows
from tests.bench.texts import cut_up, documents


def main() -> None:
    started = time.perf_counter()
    discarded = Discarded()
    if "--soak" in sys.argv:
        rows = process_rows(short=10_000, whole=500)
    else:
        settings = EmbeddingSettings(kafka_bootstrap="nobody:1", matching_urls="http://nobody", embedding_engine="onnx")
        engine = make_engine(settings)
        engine.embed(["warm up"])
        texts = documents(16)
        rows = process_rows(short=1_000, whole=16)
        rows += engine_rows(engine, [cut_up(engine, text) for text in texts], discarded)
        rows += service_rows(engine, texts, discarded)
    report.write(rows, discarded, time.perf_counter() - started)


if __name__ == "__main__":
    main()
