"""A child process: its own log file, a bounded stop, and no life without its parent."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from libs.resilience.parent_death import end_with_parent

TAIL_BYTES = 1500


class StartFault(Exception):
    """Something of the stack could not be started; the message is a sentence for the person at the terminal."""


class Child:
    """One process, started in `folder` (None: in ours). `death_signal` is what it gets when its parent dies first, by
    kill -9 too.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        death_signal: signal.Signals = signal.SIGKILL,
        folder: Path | None = None,
    ) -> None:
        self.name = name
        self._command = [str(part) for part in command]
        self._log = log
        self._env = dict(os.environ if env is None else env)
        self._user = user
        self._death_signal = death_signal
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it; returns at once. Raises StartFault where the program cannot be run."""
        self._log.parent.mkdir(parents=True, exist_ok=True)
        death_signal = int(self._death_signal)

        try:
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(
                    self._command,
                    env=self._env,
                    cwd=self._folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    # Its own session: Ctrl-C reaches the supervisor only, which stops the rest in order.
                    start_new_session=True,
                    **as_user(self._user),
                    preexec_fn=partial(end_with_parent, death_signal),
                )
        except OSError as error:
            raise StartFault(f"{self.name} cannot be run: {error}") from error

    @property
    def pid(self) -> int | None:
        """The process's number, also after its end; None before the start."""
        return None if self._process is None else self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """How it ended (minus the signal that killed it); None before that."""
        return None if self._process is None else self._process.poll()

    def tail(self) -> str:
        """The end of its log, for a sentence about why it stopped."""
        if not self._log.exists():
            return ""
        with self._log.open("rb") as log:
            log.seek(max(0, self._log.stat().st_size - TAIL_BYTES))
            return log.read().decode("utf-8", "replace").strip()

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Blocks until `ready`. Raises StartFault, with the end of its log, when it dies or takes longer."""
        end = time.monotonic() + seconds
        while not ready():
            if not self.alive:
                raise StartFault(f"{self.name} stopped at its start (exit {self.exit_code}). {self.tail()}")
            if time.monotonic() > end:
                raise StartFault(f"{self.name} was not ready after {seconds:.0f} s. {self.tail()}")
            time.sleep(0.05)

    def wait(self, seconds: float) -> int | None:
        """Blocks until it has ended, `seconds` at most; how it ended, None where it still runs."""
        if self._process is None:
            return None
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def send(self, number: signal.Signals) -> None:
        """Sends a signal, if it still runs."""
        if self._process is not None and self.alive:
            self._process.send_signal(number)

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 20.0) -> None:
        """Asks it to stop, waits, and kills its whole session after `seconds`. Blocks."""
        if self._process is None:
            return
        self.send(number)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def kill(self) -> None:
        """Kills it without asking. Blocks until it is gone."""
        if self._process is not None and self.alive:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def as_user(user: str | None) -> dict[str, Any]:
    """What `subprocess` must be told to run something as that user and with no group of ours; None: as ourselves."""
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
