"""One process of a service under the supervisor: started, asked whether it is ready, started again with backoff."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from libs.localstack.child import Child
from libs.localstack.ports import free_port
from libs.resilience.retry import backoff_seconds

# A process that lived this long was well; the next death is not counted with the ones before.
WELL_SECONDS = 30.0
# A process that dies this often without ever having been ready will not get well by itself.
HOPELESS_DEATHS = 3


class ServiceProcess:
    """`python -m services.NAME` with an environment of its own, on a port it keeps."""

    def __init__(self, name: str, number: int, *, logs: Path, port: int | None = None) -> None:
        self.name = name
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.deaths = 0
        self.was_ready = False
        label = name if number == 0 else f"{name}-{number + 1}"
        self._log = logs / f"{label}.log"
        self._child: Child | None = None
        self._started_at = 0.0
        self._start_not_before = 0.0

    @property
    def pid(self) -> int | None:
        """The number of the running process; None while none runs."""
        return self._child.pid if self._child is not None and self._child.alive else None

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._child is not None and self._child.alive

    @property
    def hopeless(self) -> bool:
        """Whether it died HOPELESS_DEATHS times in a row and was never ready: another start will not help."""
        return self.deaths >= HOPELESS_DEATHS and not self.was_ready

    def start(self, env: Mapping[str, str]) -> None:
        """Starts it with the variables added to this process's own environment."""
        whole = {**os.environ, **env, "PORT": str(self.port), "HOST": "127.0.0.1"}
        self._child = Child(self.name, [sys.executable, "-m", f"services.{self.name}"], log=self._log, env=whole)
        self._child.start()
        self._started_at = time.monotonic()

    def due_again(self) -> bool:
        """Whether it is dead and its pause is over; notes a death the first time it sees it."""
        if self._child is None or self._child.alive:
            return False
        now = time.monotonic()
        if self._start_not_before <= self._started_at:
            self.deaths = 1 if now - self._started_at > WELL_SECONDS else self.deaths + 1
            pause = 0.0 if self.deaths == 1 else backoff_seconds(self.deaths - 2, base=0.5, cap=15.0)
            self._start_not_before = now + pause + 1e-6
        return now >= self._start_not_before

    def ready(self) -> tuple[bool, str]:
        """Whether it says it is ready, and else what it waits for. Blocks for 2 s at most."""
        try:
            answer = httpx.get(f"{self.url}/health/ready", timeout=2.0)
        except httpx.HTTPError:
            return False, "its port is not open yet"
        if answer.status_code == 200:
            self.was_ready = True
            return True, ""
        return False, _reasons(answer)

    def last_words(self) -> str:
        """The end of its log."""
        return "" if self._child is None else self._child.tail()

    def ask_to_stop(self) -> None:
        """Sends SIGTERM and returns at once."""
        if self._child is not None:
            self._child.send(signal.SIGTERM)

    def stop(self, seconds: float) -> None:
        """Stops it; kills it after `seconds`. Blocks."""
        if self._child is not None:
            self._child.stop(seconds=seconds)


def _reasons(answer: httpx.Response) -> str:
    """What the service's parts wait for, those that wait for the same together."""
    waiting: dict[str, list[str]] = {}
    try:
        for name, part in answer.json()["parts"].items():
            if part["status"] == "waiting":
                waiting.setdefault(str(part["reason"]), []).append(name)
        return "; ".join(f"{', '.join(names)}: {reason}" for reason, names in waiting.items())
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"it answers {answer.status_code}"
