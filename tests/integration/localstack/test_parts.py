"""The parts below the services: each starts, keeps what it promises over a restart, and leaves nothing behind."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psutil
import pytest

from libs.localstack.child import StartFault
from libs.localstack.infrastructure import Infrastructure
from libs.localstack.options import StackOptions
from libs.localstack.postgres.roles import Dsns, provision, run_sql
from libs.localstack.postgres.server import Postgres
from libs.localstack.tryout_broker import TryoutBroker, accepts
from libs.localstack.valkey import Valkey

pytestmark = pytest.mark.integration


def gone(pid: int, seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def test_the_database_keeps_its_data_over_a_crash_and_starts_again_on_the_same_folder(tmp_path):
    first = Postgres(tmp_path / "postgres")
    first.start()
    dsns = provision(first.superuser_dsn, tmp_path / "passwords.json")
    run_sql(dsns.owner, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
    first.kill()
    with Postgres(tmp_path / "postgres") as second:
        again = provision(second.superuser_dsn, tmp_path / "passwords.json")
        assert run_sql(again.owner, "SELECT n FROM kept") == "7"
        with pytest.raises(StartFault, match="already runs"):
            Postgres(tmp_path / "postgres").start()
        pid = second.pid
    assert gone(pid or 0)


def test_a_lock_whose_number_another_program_has_by_now_keeps_no_database_from_starting(tmp_path):
    with Postgres(tmp_path / "postgres"):
        lock = (tmp_path / "postgres" / "postmaster.pid").read_text()
    (tmp_path / "postgres" / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lock.splitlines()[1:]]) + "\n")
    with Postgres(tmp_path / "postgres") as server:
        assert run_sql(server.superuser_dsn, "SELECT 1") == "1"


def test_no_server_starts_beside_a_connection_of_one_that_died(tmp_path):
    first = Postgres(tmp_path / "postgres")
    first.start()
    assert first.pid is not None
    busy = threading.Thread(target=_until_it_dies, args=(first.superuser_dsn,))
    busy.start()
    try:
        end = time.monotonic() + 20
        while not (left := _computing(first.pid)) and time.monotonic() < end:
            time.sleep(0.05)
        os.kill(first.pid, signal.SIGKILL)
        assert gone(first.pid)
        with pytest.raises(StartFault, match="shared memory"):
            Postgres(tmp_path / "postgres").start()
        [backend] = left
        backend.kill()
    finally:
        first.kill()
        busy.join()
    assert gone(backend.pid)
    with Postgres(tmp_path / "postgres") as second:
        assert run_sql(second.superuser_dsn, "SELECT 1") == "1"


def _until_it_dies(dsn: str) -> None:
    with pytest.raises(StartFault):
        run_sql(dsn, "SELECT count(*) FROM generate_series(1, 100000000000)")


def _computing(server: int) -> list[psutil.Process]:
    return [each for each in psutil.Process(server).children() if "SELECT" in command_line(each)]


def test_no_role_of_ours_is_a_superuser_or_sees_past_row_level_security(postgres: Dsns):
    for dsn in (postgres.owner, postgres.matching, postgres.gateway):
        assert run_sql(dsn, "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") == "f"


def test_a_wrong_password_is_refused(postgres: Dsns):
    head, _, tail = postgres.matching.rpartition("@")
    with pytest.raises(StartFault, match="password"):
        run_sql(f"{head}x@{tail}", "SELECT 1")


@pytest.mark.parametrize("where", ["before the host", "as a parameter"])
def test_no_password_is_in_a_command_line_that_everybody_on_the_machine_can_read(postgres: Dsns, where: str):
    parts = urlsplit(postgres.superuser)
    password = parts.password or ""
    place = f"{parts.hostname}:{parts.port}{parts.path}"
    dsn = (
        postgres.superuser
        if where == "before the host"
        else f"postgresql://{parts.username}@{place}?password={password}"
    )
    asked = threading.Thread(target=run_sql, args=(dsn, "SELECT pg_sleep(3)"))
    asked.start()
    try:
        seen: list[str] = []
        end = time.monotonic() + 10
        while not seen and time.monotonic() < end:
            seen = [line for line in map(command_line, psutil.Process().children()) if "psql" in line]
        assert seen
        assert password
        assert not any(unquote(password) in line or password in line for line in seen)
    finally:
        asked.join()


def test_the_owner_role_that_was_named_beside_the_database_is_the_one_that_migrates(postgres: Dsns, tmp_path):
    options = StackOptions(
        data_dir=tmp_path,
        database_url=postgres.matching,
        database_migration_url=postgres.owner,
        redis_url="redis://127.0.0.1:1/0",
    )
    parts = Infrastructure(options, tmp_path / "logs")
    try:
        parts.start()
        assert (parts.dsns.owner, parts.dsns.matching) == (postgres.owner, postgres.matching)
    finally:
        parts.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run the database as another user")
def test_folders_that_were_opened_for_the_database_are_named_with_the_way_back(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with Postgres(closed / "data" / "postgres") as first:
        [said] = first.notices
        assert "chmod o-x" in said
        assert str(closed) in said
        assert stat.S_IMODE(closed.stat().st_mode) == 0o701
    with Postgres(closed / "data" / "postgres") as second:
        assert second.notices == []


def test_the_cache_and_the_broker_answer_and_are_gone_after_the_stop(tmp_path):
    for part in (Valkey(tmp_path / "valkey"), TryoutBroker(tmp_path / "broker")):
        with part:
            assert accepts(part.port)
            pid = part.pid
        assert gone(pid or 0)
        assert not accepts(part.port)


def test_each_start_of_the_try_out_broker_has_a_higher_stamp(tmp_path):
    broker = TryoutBroker(tmp_path / "broker")
    stamps = []
    for _ in range(3):
        with broker:
            stamps.append(broker.stamp)
    assert stamps == sorted(set(stamps))


def test_parts_die_with_a_parent_that_was_killed(tmp_path):
    script = (
        "import sys, time; from pathlib import Path\n"
        "from libs.localstack.postgres.server import Postgres; from libs.localstack.valkey import Valkey\n"
        f"parts = [Postgres(Path({str(tmp_path)!r}) / 'postgres'), Valkey(Path({str(tmp_path)!r}) / 'valkey')]\n"
        "[part.start() for part in parts]\n"
        "print(*[part.pid for part in parts], flush=True); time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=Path.cwd())
    assert parent.stdout is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(pids) == 2
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert all(gone(pid) for pid in pids)
