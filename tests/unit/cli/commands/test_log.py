"""`shortlist log`: who was shown which score."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fakes.gateway_app import FakeGateway

pytestmark = pytest.mark.unit

ENTRY = {
    "at": "2026-11-30T12:00:00.000Z",
    "answer": "00000000000000ff",
    "place": 3,
    "operation": "job_matches",
    "asked_by": "k-1",
    "actor": "[bold]Ada[/bold]",
    "job_id": "j1",
    "resume_id": "anna",
    "score": 71.3,
    "status": "scored",
    "scoring_version": "v1.1",
    "model": "mini",
}
SHORT = {**ENTRY, "resume_id": "bo", "actor": None, "score": None, "status": "insufficient_data", "place": 4}


def test_scores_are_told_with_when_and_to_whom(gateway: FakeGateway, shortlist: Any) -> None:
    gateway.answers["score_log"] = {"items": [ENTRY, SHORT], "next_cursor": "more"}
    result = shortlist("log", "--job", "j1", "--resume", "anna", "--since", "2026-11-01", "--limit", "7")
    assert result.exit_code == 0, result.output
    assert gateway.log_asked == [{"job_id": "j1", "resume_id": "anna", "since": "2026-11-01", "limit": "7"}]
    # A narrow terminal folds columns.
    shown = "".join(result.stdout.split())
    for told in ("71.3", "anna", "k-1", "[bold]Ada[/bold]", "v1.1", "toolittletext", "--until"):
        assert told in shown


def test_json_is_the_answer_itself_and_nothing_logged_is_said(gateway: FakeGateway, shortlist: Any) -> None:
    gateway.answers["score_log"] = {"items": [ENTRY], "next_cursor": None}
    assert json.loads(shortlist("log", "--resume", "anna", "--json").stdout) == gateway.answers["score_log"]
    gateway.answers["score_log"] = {"items": [], "next_cursor": None}
    assert "No score was shown" in shortlist("log", "--resume", "anna").stdout


def test_without_an_id_nobody_is_asked(gateway: FakeGateway, shortlist: Any) -> None:
    result = shortlist("log")
    assert result.exit_code == 1
    assert "--resume ID" in result.stderr
    assert gateway.log_asked == []
