"""Data that `shortlist up` kept with PostgreSQL 16 is found again, all of it, after the next start, on version 18."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest

from libs.localstack.child import StartFault, as_user
from libs.localstack.postgres import upgrade as postgres_upgrade
from libs.localstack.postgres.roles import Dsns, provision, run_sql
from libs.localstack.postgres.server import Postgres
from services.matching.storage.migrating import make_space_table, migrate
from tests.integration.localstack.postgres.postgres_16 import Postgres16, dump, programs

pytestmark = pytest.mark.integration

SPACE, DIMENSION, DOCUMENTS = "0a1b2c3d", 384, 300
NEAREST = (
    "SET enable_seqscan = off; SET enable_sort = off; SELECT number FROM matching.nearest_0a1b2c3d "
    "WHERE tenant = 'default' AND shard = 0 AND kind = 'resume' "
    f"ORDER BY document <=> array_fill(0.5, ARRAY[{DIMENSION}])::halfvec LIMIT 5"
)


@dataclass
class Kept:
    """A folder with data of version 16, and what is in it."""

    folder: Path
    passwords: Path
    tables_and_rows: list[str]
    nearest: str

    def check(self, server: Postgres) -> Dsns:
        """Everything is there, on version 18, and found by the index of vectors."""
        dsns = provision(server.superuser_dsn, self.passwords)
        assert run_sql(dsns.superuser, "SHOW server_version").startswith("18.")
        assert dump(dsns.superuser) == self.tables_and_rows
        assert run_sql(dsns.superuser, NEAREST) == self.nearest
        assert "_document_idx" in run_sql(dsns.superuser, NEAREST.replace("SELECT", "EXPLAIN SELECT"))
        # The services' own role and password still open it, and it takes new rows.
        assert run_sql(dsns.matching, "SELECT count(*) FROM matching.tenants") == "1"
        run_sql(dsns.owner, "CREATE TABLE later (n int); INSERT INTO later VALUES (1); DROP TABLE later")
        return dsns


async def _fill(server: Postgres16, passwords: Path) -> Dsns:
    dsns = provision(server.superuser_dsn, passwords)
    await migrate(dsns.owner, dsns.matching)
    await make_space_table(dsns.owner, dsns.matching, SPACE, DIMENSION)
    chance = random.Random(7)
    rows = []
    for number in range(DOCUMENTS):
        vector = [round(chance.uniform(-1, 1), 3) for _ in range(DIMENSION)]
        rows.append(f"('default', 'resume', {number}, '{vector}')")
    run_sql(
        dsns.superuser,
        "INSERT INTO matching.tenants VALUES ('default');"
        'INSERT INTO matching.documents (tenant, kind, id, status, rank, stamp, "offset", text) '
        "SELECT 'default', 'resume', 'r' || n, 'indexed', 3, 1, n, 'Größe ' || n "
        f"FROM generate_series(0, {DOCUMENTS - 1}) n;"
        f"INSERT INTO matching.nearest_{SPACE} (tenant, kind, number, document) VALUES {','.join(rows)}",
    )
    return dsns


@pytest.fixture(scope="module")
async def made_once(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Data of version 16 whose server was stopped as `shortlist up` stops it; every test takes a copy."""
    folder = tmp_path_factory.mktemp("version-16")
    passwords = folder / "database-passwords.json"
    with Postgres16(folder / "postgres") as server:
        dsns = await _fill(server, passwords)
        return Kept(folder / "postgres", passwords, dump(dsns.superuser), run_sql(dsns.superuser, NEAREST))


@pytest.fixture
def kept(made_once: Kept, tmp_path: Path) -> Kept:
    """A copy of the data, with its passwords, in a folder of its own."""
    subprocess.run(["cp", "-a", f"{made_once.folder.parent}/.", tmp_path], check=True)
    return replace(made_once, folder=tmp_path / "postgres", passwords=tmp_path / "database-passwords.json")


def _beside(folder: Path) -> set[str]:
    return {path.name for path in folder.parent.iterdir() if path.name.startswith("postgres.")}


def test_a_new_database_is_of_version_18(tmp_path):
    with Postgres(tmp_path / "postgres") as server:
        assert run_sql(server.superuser_dsn, "SHOW server_version").startswith("18.")


def test_data_of_version_16_is_carried_over_by_itself_and_said(kept, capsys):
    with Postgres(kept.folder) as server:
        kept.check(server)
    assert _beside(kept.folder) == {"postgres.password", "postgres.lock"}
    told = capsys.readouterr().err
    assert f"the data in {kept.folder} is of PostgreSQL 16: carrying it over to 18" in told
    assert "PostgreSQL 18 answers" in told
    with Postgres(kept.folder) as again:
        kept.check(again)
    assert capsys.readouterr().err == ""


def test_data_of_version_16_that_a_crash_left_is_carried_over_too(kept):
    crashed = Postgres16(kept.folder)
    with crashed:
        dsns = provision(crashed.superuser_dsn, kept.passwords)
        run_sql(dsns.superuser, "UPDATE matching.documents SET text = 'written just before the crash' WHERE id = 'r7'")
        kept.tables_and_rows = dump(dsns.superuser)
        crashed.kill()
    assert (kept.folder / "postmaster.pid").exists()
    with Postgres(kept.folder) as server:
        kept.check(server)


def test_data_with_checksums_is_carried_over_with_them(kept):
    user = as_user("nobody" if os.geteuid() == 0 else None)
    command = [programs("pginstall") / "pg_checksums", "--enable", "-D", kept.folder]
    subprocess.run(command, check=True, capture_output=True, **user)
    with Postgres(kept.folder) as server:
        dsns = kept.check(server)
        assert run_sql(dsns.superuser, "SHOW data_checksums") == "on"


