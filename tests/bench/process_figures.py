"""A process of the engine by itself: its memory, and the time from its start to its first vector."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence

from tests.bench.protocol import Row, repeated

_START = """
import time, sys
from services.embedding.engines.choice import make_engine
from services.embedding.settings import EmbeddingSettings
settings = EmbeddingSettings(kafka_bootstrap='nobody:1', matching_urls='http://nobody', embedding_engine='onnx')
engine = make_engine(settings)
engine.embed(['a nurse'])
"""
_WORK = """
from tests.bench.engine_figures import run_planned
from tests.bench.texts import cut_up, documents
def peak():
    return next(int(line.split()[1]) / 1024 for line in open('/proc/self/status') if line.startswith('VmHWM'))
short, whole = int(sys.argv[1]), int(sys.argv[2])
half = 0.0
for first in range(0, short, 500):
    texts = [f'Registered nurse {number} with years of care.' for number in range(first, first + 500)]
    run_planned(engine, engine.prepare(texts))
texts = documents(whole)
for number, text in enumerate(texts):
    cut = cut_up(engine, text)
    run_planned(engine, engine.prepare([*cut.windows, *cut.units]))
    if number == len(texts) // 2:
        half = peak()
print(peak(), half)
"""


def process_rows(*, short: int, whole: int) -> list[Row]:
    """`make soak` does 10,000 short texts and 500 resumes; `make bench` fewer."""
    starts = [float(_python(_START + "print(time.time() - float(sys.argv[1]))", str(time.time()))[0]) for _ in range(5)]
    peak, half = map(float, _python(_START + _WORK, str(short), str(whole)))
    return [
        repeated("process start to the engine's first vector", starts, 3.0, "s"),
        repeated(f"peak memory after {short} short texts and {whole} resumes", [peak], 350.0, "MB"),
        repeated("growth over the last half", [peak / half - 1], 0.02, "share"),
    ]


def _python(code: str, *arguments: str) -> Sequence[str]:
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.split()
