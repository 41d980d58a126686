"""A whole stack, run as its users run it: `shortlist up` as a child, talked to over HTTP and Kafka."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx

from libs.localstack.ports import free_port

# What the stack itself waits for its parts, first for the broker and then for the services.
START_SECONDS = 480.0
STOP_SECONDS = 90.0
UP = (sys.executable, "-m", "services.cli", "up")
OTHERS = ("SHORTLIST_STACK", "SHORTLIST_URL", "KAFKA_BOOTSTRAP", "DATABASE_URL", "DATABASE_MIGRATION_URL", "REDIS_URL")
Found = TypeVar("Found")


def until(look: Callable[[], Found | None], what: str, seconds: float = 120.0) -> Found:
    """Looks until there is something; fails with `what` after the deadline."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


class RunningStack:
    """Started on `folder`; `info` is its stack.json, `http` a client of the gateway's API.

    `check` is called with every answer that `http` gets.
    """

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        check: Callable[[httpx.Response], None] = lambda answer: None,
        **environment: str,
    ) -> None:
        self.folder = folder
        self.check = check
        self.arguments = arguments
        clean = {name: value for name, value in os.environ.items() if name not in OTHERS}
        self.environment = {**clean, "EMBEDDING_ENGINE": "hash", **environment}
        self.start()

    def start(self) -> None:
        """Blocks until the stack is ready."""
        self.stack_file = self.folder / "stack.json"
        self.stack_file.unlink(missing_ok=True)
        port = free_port()
        with (self.folder.parent / "up.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*UP, "--data-dir", str(self.folder), "--port", str(port), *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment,
                start_new_session=True,
            )
        until(self._ready, "the stack to be ready", START_SECONDS)
        self.info: dict[str, Any] = json.loads(self.stack_file.read_text())
        key = self.info.get("api_key")
        self.http = httpx.Client(
            base_url=self.info["gateway_url"].rstrip("/") + "/api/v1",
            headers={"authorization": f"Bearer {key}"} if key else {},
            timeout=90,
            trust_env=False,
            event_hooks={"response": [self.check]},
        )

    def stop(self) -> int:
        """Stops it as a person would; its exit code."""
        self.http.close()
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs `shortlist ARGUMENTS…` against this stack."""
        return subprocess.run(
            [sys.executable, "-m", "services.cli", *arguments],
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
            env={**self.environment, "SHORTLIST_STACK": str(self.stack_file)},
        )

    def document(self, kind: str, document_id: str) -> dict[str, Any] | None:
        """The document as the gateway shows it, None where it knows none."""
        return self._shown(self.http.get(f"/{kind}s/{document_id}"))

    def ended(self, kind: str, document_id: str, text: str = "") -> dict[str, Any]:
        """Waits until the document is indexed (with `text` in it) or failed; a part that is away may come back."""

        def look() -> dict[str, Any] | None:
            answer = self.http.get(f"/{kind}s/{document_id}")
            held = None if answer.status_code == 503 else self._shown(answer)
            if held is None or held["status"] not in ("indexed", "failed"):
                return None
            return held if held["status"] == "failed" or text in (held["text"] or "") else None

        return until(look, f"{kind} {document_id} to be indexed or failed")

    def _shown(self, answer: httpx.Response) -> dict[str, Any] | None:
        if answer.status_code == 404:
            return None
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def _ready(self) -> bool:
        if self.process.poll() is not None:
            log = (self.folder.parent / "up.log").read_text(errors="replace")
            raise AssertionError(f"the stack ended at its start:\n{log[-3000:]}")
        return self.stack_file.exists()