def _pg_upgrades_server(folder: Path, starter: subprocess.Popen[bytes]) -> psutil.Process:
    """A server that pg_upgrade has started on the folder or on the new one beside it."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert starter.poll() is None
        for process in psutil.process_iter(["cmdline"]):
            line = process.info["cmdline"] or []
            if "-b" in line and any(each.startswith(str(folder)) for each in line):
                return process
        time.sleep(0.01)
    raise AssertionError("pg_upgrade started no server")


def test_a_start_that_was_killed_while_carrying_over_begins_again_from_the_old_data(kept):
    script = (
        "from pathlib import Path; from libs.localstack.postgres.server import Postgres\n"
        f"Postgres(Path({str(kept.folder)!r})).start()"
    )
    starter = subprocess.Popen([sys.executable, "-c", script])
    left = _pg_upgrades_server(kept.folder, starter)
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    assert (kept.folder / "PG_VERSION").read_text().strip() == "16"
    with Postgres(kept.folder) as server:
        kept.check(server)
        assert not left.is_running()
    assert _beside(kept.folder) == {"postgres.password", "postgres.lock"}


def test_a_start_that_ended_while_the_folders_were_exchanged_begins_again_from_the_old_data(kept):
    kept.folder.rename(kept.folder.with_name("postgres.old"))
    half = kept.folder.with_name("postgres.new")
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with Postgres(kept.folder) as server:
        kept.check(server)
    assert _beside(kept.folder) == {"postgres.password", "postgres.lock"}


def test_the_old_data_is_kept_until_the_new_server_has_answered(kept, monkeypatch):
    def not_ready(self: object, port: int, log: Path, buffers_mib: int | None) -> None:
        raise StartFault("postgres was not ready.")

    with monkeypatch.context() as broken:
        broken.setattr("libs.localstack.postgres.server.DataFolder.serve", not_ready)
        with pytest.raises(StartFault, match=r"lies unchanged in .*postgres\.old"):
            Postgres(kept.folder).start()
    assert (kept.folder.with_name("postgres.old") / "PG_VERSION").read_text().strip() == "16"
    with Postgres(kept.folder) as server:
        kept.check(server)
    assert not kept.folder.with_name("postgres.old").exists()


def test_where_pg_upgrade_fails_the_old_data_is_unchanged_and_it_is_said_why(kept, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(postgres_upgrade, "SUPERUSER", "somebody_else")
        with pytest.raises(StartFault, match=r"could not be carried over.*it is unchanged(.|\n)*somebody_else"):
            Postgres(kept.folder).start()
    assert (kept.folder / "PG_VERSION").read_text().strip() == "16"
    assert not kept.folder.with_name("postgres.new").exists()
    with Postgres(kept.folder) as server:
        kept.check(server)


def test_a_pg_upgrade_that_does_not_end_is_ended_with_the_servers_it_started(kept, monkeypatch):
    with monkeypatch.context() as hasty:
        hasty.setattr(postgres_upgrade, "LEAST_SECONDS", 1.0)
        hasty.setattr(postgres_upgrade, "SLOWEST_BYTES_PER_SECOND", 10**12)
        with pytest.raises(StartFault, match="did not end within 1 s"):
            Postgres(kept.folder).start()
    assert not [line for line in _command_lines() if str(kept.folder) in line]
    with Postgres(kept.folder) as server:
        kept.check(server)


def _command_lines() -> list[str]:
    return [" ".join(each.info["cmdline"] or []) for each in psutil.process_iter(["cmdline"])]


def test_without_the_database_passwords_file_nothing_is_begun_and_it_is_said(kept):
    password = kept.folder.with_name("postgres.password")
    password.rename(password.with_name("elsewhere"))
    with pytest.raises(StartFault, match=r"postgres\.password is missing"):
        Postgres(kept.folder).start()
    password.with_name("elsewhere").rename(password)
    with Postgres(kept.folder) as server:
        kept.check(server)


def test_without_room_on_the_disk_nothing_is_changed_and_the_missing_room_is_said(kept, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9 - 5_000_000, 5_000_000))
    with pytest.raises(StartFault, match=r"needs \d+ MB, and 5 MB are free there: make room"):
        Postgres(kept.folder).start()
    monkeypatch.undo()
    assert (kept.folder / "PG_VERSION").read_text().strip() == "16"
    with Postgres(kept.folder) as server:
        kept.check(server)


def test_data_of_a_version_that_nobody_can_carry_over_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("17\n")
    (tmp_path / "postgres.password").write_text("x")
    with pytest.raises(StartFault, match="holds data of PostgreSQL 17; this version of Shortlist runs 18"):
        Postgres(tmp_path / "postgres").start()


def test_a_folder_with_something_else_in_it_is_never_emptied(tmp_path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "letters.txt").write_text("dear")
    with pytest.raises(StartFault, match="holds no data of PostgreSQL"):
        Postgres(tmp_path / "postgres").start()
    assert (tmp_path / "postgres" / "letters.txt").read_text() == "dear"


def test_both_versions_bring_the_same_pgvector_so_that_indexes_of_vectors_stay_as_they_are():
    control = Path("share") / "postgresql" / "extension" / "vector.control"
    old, new = ((programs(folder).parent / control).read_text() for folder in ("pginstall", "pginstall18"))
    assert "default_version" in old
    assert old == new


def test_data_in_a_folder_whose_path_is_too_long_for_a_socket_is_carried_over_too(kept, tmp_path):
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    for path in ("postgres", "postgres.password"):
        (tmp_path / path).rename(deep / path)
    with Postgres(deep / "postgres") as server:
        kept.check(server)
