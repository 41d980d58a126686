"""The harness finds what it is there to find: a service that acknowledges before it writes loses documents."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos.faults import FAULTS
from tests.chaos.rounds import run_round
from tests.chaos.system import System

pytestmark = [pytest.mark.chaos, pytest.mark.real_kafka("the embedded broker keeps nothing over its own death")]

EARLY = Path(__file__).parent / "early"


def test_a_matching_that_commits_before_it_writes_is_found_out(broker_kind: str, tmp_path: Path) -> None:
    path = os.pathsep.join([str(EARLY), str(Path.cwd())])
    with System(tmp_path, PYTHONPATH=path) as system:
        found = run_round(system, replace(FAULTS["kill -9 matching"], settle_seconds=25), 1).verdict
    lost = [problem for problem in found.problems if "holds" in problem or "is not in the database" in problem]
    assert lost, found.problems
    assert any("have no end" in problem for problem in found.problems), "the lost ids are told"
