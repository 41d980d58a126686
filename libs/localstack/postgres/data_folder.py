"""A data folder of PostgreSQL: made, served by the programs of the version that made it, checked for other servers."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from libs.localstack.child import Child, StartFault, as_user
from libs.localstack.postgres.memory import shared_buffers_mib
from libs.localstack.postgres.programs import binaries, hand_over
from libs.localstack.secret_files import write_secret

SUPERUSER = "postgres"
READY_SECONDS = 60.0
STOP_SECONDS = 30.0
# "Fast" shutdown: does not wait for clients to leave.
STOP_SIGNAL = signal.SIGINT


class DataFolder:
    """The folder `path`, whose files belong to `user` (None: to us). Methods block."""

    def __init__(self, path: Path, user: str | None) -> None:
        self.path = path
        self._user = user

    @property
    def version(self) -> int | None:
        """The major version that made it; None where it is missing or empty.

        Raises StartFault where it holds something else than PostgreSQL's data.
        """
        file = self.path / "PG_VERSION"
        if file.exists():
            said = file.read_text().strip()
            if said.isdecimal():
                return int(said)
            raise StartFault(f"{file} names no version that is known here: {said!r}")
        if self.path.exists() and any(self.path.iterdir()):
            raise StartFault(
                f"{self.path} is not empty and holds no data of PostgreSQL (no file PG_VERSION): move away what lies "
                "there, or say another folder with --data-dir"
            )
        return None

    def initialise(self, version: int, password: str, *, checksums: bool = True) -> None:
        """Fills the folder, which must not exist yet, with an empty database server. Raises StartFault, OSError."""
        self.path.mkdir(parents=True)
        given = self.path.parent / ".initdb-password"
        write_secret(given, password)
        for path in (self.path, given):
            hand_over(path, self._user)
        command: list[str | Path] = [binaries(version) / "initdb", "-D", self.path, "-U", SUPERUSER]
        command += [f"--pwfile={given}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
        command += [] if checksums else ["--no-data-checksums"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, **as_user(self._user))
        finally:
            given.unlink(missing_ok=True)
        if done.returncode != 0:
            raise StartFault(f"PostgreSQL's data folder {self.path} could not be made: {done.stderr.strip()}")

    def serve(self, port: int, log: Path, buffers_mib: int | None = None) -> Child:
        """Starts the server on a port of 127.0.0.1 and waits until it answers; what was left by a crash is recovered.

        It keeps pages in so many mebibytes of shared buffers; else in as many as the machine's memory suggests.

        Raises StartFault, with nothing left running.
        """
        programs = binaries(self._known_version())
        settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": 100,
            "shared_buffers": f"{buffers_mib or shared_buffers_mib()}MB",
            "logging_collector": "off",
            "shared_memory_type": "mmap",
        }
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = Child(
            "postgres",
            [programs / "postgres", "-D", self.path, *arguments],
            log=log,
            user=self._user,
            # "Immediate": its own children leave at once, the next start recovers from the log.
            death_signal=signal.SIGQUIT,
        )
        server.start()
        check: list[str | Path] = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
        try:
            server.wait_until(lambda: subprocess.run(check, check=False).returncode == 0, READY_SECONDS)
        except StartFault:
            server.kill()
            raise
        return server

    def control_data(self) -> dict[str, str]:
        """What pg_controldata says of it, by its labels. Raises StartFault."""
        command: list[str | Path] = [binaries(self._known_version()) / "pg_controldata", "-D", self.path]
        env = {**os.environ, "LC_ALL": "C"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=env, **as_user(self._user))
        if done.returncode != 0:
            raise StartFault(f"PostgreSQL's data folder {self.path} cannot be read: {done.stderr.strip()}")
        lines = (line.partition(":") for line in done.stdout.splitlines())
        return {label: value.strip() for label, _, value in lines}

    def end_other_server(self) -> None:
        """Makes sure that no server runs on the folder, and removes the postmaster.pid of one that is gone.

        A server that pg_upgrade started, and that outlived it, is stopped. Raises StartFault where another one runs.
        """
        lock = self.path / "postmaster.pid"
        try:
            pid = int(lock.read_text().splitlines()[0])
        except FileNotFoundError:
            return
        arguments = _command_line(pid)
        if arguments and arguments[0].rpartition(b"/")[2] == b"postgres":
            # With -b ("binary upgrade") it is started by pg_upgrade alone.
            if b"-b" not in arguments:
                raise StartFault(f"another PostgreSQL (process {pid}) already runs on {self.path}; stop it first")
            _stop(pid)
        lock.unlink(missing_ok=True)

    def _known_version(self) -> int:
        version = self.version
        if version is None:
            raise StartFault(f"{self.path} holds no data of PostgreSQL")
        return version


def _command_line(pid: int) -> list[bytes]:
    """The arguments of a running process; none where it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def _stop(pid: int) -> None:
    end = time.monotonic() + STOP_SECONDS
    try:
        os.kill(pid, STOP_SIGNAL)
        while _command_line(pid):
            if time.monotonic() > end:
                raise StartFault(f"a server of an interrupted upgrade (process {pid}) does not stop: end it first")
            time.sleep(0.05)
    except ProcessLookupError:
        return
