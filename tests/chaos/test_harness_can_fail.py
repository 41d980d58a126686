"""The harness finds what it is there to find: lost documents, lost deletions, and harms that did not strike."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos.accepted import not_in_the_log
from tests.chaos.fault import nothing, now_ms
from tests.chaos.faults import FAULTS
from tests.chaos.ledger import Sent
from tests.chaos.rounds import run_round
from tests.chaos.system import System

pytestmark = [pytest.mark.chaos, pytest.mark.real_kafka("the embedded broker keeps nothing over its own death")]

EARLY = Path(__file__).parent / "early"


def test_a_matching_that_commits_before_it_writes_is_found_out_and_so_is_a_harm_that_did_not_strike(
    broker_kind: str, tmp_path: Path
) -> None:
    path = os.pathsep.join([str(EARLY), str(Path.cwd())])
    with System(tmp_path, PYTHONPATH=path) as system:
        idle = run_round(system, replace(FAULTS["kill -9 ingest"], strike=nothing, settle_seconds=25), 1).verdict
        assert "the fault struck 0 times, not 1 as planned" in idle.problems
        found = run_round(system, replace(FAULTS["kill -9 matching"], settle_seconds=25), 1).verdict
        lost = [problem for problem in found.problems if "holds" in problem or "is not in the database" in problem]
        assert lost, found.problems
        assert any("have no end" in problem for problem in found.problems), "the lost ids are told"
        # A deletion that was answered 202 and never came into the log.
        system.ledger.sent.append(Sent("default/resume/gone", "delete", "", now_ms(), receipt="/erasures/none"))
        assert any("deletions of default/resume/gone" in problem for problem in not_in_the_log(system))
