"""A worker as a process: the time from its start to its first vector, and its memory."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from libs.localstack.service_process import ServiceProcess
from tests.bench.protocol import Row, repeated, threads
from tests.bench.stage import Stage
from tests.bench.texts import endless

STARTS = 5
_MOST_SECONDS = 60.0
_AT_A_TIME = 1_000


def start_rows() -> list[Row]:
    """From the start of the process to the answer of its first query. No group is joined: no broker is there."""
    return [repeated("process start to first vector", [_first_vector() for _ in range(STARTS)], 3.0, "s")]


def memory_rows(*, short: int, whole: int) -> list[Row]:
    """VmHWM of a worker that computed so many short texts and whole resumes, and how much of it the last half added."""
    texts = endless(whole)
    with Stage(threads=threads()) as stage:
        peaks = []
        for half in range(2):
            for first in range(half * short // 2, (half + 1) * short // 2, _AT_A_TIME):
                stage.seconds([f"Registered nurse {first + each} with years of care." for each in range(_AT_A_TIME)])
            stage.seconds(texts[half * whole // 2 : (half + 1) * whole // 2])
            peaks.append(_peak_mib(stage.processes[0].pid))
    return [
        repeated(f"a worker's peak memory, {short} short texts, {whole} resumes", [peaks[1]], 350.0, "MB"),
        repeated("... its growth over the last half", [peaks[1] / peaks[0] - 1], 0.02, "share"),
    ]


def _first_vector() -> float:
    with TemporaryDirectory(prefix="shortlist-bench-") as folder:
        process = ServiceProcess("embedding", 0, logs=Path(folder))
        nobody = {"KAFKA_BOOTSTRAP": "127.0.0.1:9", "MATCHING_URLS": "http://127.0.0.1:9"}
        started = time.perf_counter()
        process.start({**nobody, "EMBEDDING_ENGINE": "onnx", "LOG_LEVEL": "ERROR"})
        try:
            while time.perf_counter() - started < _MOST_SECONDS:
                if _answers(process):
                    return time.perf_counter() - started
                time.sleep(0.01)
        finally:
            process.stop(30.0)
    raise TimeoutError(f"no vector within {_MOST_SECONDS:.0f} s of the start: {process.last_words()}")


def _answers(process: ServiceProcess) -> bool:
    try:
        return httpx.post(f"{process.url}/embed", json={"texts": ["a nurse"]}, timeout=5.0).status_code == 200
    except httpx.TransportError:
        return False


def _peak_mib(pid: int | None) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
