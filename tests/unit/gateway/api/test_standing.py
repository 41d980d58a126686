"""Until when a document is kept and a job's state, through the API: named, changed, asked for, or refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from libs.contracts import cloudevents, events, topics
from libs.contracts.cloudevents import CloudEvent
from libs.contracts.identifiers import DocumentKey

pytestmark = pytest.mark.unit

R1, J1 = DocumentKey("default", "resume", "r1"), DocumentKey("default", "job", "j1")
MERGE_PATCH = {"content-type": "application/merge-patch+json"}
SEARCH = "/api/v1/matching/similarity-search"
END = "2027-01-01T00:00:00Z"


def submitted(door: Any) -> CloudEvent:
    record = door.publisher.topics[topics.SUBMITTED][-1]
    return cloudevents.read(record.value, record.headers)


def is_refused(answer: Any, code: str) -> bool:
    return (answer.status_code, answer.json()["type"]) == (400, f"urn:shortlist:problem:{code}")


@pytest.mark.parametrize(
    ("path", "body", "sent"),
    [
        ("/resumes/r1", {"text": "A nurse", "expires_at": "2027-01-01T01:00:00+01:00"}, {"expires_at": END}),
        ("/resumes/r1", {"text": "A nurse", "expires_at": None, "state": None}, {"expires_at": None}),
        ("/resumes/r1", {"text": "A nurse"}, {}),
        ("/jobs/j1", {"title": "Nurse", "state": "closed"}, {"state": "closed"}),
        ("/jobs/j1", {"title": "Nurse", "state": None, "expires_at": END}, {"state": None, "expires_at": END}),
    ],
)
async def test_a_body_hands_on_what_it_names(door: Any, path: str, body: Any, sent: dict[str, Any]) -> None:
    assert (await door.client.put(f"/api/v1{path}", json=body)).status_code == 202
    found = json.loads(submitted(door).data or b"")
    assert {name: found[name] for name in ("expires_at", "state") if name in found} == sent


async def test_a_form_has_parts_for_it_and_sends_them_beside_the_files_bytes(door: Any) -> None:
    parts = {"expires_at": "2027-01-01T01:00:00+01:00", "state": "closed"}
    answer = await door.client.put("/api/v1/jobs/j1", files={"file": ("a.pdf", b"%PDF")}, data=parts)
    assert answer.status_code == 202
    assert submitted(door).attributes["expiresat"] == END
    assert submitted(door).attributes["state"] == "closed"
    await door.client.put("/api/v1/resumes/r1", files={"file": ("a.pdf", b"%PDF")}, data={"expires_at": ""})
    assert submitted(door).attributes["expiresat"] == ""
    await door.client.put("/api/v1/resumes/r1", files={"file": ("a.pdf", b"%PDF")})
    assert not {"expiresat", "state"} & submitted(door).attributes.keys()


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/resumes/r1", {"text": "A nurse", "expires_at": "2027-01-01"}, "invalid_expires_at"),
        ("/resumes/r1", {"text": "A nurse", "expires_at": 5}, "invalid_expires_at"),
        ("/resumes/r1", {"basics": {"name": "Ada"}, "expires_at": "soon"}, "invalid_expires_at"),
        ("/resumes/r1", {"text": "A nurse", "state": "open"}, "invalid_state"),
        ("/jobs/j1", {"title": "Nurse", "expires_at": "2027-01-01T00:00:00"}, "invalid_expires_at"),
        ("/jobs/j1", {"title": "Nurse", "state": "CA"}, "invalid_state"),
        ("/jobs/j1", {"title": "Nurse", "state": True}, "invalid_state"),
    ],
)
async def test_another_form_is_refused_and_nothing_written(
    door: Any, matching: Any, path: str, body: Any, code: str
) -> None:
    matching.index(R1, "1000-1")
    matching.index(J1, "1000-1")
    assert is_refused(await door.client.put(f"/api/v1{path}", json=body), code)
    change = json.dumps({name: body[name] for name in body if name in ("expires_at", "state")})
    assert is_refused(await door.client.patch(f"/api/v1{path}", content=change, headers=MERGE_PATCH), code)
    parts = {name: str(value) for name, value in body.items() if name in ("expires_at", "state")}
    form = await door.client.put(f"/api/v1{path}", files={"file": ("a.pdf", b"%PDF")}, data=parts)
    assert is_refused(form, code)
    assert door.publisher.topics[topics.SUBMITTED] == []


async def test_parts_of_a_form_are_texts_and_one_of_each(door: Any) -> None:
    twice = {"expires_at": [END, END]}
    answer = await door.client.put("/api/v1/resumes/r1", files={"file": ("a.pdf", b"%PDF")}, data=twice)
    assert is_refused(answer, "invalid_body")


async def test_another_systems_posting_may_have_a_state_of_its_own(door: Any) -> None:
    lever = {"text": "Welder", "lists": [{"text": "You", "content": "<li>Weld hulls</li>"}], "state": "published"}
    assert (await door.client.put("/api/v1/jobs/j1", json=lever)).status_code == 202


@pytest.mark.parametrize(
    ("body", "patch", "attributes"),
    [
        ({"expires_at": END}, {}, {"expiresat": END}),
        ({"expires_at": None}, {}, {"expiresat": ""}),
        ({"state": "closed", "metadata": {"a": 1}}, {"a": 1}, {"state": "closed"}),
        ({"state": None, "expires_at": END}, {}, {"state": "", "expiresat": END}),
        ({"metadata": {"state": "CA"}}, {"state": "CA"}, {}),
    ],
)
async def test_a_change_says_it_beside_the_merge_patch_of_the_metadata(
    door: Any, matching: Any, body: Any, patch: Any, attributes: dict[str, str]
) -> None:
    matching.index(J1, "1000-1")
    answer = await door.client.patch("/api/v1/jobs/j1", content=json.dumps(body), headers=MERGE_PATCH)
    assert answer.status_code == 202
    event = submitted(door)
    assert (event.type, json.loads(event.data or b"")) == (events.TYPE_METADATA_CHANGED, patch)
    assert {name: event.attributes[name] for name in ("expiresat", "state") if name in event.attributes} == attributes


async def test_a_caller_that_waits_is_answered_once_matching_has_the_change(door: Any, matching: Any) -> None:
    matching.index(J1, "1764000000001-9", state="closed", expires_at=END)
    headers = {**MERGE_PATCH, "prefer": "wait=5"}
    answer = await door.client.patch("/api/v1/jobs/j1", content=json.dumps({"state": "closed"}), headers=headers)
    assert (answer.status_code, answer.json()["state"], answer.json()["expires_at"]) == (200, "closed", END)


@pytest.mark.parametrize("state", ["open", "closed", "any"])
async def test_the_state_that_jobs_are_asked_for_is_handed_on(door: Any, matching: Any, state: str) -> None:
    matching.index(R1, "1000-1")
    matching.index(J1, "1000-1")
    for path in ("/resumes/r1/matches", "/jobs/j1/similar"):
        assert (await door.client.get(f"/api/v1{path}", params={"state": state})).status_code == 200
        assert matching.ranked[-1]["state"] == state
    assert (await door.client.get("/api/v1/jobs/", params={"state": state})).status_code == 200
    assert matching.lists[-1]["state"] == state
    asked = {"query": "nurse", "kind": "job", "state": state}
    assert (await door.client.post(SEARCH, json=asked)).status_code == 200
    assert matching.searches[-1]["state"] == state


async def test_without_one_none_is_handed_on(door: Any, matching: Any) -> None:
    matching.index(R1, "1000-1")
    await door.client.get("/api/v1/resumes/r1/matches")
    await door.client.post(SEARCH, json={"query": "nurse", "kind": "job", "state": None})
    assert "state" not in matching.ranked[-1]
    assert "state" not in matching.searches[-1]


async def test_resumes_are_asked_for_no_state_and_jobs_for_no_other(door: Any, matching: Any) -> None:
    matching.index(R1, "1000-1")
    matching.index(J1, "1000-1")
    for path in ("/jobs/j1/matches", "/resumes/r1/similar", "/resumes/"):
        assert is_refused(await door.client.get(f"/api/v1{path}", params={"state": "open"}), "invalid_state")
    for path in ("/resumes/r1/matches", "/jobs/j1/similar", "/jobs/"):
        assert is_refused(await door.client.get(f"/api/v1{path}", params={"state": "paused"}), "invalid_state")
    for kind, state in (("resume", "open"), ("job", "paused"), ("job", 5), ("job", ["open"])):
        answer = await door.client.post(SEARCH, json={"query": "nurse", "kind": kind, "state": state})
        assert is_refused(answer, "invalid_state")
    assert (matching.searches, matching.lists, matching.ranked) == ([], [], [])
