"""A stack of the demo's own: `shortlist up` as a child, on a fresh data folder and a free port."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

import msgspec

from libs.localstack.ports import free_port
from services.cli.addressing import Gateway
from services.cli.faults import CommandFault

START_SECONDS = 240.0
STOP_SECONDS = 90.0
POLL_SECONDS = 0.1
TAIL_LINES = 25
# The demo must never write into parts that somebody else uses.
_OTHERS = (
    "SHORTLIST_STACK",
    "SHORTLIST_URL",
    "SHORTLIST_API_KEY",
    "KAFKA_BOOTSTRAP",
    "DATABASE_URL",
    "DATABASE_MIGRATION_URL",
    "REDIS_URL",
    "EMBEDDING_URLS",
    "MATCHING_URLS",
    "INGEST_URLS",
)


class DemoStack:
    """Used as a context manager; entering blocks until the stack is ready, leaving until it has stopped.

    Raises CommandFault, with the end of the stack's log, where it does not start or does not stop cleanly.
    """

    def __init__(self) -> None:
        # A short path: PostgreSQL's socket lies below it, and a socket's path has 107 characters at most.
        self._folder = Path(tempfile.mkdtemp(prefix="shortlist-demo-"))
        self._log = self._folder / "demo.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Gateway:
        try:
            return self._start()
        except BaseException:
            self._end(check=False)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(check=error is None)

    def _start(self) -> Gateway:
        data = self._folder / "data"
        command = ["up", "--data-dir", str(data), "--port", str(free_port())]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "services.cli", *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={name: value for name, value in os.environ.items() if name not in _OTHERS},
                # A session of its own: Ctrl-C reaches the stack once, through us.
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not (data / "stack.json").exists():
            if self._process.poll() is not None:
                raise CommandFault(f"the stack ended at its start:\n{self._tail()}")
            if time.monotonic() > deadline:
                raise CommandFault(f"the stack was not ready after {START_SECONDS:.0f} s:\n{self._tail()}")
            time.sleep(POLL_SECONDS)
        stack = msgspec.json.decode((data / "stack.json").read_bytes())
        return Gateway(stack["gateway_url"], stack.get("api_key"))

    def _end(self, *, check: bool) -> None:
        try:
            code = self._stop()
            if check and code != 0:
                told = "had to be killed" if code is None else f"stopped with exit code {code}"
                raise CommandFault(f"the stack {told}:\n{self._tail()}")
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _stop(self) -> int | None:
        """Its exit code; None where it had to be killed."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            return None

    def _tail(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-TAIL_LINES:]) or "(it said nothing)"
