"""Which tests a broker cannot pass is written down: none is left out unnoticed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import broker_counts
from tests.both_brokers import EMBEDDED, KAFKA

pytestmark = pytest.mark.contract

WRITTEN = Path("tests/not_applicable.txt")
WRITE_AGAIN = f"pytest --collect-only -q --write-not-applicable {WRITTEN}, with KAFKA_HOME set"


def test_the_list_of_what_a_broker_cannot_pass_is_the_written_one(tmp_path: Path) -> None:
    found = tmp_path / "found.txt"
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "--write-not-applicable", str(found)]
    # Nothing is started: any KAFKA_HOME makes the tests of both brokers be collected.
    done = subprocess.run(
        command, env={**os.environ, "KAFKA_HOME": "/any"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert found.read_text() == WRITTEN.read_text(), f"write it again: {WRITE_AGAIN}"


def test_every_test_left_out_says_why() -> None:
    for line in WRITTEN.read_text().splitlines():
        kind, name, reason = line.split(": ", 2)
        assert kind in (EMBEDDED, KAFKA)
        assert "::" in name
        assert len(reason) > 10


def test_counts_of_several_runs_are_added_up_for_each_broker(tmp_path: Path) -> None:
    file = tmp_path / "counts.jsonl"
    broker_counts.add(file, {"embedded": {"passed": 7, "not applicable": 1}, "kafka": {"passed": 5, "failed": 1}})
    broker_counts.add(file, {"embedded": {"passed": 1}, "kafka": {"passed": 9}})
    assert broker_counts.lines(("embedded", "kafka"), broker_counts.total(file)) == [
        "embedded: 8 passed, 0 failed, 0 error, 0 skipped, 1 not applicable",
        "kafka: 14 passed, 1 failed, 0 error, 0 skipped, 0 not applicable",
    ]
