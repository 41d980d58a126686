"""Documents expire and jobs are closed by both doors, through the whole stack."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from confluent_kafka import Producer

from tests.e2e.running_stack import RunningStack, until

pytestmark = pytest.mark.e2e

PAST, FUTURE = "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"
NURSE = "Ada Example\nRegistered nurse, six years of intensive care."


@pytest.fixture(scope="module")
def stack(broker_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    folder = tmp_path_factory.mktemp("stack") / "data"
    running = RunningStack(folder, "--broker", broker_kind, EXPIRY_LOOK_SECONDS="0.5")
    yield running
    assert running.stop() == 0


def test_a_document_whose_time_is_over_goes_by_itself_with_a_receipt(stack: RunningStack) -> None:
    _put(stack, "kept", expires_at=FUTURE)
    before = _put(stack, "gone", expires_at=FUTURE)
    changed = _patch(stack, "/resumes/gone", {"expires_at": PAST})
    assert changed.status_code == 200, changed.text
    until(lambda: stack.document("resume", "gone") is None, "the document to expire")
    assert _shown_end(stack, "kept") == FUTURE
    receipt = f"er-{changed.json()['metadata_revision']}-"
    receipt += hashlib.sha256(f"default/resume/gone@{changed.json()['metadata_revision']}".encode()).hexdigest()[:24]
    stores = until(lambda: _emptied(stack, receipt), "the topics to be told")
    assert stores["database"]["status"] == "done"
    assert all(each["id"] != "gone" for each in stack.http.get("/resumes/").json()["items"])
    again = _put(stack, "gone")
    assert (again["expires_at"], again["created_at"] > before["created_at"]) == (None, True)


def test_a_resubmission_with_a_later_end_is_never_erased_by_the_earlier(stack: RunningStack) -> None:
    for number in range(20):
        text = f"{NURSE}\nNumber {number}"
        sent = stack.http.put("/resumes/race", json={"text": text, "expires_at": PAST})
        assert sent.status_code == 202, sent.text
        later = stack.http.put("/resumes/race", json={"text": f"{text}, later", "expires_at": FUTURE})
        assert later.status_code == 202
        shown = stack.ended("resume", "race", text=f"{number}, later")
        assert (shown["status"], shown["expires_at"]) == ("indexed", FUTURE)
    _put(stack, "marker", expires_at=PAST)
    until(lambda: stack.document("resume", "marker") is None, "the looks that came after")
    assert _shown_end(stack, "race") == FUTURE


def test_an_event_names_it_for_a_files_bytes_and_changes_it(stack: RunningStack) -> None:
    _event(stack, "resume/file", NURSE.encode(), "submitted", "text/plain", ce_expiresat=FUTURE)
    stack.ended("resume", "file")
    assert _shown_end(stack, "file") == FUTURE
    _event(stack, "resume/file", b"{}", "metadata-changed", "application/json", ce_expiresat="")
    until(lambda: _shown_end(stack, "file") is None, "the end to be taken back")
    _event(stack, "resume/file", b"", "metadata-changed", "application/json", ce_expiresat=PAST)
    until(lambda: stack.document("resume", "file") is None, "the document to expire")


def test_a_closed_job_is_left_out_of_rankings_until_it_is_open_again(stack: RunningStack) -> None:
    _put(stack, "nurse")
    for id in ("j1", "j2"):
        body = {"title": "Registered nurse", "description": "Intensive care, night shifts."}
        sent = stack.http.put(f"/jobs/{id}", json=body, headers={"prefer": "wait=60"})
        assert (sent.status_code, sent.json()["state"]) == (201, "open")
    units = stack.http.get("/jobs/j1").json()["embedding"]
    closed = _patch(stack, "/jobs/j1", {"state": "closed"})
    assert (closed.status_code, closed.json()["state"], closed.json()["embedding"]) == (200, "closed", units)
    assert _ranked(stack) == [{"j2"}, set(), {"j2"}]
    assert _ranked(stack, "any") == [{"j1", "j2"}, {"j1"}, {"j1", "j2"}]
    assert _ranked(stack, "closed") == [{"j1"}, {"j1"}, {"j1"}]
    assert [each["id"] for each in stack.http.get("/jobs/", params={"state": "closed"}).json()["items"]] == ["j1"]
    assert stack.http.get("/jobs/j1/matches").status_code == 200
    pair = stack.http.post("/matching/calculate", json={"job_id": "j1", "resume_id": "nurse"})
    assert pair.status_code == 200
    assert _patch(stack, "/jobs/j1", {"state": None}).json()["state"] == "open"
    assert _ranked(stack) == [{"j1", "j2"}, {"j1"}, {"j1", "j2"}]


def _ranked(stack: RunningStack, state: str | None = None) -> list[set[str]]:
    """The jobs among a resume's matches, among those like j2, and in a search."""
    params = {} if state is None else {"state": state}
    answers = [
        stack.http.get("/resumes/nurse/matches", params=params),
        stack.http.get("/jobs/j2/similar", params=params),
        stack.http.post("/matching/similarity-search", json={"query": "nurse", "kind": "job", **params}),
    ]
    return [{each["id"] for each in answer.json()["results"]} for answer in answers]


def _put(stack: RunningStack, document_id: str, **fields: Any) -> dict[str, Any]:
    body = {"text": f"{NURSE}\n{document_id}", **fields}
    sent = stack.http.put(f"/resumes/{document_id}", json=body, headers={"prefer": "wait=60"})
    assert sent.status_code in (200, 201), sent.text
    return dict(sent.json())


def _patch(stack: RunningStack, path: str, change: dict[str, Any]) -> httpx.Response:
    headers = {"content-type": "application/merge-patch+json", "prefer": "wait=60"}
    return stack.http.patch(path, content=json.dumps(change), headers=headers)


def _shown_end(stack: RunningStack, document_id: str) -> str | None:
    end: str | None = stack.http.get(f"/resumes/{document_id}").json()["expires_at"]
    return end


def _emptied(stack: RunningStack, receipt: str) -> dict[str, Any] | None:
    answer = stack.http.get(f"/erasures/{receipt}")
    if answer.status_code == 404:
        return None
    stores: dict[str, Any] = answer.json()["stores"]
    return stores if stores["text_topic"]["status"] == "done" else None


def _event(stack: RunningStack, subject: str, value: bytes, type: str, content_type: str, **attributes: str) -> None:
    client = Producer({"bootstrap.servers": stack.info["kafka_bootstrap"], "partitioner": "murmur2_random"})
    headers = {
        "ce_specversion": "1.0",
        "ce_id": f"{subject}-{type}-{attributes}",
        "ce_source": "/ats",
        "ce_type": f"shortlist.document.{type}.v1",
        "content-type": content_type,
        **attributes,
    }
    client.produce("documents.submitted.v1", value, f"default/{subject}".encode(), headers=list(headers.items()))
    assert client.flush(60) == 0
