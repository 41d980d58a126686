"""The demo does the main job from nothing and leaves nothing behind, also when it is interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.e2e.running_stack import until

pytestmark = pytest.mark.e2e

DEMO = [sys.executable, "-m", "services.cli", "demo"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    # Addresses that nothing answers at: a demo that used somebody's own parts would fail.
    elsewhere = dict.fromkeys(("KAFKA_BOOTSTRAP", "DATABASE_URL", "REDIS_URL", "SHORTLIST_URL"), "127.0.0.1:9")
    return {**os.environ, **elsewhere, "EMBEDDING_ENGINE": "hash", "TMPDIR": str(tmp_path)}


def test_it_shows_matches_searches_health_and_times(environment: dict[str, str], tmp_path: Path) -> None:
    result = subprocess.run(DEMO, env=environment, capture_output=True, text=True, timeout=280, check=False)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr
    shown = ("19 indexed", "Electrical Inspector", "Industrial Electrician", "Health: ok", "p50", "p95", "Stopped")
    for told in (*shown, "shortlist up"):
        assert told in result.stdout
    assert "\x1b" not in result.stdout
    assert not list(tmp_path.iterdir())
    assert not _processes_of(tmp_path)


def test_interrupted_it_stops_its_stack(environment: dict[str, str], tmp_path: Path) -> None:
    demo = subprocess.Popen(DEMO, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: len(_processes_of(tmp_path)) > 4, "the demo's stack to start")
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(120) != 0
    finally:
        demo.kill()
        demo.wait()
    until(lambda: not _processes_of(tmp_path), "every process of the demo's stack to end", 30)
    assert not list(tmp_path.iterdir())


def _processes_of(folder: Path) -> list[int]:
    """Processes that are told of a path in `folder`, by their command or environment."""
    found = []
    for process in psutil.process_iter():
        try:
            told = [*process.cmdline(), *process.environ().values(), process.cwd()]
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
        if process.pid != os.getpid() and any(str(folder) in value for value in told):
            found.append(process.pid)
    return found
