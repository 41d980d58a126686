"""A replica of an embedded PostgreSQL server, streaming from it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from libs.localstack.child import Child, as_user
from libs.localstack.ports import free_port
from libs.localstack.postgres.data_folder import STOP_SECONDS, STOP_SIGNAL, DataFolder
from libs.localstack.postgres.programs import binaries, database_user, hand_over, let_through
from libs.localstack.postgres.roles import run_sql

DEADLINE_SECONDS = 30.0


@dataclass
class StreamingReplica:
    """What was streamed can be held back, so that it is behind for certain. Methods block."""

    superuser: str
    port: int
    child: Child = field(repr=False)

    def dsn(self, of_primary: str) -> str:
        """The address here of a role and database of the primary."""
        parts = urlsplit(of_primary)
        who = parts.netloc.rpartition("@")[0]
        return urlunsplit(parts._replace(netloc=f"{who}@127.0.0.1:{self.port}"))

    def hold_back(self) -> None:
        """Replays nothing from now on."""
        run_sql(self.superuser, "SELECT pg_wal_replay_pause()")
        self._until("SELECT pg_get_wal_replay_pause_state() = 'paused'")

    def go_on(self, primary: str) -> None:
        """Replays again, and returns once all that the primary has now is replayed."""
        run_sql(self.superuser, "SELECT pg_wal_replay_resume()")
        position = run_sql(primary, "SELECT pg_current_wal_insert_lsn()")
        self._until(f"SELECT pg_last_wal_replay_lsn() >= '{position}'::pg_lsn")

    def stop(self) -> None:
        """Ends the server."""
        self.child.stop(STOP_SIGNAL, STOP_SECONDS)

    def _until(self, condition: str) -> None:
        end = time.monotonic() + DEADLINE_SECONDS
        while run_sql(self.superuser, condition) != "t":
            if time.monotonic() > end:
                raise TimeoutError(f"not so after {DEADLINE_SECONDS:.0f} s: {condition}")
            time.sleep(0.02)


@contextmanager
def streaming_replica(primary: str, folder: Path) -> Iterator[StreamingReplica]:
    """A replica of the server at a superuser's DSN, in a folder that does not exist yet; gone afterwards. Blocks."""
    address, user = urlsplit(primary), database_user()
    folder.parent.mkdir(parents=True, exist_ok=True)
    if user is not None:
        let_through(folder.parent)
    hand_over(folder.parent, user)
    command = [binaries() / "pg_basebackup", "-h", "127.0.0.1", "-p", str(address.port), "-U", str(address.username)]
    command += ["-D", folder, "-R", "-X", "stream", "-c", "fast"]
    env = {**os.environ, "PGPASSWORD": str(address.password)}
    subprocess.run(command, check=True, env=env, capture_output=True, text=True, **as_user(user))
    port = free_port()
    child = DataFolder(folder, user).serve(port, folder.parent / "replica.log")
    replica = StreamingReplica("", port, child)
    replica.superuser = replica.dsn(primary)
    try:
        yield replica
    finally:
        replica.stop()
