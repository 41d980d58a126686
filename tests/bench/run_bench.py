"""`make bench`: the embedding service's figures against their goals, into build/bench.json. At most 15 minutes.

`--soak` is the long form: memory after 10,000 short texts and 500 whole resumes. `--only WORD` takes the groups of
figures whose names hold the word.
"""

from __future__ import annotations

import argparse
import logging
import time
from collections.abc import Callable

import structlog

from tests.bench import report
from tests.bench.engine_figures import engine_rows
from tests.bench.pipeline_figures import pipeline_rows, worker_rows
from tests.bench.process_figures import memory_rows, start_rows
from tests.bench.protocol import Discarded, Row
from tests.bench.query_figures import backlog_rows, cache_rows
from tests.bench.service_figures import service_rows
from tests.bench.texts import bench_engine, cut_up, documents


def main() -> None:
    arguments = _arguments()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    started = time.perf_counter()
    discarded = Discarded()
    if arguments.soak:
        rows = memory_rows(short=10_000, whole=500)
        report.show(rows)
        report.write(rows, discarded, time.perf_counter() - started, report.SOAK)
        return
    engine = bench_engine()
    engine.embed(["warm up"])
    groups: dict[str, Callable[[], list[Row]]] = {
        "start": start_rows,
        "engine": lambda: engine_rows(engine, [cut_up(engine, text) for text in documents(16)], discarded),
        "service": lambda: service_rows(engine, discarded),
        "pipeline": lambda: pipeline_rows(engine, discarded),
        "workers": lambda: worker_rows(discarded),
        "memory": lambda: memory_rows(short=2_000, whole=48),
        "cache": lambda: cache_rows(engine),
        "backlog": lambda: backlog_rows(engine),
    }
    rows = []
    for name, measure in groups.items():
        if arguments.only in name:
            found = measure()
            report.show(found)
            rows += found
    report.write(rows, discarded, time.perf_counter() - started)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--soak", action="store_true")
    parser.add_argument("--only", default="", metavar="WORD")
    return parser.parse_args()


if __name__ == "__main__":
    main()
