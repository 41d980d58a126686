"""The parts below the services: each starts, keeps what it promises over a restart, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from libs.localstack.child import StartFault
from libs.localstack.postgres import Postgres
from libs.localstack.roles import Dsns, provision, run_sql
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


def test_no_role_of_ours_is_a_superuser_or_sees_past_row_level_security(postgres: Dsns):
    for dsn in (postgres.owner, postgres.matching, postgres.gateway):
        assert run_sql(dsn, "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") == "f"


def test_a_wrong_password_is_refused(postgres: Dsns):
    head, _, tail = postgres.matching.rpartition("@")
    with pytest.raises(StartFault, match="password"):
        run_sql(f"{head}x@{tail}", "SELECT 1")


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
        "from libs.localstack.postgres import Postgres; from libs.localstack.valkey import Valkey\n"
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
