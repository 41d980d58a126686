"""`make bench-door`: what the gateway adds to an answer, and what it does under load, into build/bench-door.json.

On a stack of its own with keys, the hash engine and the embedded broker; stack and load generator share the machine.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil

from libs.contracts.inner import paths
from tests.bench.door.generator import Load, NoGenerator, run_load
from tests.bench.door.overhead import measure
from tests.e2e.running_stack import RunningStack

DOCUMENTS = 200
CONNECTIONS = 500
LIMIT_CONNECTIONS, LIMIT_SECONDS = 64, 20
STEADY_SECONDS = int(os.environ.get("STEADY_SECONDS", "180"))
OVERLOAD_SECONDS = int(os.environ.get("OVERLOAD_SECONDS", "60"))
NORMAL_AGAIN_SECONDS = 60.0
INTO = Path("build/bench-door.json")


def main() -> int:
    """Measures and prints. 2 where the load generator is missing."""
    figures: dict[str, Any] = {}
    with TemporaryDirectory() as folder:
        stack = RunningStack(Path(folder) / "data", "--auth", "keys", RATE_LIMIT_PER_SECOND="0")
        try:
            _fill(stack)
            overhead = measure(*_requests(stack))
            _tell(figures, "overhead at 50/s", overhead.told())
            _load(stack, figures)
        except NoGenerator as missing:
            print(missing, file=sys.stderr)
            return 2
        finally:
            stack.stop()
    INTO.parent.mkdir(exist_ok=True)
    INTO.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


def _load(stack: RunningStack, figures: dict[str, Any]) -> None:
    url, key = str(stack.info["gateway_url"]), str(stack.info["api_key"])

    def loaded(connections: int, rate: float, seconds: int) -> Load:
        return run_load(url, key, connections=connections, rate=rate, seconds=seconds, documents=DOCUMENTS)

    limit = loaded(LIMIT_CONNECTIONS, 0, LIMIT_SECONDS)
    _tell(figures, f"limit, {LIMIT_CONNECTIONS} connections", limit.told())
    before = _usual_ms(stack)
    with _Memory(stack) as memory:
        steady = loaded(CONNECTIONS, 0.8 * limit.good_rate, STEADY_SECONDS)
    _tell(figures, f"80 % of it, {CONNECTIONS} connections, {STEADY_SECONDS} s", f"{steady.told()}; {memory.told()}")
    with _Memory(stack) as memory:
        over = loaded(CONNECTIONS, 2.0 * limit.good_rate, OVERLOAD_SECONDS)
    _tell(figures, f"200 % of it, {CONNECTIONS} connections, {OVERLOAD_SECONDS} s", f"{over.told()}; {memory.told()}")
    again = _seconds_until_usual(stack, 2 * before)
    _tell(figures, "back to normal", f"after {again:.1f} s (twice the {before:.0f} ms of one caller before)")


def _fill(stack: RunningStack) -> None:
    for number in range(1, DOCUMENTS + 1):
        text = "Registered nurse with six years of intensive care, ventilation and documentation. " * 10 + str(number)
        stack.http.put(f"/resumes/door-{number}", json={"text": text}).raise_for_status()
    stack.ended("resume", f"door-{DOCUMENTS}")


def _requests(stack: RunningStack) -> tuple[httpx.Request, httpx.Request]:
    """The same document, of the gateway and of matching."""
    key, token = stack.info["api_key"], stack.info["internal_token"]
    gateway = httpx.Request(
        "GET", f"{stack.info['gateway_url']}/api/v1/resumes/door-1", headers={"authorization": f"Bearer {key}"}
    )
    path = paths.filled(paths.DOCUMENT, kind="resume", document_id="door-1")
    headers = {"authorization": f"Bearer {token}", paths.TENANT_HEADER: "default"}
    return gateway, httpx.Request("GET", stack.info["services"]["matching"][0]["url"] + path, headers=headers)


def _usual_ms(stack: RunningStack) -> float:
    """How long one caller waits when nobody else calls: the median of 50."""
    taken = sorted(_read_ms(stack) for _ in range(50))
    return taken[len(taken) // 2]


def _seconds_until_usual(stack: RunningStack, most_ms: float) -> float:
    """Until five answers in a row took no longer than that."""
    began, quick = time.monotonic(), 0
    while quick < 5:
        if time.monotonic() - began > NORMAL_AGAIN_SECONDS:
            return float("inf")
        quick = quick + 1 if _read_ms(stack) <= most_ms else 0
    return time.monotonic() - began


def _read_ms(stack: RunningStack) -> float:
    began = time.perf_counter()
    answer = stack.http.get("/resumes/door-1")
    return (time.perf_counter() - began) * 1000 if answer.status_code == 200 else float("inf")


class _Memory:
    """The gateway's resident memory while a block runs, looked at every second."""

    def __init__(self, stack: RunningStack) -> None:
        port = urlsplit(str(stack.info["gateway_url"])).port
        services = json.loads(stack.stack_file.read_text(encoding="utf-8"))["services"]
        pid = next(each["pid"] for each in services["gateway"] if urlsplit(each["url"]).port == port)
        self._process = psutil.Process(pid)
        self._over = threading.Event()
        self._seen: list[int] = []

    def __enter__(self) -> _Memory:
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.is_set():
            self._seen.append(self._process.memory_info().rss)
            self._over.wait(1.0)

    def told(self) -> str:
        """For a line of a report."""
        first, most, last = (value / 2**20 for value in (self._seen[0], max(self._seen), self._seen[-1]))
        return f"gateway's memory {first:.0f} MiB at first, {most:.0f} at most, {last:.0f} at last"


def _tell(figures: dict[str, Any], name: str, told: str) -> None:
    figures[name] = told
    print(f"{name}: {told}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
