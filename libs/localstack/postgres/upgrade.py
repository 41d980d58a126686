"""Carries the data of the PostgreSQL before over to ours, by pg_upgrade, so that a crash at any moment loses nothing.

Beside the data folder FOLDER lie, while that goes on, FOLDER.new (in the making) and FOLDER.upgrade (sockets), which
the next start throws away, and FOLDER.old (the old data, from the moment FOLDER.new took its place until that has
answered).
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from libs.localstack.child import Child, StartFault
from libs.localstack.ports import free_port
from libs.localstack.postgres.data_folder import STOP_SECONDS, STOP_SIGNAL, SUPERUSER, DataFolder
from libs.localstack.postgres.programs import PREVIOUS_VERSION, VERSION, binaries, hand_over, let_through

MB = 1_000_000
# What an empty server and its write-ahead log take beside the data itself.
BESIDE_DATA_BYTES = 250 * MB
# A hanging pg_upgrade is ended: a copy slower than this is none.
LEAST_SECONDS = 600.0
SLOWEST_BYTES_PER_SECOND = 10 * MB
# A socket's path has so many characters at most; where the data folder's is too long, PostgreSQL's own place is taken.
LONGEST_SOCKET = 107
SOCKETS = Path("/tmp")


def new_folder(folder: Path) -> Path:
    """Where a data folder is made before it takes the place of `folder`."""
    return folder.with_name(f"{folder.name}.new")


def old_folder(folder: Path) -> Path:
    """Where the data of the version before is kept until ours has answered."""
    return folder.with_name(f"{folder.name}.old")


def _work_folder(folder: Path) -> Path:
    """Where pg_upgrade runs and its servers have their sockets."""
    return folder.with_name(f"{folder.name}.upgrade")


def clear_interrupted(folder: Path, user: str | None) -> None:
    """Undoes what an interrupted start left beside `folder`, so that it begins again from the old data.

    Blocks. Raises StartFault, OSError.
    """
    new, old = new_folder(folder), old_folder(folder)
    if old.exists() and not folder.exists():
        old.rename(folder)  # it ended between the two renames of `put_in_place`
    if new.exists():
        DataFolder(new, user).end_other_server()
        shutil.rmtree(new)
    shutil.rmtree(_work_folder(folder), ignore_errors=True)


def put_in_place(folder: Path) -> None:
    """FOLDER.new becomes FOLDER; what FOLDER was becomes FOLDER.old. Raises OSError."""
    if folder.exists():
        folder.rename(old_folder(folder))
    new_folder(folder).rename(folder)
    parent = os.open(folder.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)


def carry_over(folder: Path, user: str | None, password: str, log: Path, say: Callable[[str], None]) -> None:
    """Makes FOLDER.new, of our version, with all that FOLDER holds, which is only read and stays as it is.

    Blocks, for as long as copying takes. `say` gets a sentence at the beginning and one at the end.
    Raises StartFault where FOLDER is of a version that cannot be carried over, where the disk has too little room,
    or where pg_upgrade fails; FOLDER.new is gone then.
    """
    old = DataFolder(folder, user)
    if old.version != PREVIOUS_VERSION:
        raise StartFault(
            f"{folder} holds data of PostgreSQL {old.version}; this version of Shortlist runs {VERSION} and carries "
            f"over that of {PREVIOUS_VERSION} only. Use the version of Shortlist that made it, or another folder"
        )
    if old_folder(folder).exists():
        raise StartFault(f"{old_folder(folder)} is left of an earlier upgrade of {folder}: move one of the two away")
    size = _check_room(folder)
    say(
        f"the data in {folder} is of PostgreSQL {PREVIOUS_VERSION}: carrying it over to {VERSION} ({size / MB:,.0f} "
        "MB). The old data stays until the new server has answered; interrupted, it begins again at the next start"
    )
    began = time.monotonic()
    if user is not None:
        let_through(binaries(PREVIOUS_VERSION))
    _shut_down_cleanly(old, log)
    new = DataFolder(new_folder(folder), user)
    try:
        checksums = old.control_data()["Data page checksum version"] != "0"
        new.initialise(VERSION, password, checksums=checksums)
        _run_pg_upgrade(old, new, user, password, log, LEAST_SECONDS + size / SLOWEST_BYTES_PER_SECOND)
    except BaseException:
        shutil.rmtree(new.path, ignore_errors=True)
        raise
    say(f"carried over to PostgreSQL {VERSION} in {time.monotonic() - began:.0f} s; starting it")


def _check_room(folder: Path) -> int:
    """The bytes of the data. Raises StartFault where they do not fit beside themselves."""
    size = sum(
        (Path(parent) / name).lstat().st_size
        for parent, _, names in os.walk(folder)
        for name in names
        if "pg_wal" not in Path(parent).parts
    )
    free = shutil.disk_usage(folder.parent).free
    if size + BESIDE_DATA_BYTES > free:
        raise StartFault(
            f"the data in {folder} is of PostgreSQL {PREVIOUS_VERSION}; carrying it over to {VERSION} copies it, which "
            f"needs {(size + BESIDE_DATA_BYTES) / MB:,.0f} MB, and {free / MB:,.0f} MB are free there: make room, or "
            "move the whole data folder to another disk and name it with --data-dir. Nothing was changed"
        )
    return size


def _shut_down_cleanly(old: DataFolder, log: Path) -> None:
    """pg_upgrade takes only a server that was shut down; after a crash its own version must recover it first."""
    old.end_other_server()
    if old.control_data()["Database cluster state"] != "shut down":
        old.serve(free_port(), log).stop(STOP_SIGNAL, STOP_SECONDS)


def _run_pg_upgrade(
    old: DataFolder, new: DataFolder, user: str | None, password: str, log: Path, seconds: float
) -> None:
    work = _work_folder(old.path)
    if len(f"{work}/.s.PGSQL.50432") > LONGEST_SOCKET:
        work = Path(tempfile.mkdtemp(prefix="shortlist-postgres-", dir=SOCKETS))
    work.mkdir(mode=0o700, exist_ok=True)
    hand_over(work, user)
    command: list[str | Path] = [binaries(VERSION) / "pg_upgrade", "--copy", "-U", SUPERUSER, "--socketdir", work]
    command += ["-b", binaries(PREVIOUS_VERSION), "-B", binaries(VERSION), "-d", old.path, "-D", new.path]
    # Both servers have the same password; only this user and root can read the environment.
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"PGPASSWORD": password}
    upgrade = Child("pg_upgrade", command, log=log, env=env, user=user, folder=work)
    try:
        upgrade.start()
        if upgrade.wait(seconds) != 0:
            why = f"pg_upgrade did not end within {seconds:.0f} s" if upgrade.alive else "pg_upgrade failed"
            raise StartFault(
                f"the data in {old.path} could not be carried over from PostgreSQL {PREVIOUS_VERSION} to {VERSION}; "
                f"it is unchanged. {why}. {upgrade.tail()}"
            )
    except BaseException:
        upgrade.kill()
        for each in (old, new):
            each.end_other_server()
        _keep_reports(new.path, log)
        raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _keep_reports(folder: Path, log: Path) -> None:
    """Appends what pg_upgrade wrote into the new folder, which is thrown away, to the log."""
    with log.open("ab") as kept:
        for report in sorted((folder / "pg_upgrade_output.d").rglob("*")):
            if report.suffix in (".log", ".txt"):
                kept.write(f"\n{report.name}:\n".encode() + report.read_bytes())
