"""`shortlist load` against a small real gateway: everything ends in the report, whatever the gateway does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.gateway_app import FakeGateway

pytestmark = pytest.mark.unit


def _lines(path: Path, *documents: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(document) + "\n" for document in documents))
    return path


def _report(result: Any) -> dict[str, Any]:
    return json.loads(result.stdout)


def test_files_and_lines_arrive_whole(tmp_path: Path, gateway: FakeGateway, shortlist: Any) -> None:
    (tmp_path / "cv.pdf").write_bytes(b"%PDF-1.7 bytes")
    _lines(tmp_path / "more.jsonl", {"id": "a b", "text": "I cook.", "category": "CHEF"})
    result = shortlist("load", tmp_path, "--kind", "resume", "--id-prefix", "x-", "--json")
    assert result.exit_code == 0
    assert _report(result)["indexed"] == 2
    assert gateway.documents[("resume", "x-cv")].file == ("cv.pdf", "application/pdf", b"%PDF-1.7 bytes")
    assert gateway.documents[("resume", "x-a-b")].fields == {"text": "I cook.", "metadata": {"category": "CHEF"}}


def test_what_failed_is_in_the_table_with_its_reason_and_the_exit_code_is_1(
    tmp_path: Path, gateway: FakeGateway, shortlist: Any
) -> None:
    gateway.failing["scan"] = ("scanned_no_text", "the pages are pictures without text")
    gateway.refused_ids["odd"] = (415, "a file of type image/png is no document")
    for name in ("scan.pdf", "odd.png", "good.pdf"):
        (tmp_path / name).write_bytes(b"x")
    result = shortlist("load", tmp_path, tmp_path / "missing.pdf", "--kind", "resume")
    assert result.exit_code == 1
    for told in ("scanned_no_text", "the pages are pictures", "is no document", "missing.pdf", "no such file"):
        assert told in result.stdout
    report = _report(shortlist("load", tmp_path, tmp_path / "missing.pdf", "--kind", "resume", "--json"))
    assert (report["indexed"], report["failed"]) == (1, 3)
    assert report["failures"][0]["source"].endswith("missing.pdf")


def test_an_overloaded_gateway_gets_everything_in_the_end(tmp_path: Path, gateway: FakeGateway, shortlist: Any) -> None:
    gateway.refusals = [(429, "0"), (503, "0"), (503, None), (429, "0")]
    path = _lines(tmp_path / "r.jsonl", *({"id": str(number), "text": "x"} for number in range(10)))
    result = shortlist("load", path, "--kind", "resume", "--json")
    assert result.exit_code == 0
    assert _report(result)["indexed"] == 10
    assert len(gateway.submissions) == 10


def test_a_gateway_that_stays_overloaded_is_given_up_after_bounded_attempts(
    tmp_path: Path, gateway: FakeGateway, shortlist: Any
) -> None:
    gateway.refusals = [(503, "0")] * 1000
    path = _lines(tmp_path / "r.jsonl", {"id": "a", "text": "x"})
    result = shortlist("load", path, "--kind", "resume", "--json")
    assert result.exit_code == 1
    (failure,) = _report(result)["failures"]
    assert "too much at the moment" in failure["message"]
    assert 1 < gateway.calls["submit"] < 30


def test_many_documents_are_in_flight_but_not_too_many(tmp_path: Path, gateway: FakeGateway, shortlist: Any) -> None:
    path = _lines(tmp_path / "r.jsonl", *({"id": str(number), "text": "x"} for number in range(30)))
    result = shortlist("load", path, "--kind", "resume", "--json")
    assert _report(result)["indexed"] == 30
    assert gateway.most_at_once <= 8


def test_of_two_lines_with_one_id_the_last_is_what_stays(tmp_path: Path, gateway: FakeGateway, shortlist: Any) -> None:
    documents = [{"id": "same", "text": f"version {number}"} for number in range(6)]
    result = shortlist("load", _lines(tmp_path / "r.jsonl", *documents), "--kind", "resume", "--json")
    assert _report(result)["indexed"] == 6
    assert [held.fields["text"] for held in gateway.submissions if held.fields] == [one["text"] for one in documents]


def test_the_end_of_an_older_submission_is_not_taken_for_this_ones(
    tmp_path: Path, gateway: FakeGateway, shortlist: Any
) -> None:
    path = _lines(tmp_path / "r.jsonl", {"id": "a", "text": "first"})
    assert shortlist("load", path, "--kind", "resume").exit_code == 0
    gateway.stale = 2
    gateway.failing["a"] = ("internal", "broke the second time")
    result = shortlist("load", path, "--kind", "resume", "--json")
    assert result.exit_code == 1
    assert _report(result)["failures"][0]["message"] == "broke the second time"


def test_a_document_without_news_is_given_up_and_said(tmp_path: Path, gateway: FakeGateway, shortlist: Any) -> None:
    gateway.stuck = {"stuck"}
    path = _lines(tmp_path / "r.jsonl", {"id": "stuck", "text": "x"}, {"id": "fine", "text": "y"})
    result = shortlist("load", path, "--kind", "resume", "--patience", "1", "--json")
    assert result.exit_code == 1
    report = _report(result)
    assert report["indexed"] == 1
    assert [(one["id"], one["code"]) for one in report["failures"]] == [("stuck", "not_settled")]


def test_without_a_key_it_stops_at_once_with_a_sentence(tmp_path: Path, gateway: FakeGateway, shortlist: Any) -> None:
    gateway.api_key = "secret"
    path = _lines(tmp_path / "r.jsonl", *({"id": str(number), "text": "x"} for number in range(50)))
    result = shortlist("load", path, "--kind", "resume")
    assert result.exit_code == 1
    assert "SHORTLIST_API_KEY" in result.stderr
    assert gateway.calls["submit"] < 20


def test_the_key_is_sent(tmp_path: Path, gateway: FakeGateway, shortlist: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway.api_key = "secret"
    monkeypatch.setenv("SHORTLIST_API_KEY", "secret")
    assert shortlist("load", _lines(tmp_path / "r.jsonl", {"id": "a", "text": "x"}), "--kind", "job").exit_code == 0
