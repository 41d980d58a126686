"""How many batches are computed side by side where nobody said it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from services.embedding.engines.cores import usable_cores

pytestmark = pytest.mark.unit
CORES = len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("cpu_max", "cores"),
    [("100000 100000\n", 1), ("50000 100000\n", 1), ("100001 100000\n", min(2, CORES)), ("max 100000\n", CORES)],
)
def test_a_containers_quota_bounds_the_cores(tmp_path: Path, cpu_max: str, cores: int) -> None:
    path = tmp_path / "cpu.max"
    path.write_text(cpu_max)
    assert usable_cores(path) == cores


def test_without_a_control_group_all_cores_are_used_that_the_process_may_run_on(tmp_path: Path) -> None:
    assert usable_cores(tmp_path / "cpu.max") == CORES
