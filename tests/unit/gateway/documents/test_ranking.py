"""Scores of all applicants, and documents like one: what a caller may ask, and that what is deleted is not shown."""

from __future__ import annotations

from typing import Any

import pytest

from libs.contracts.identifiers import DocumentKey
from libs.contracts.statuses import Status

pytestmark = pytest.mark.unit

JOB = DocumentKey("default", "job", "j1")
CALCULATE = "/api/v1/matching/calculate"
MANY = [f"r{number}" for number in range(1001)]


def _resume(id: str) -> DocumentKey:
    return DocumentKey("default", "resume", id)


async def test_all_applicants_of_a_job_are_scored_and_the_others_named_with_the_reason(
    door: Any, matching: Any
) -> None:
    matching.index(JOB, "5-1")
    matching.index(_resume("scored"), "5-2")
    matching.index(_resume("deleted"), "5-3")
    matching.refuses_erasures = True
    await door.report(_resume("on-its-way"), "6-1", Status.QUEUED)
    assert (await door.client.delete("/api/v1/resumes/deleted")).status_code == 202
    ids = ["never-seen", "scored", "deleted", "on-its-way"]
    answer = await door.client.post(CALCULATE, json={"job_id": "j1", "resume_ids": ids})
    assert answer.status_code == 200, answer.text
    assert [result["id"] for result in answer.json()["results"]] == ["scored"]
    assert answer.json()["unscored"] == [
        {"id": "never-seen", "reason": "unknown"},
        {"id": "deleted", "reason": "unknown"},
        {"id": "on-its-way", "reason": "not_indexed"},
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"job_id": "j1"}, "invalid_body"),
        ({"job_id": "j1", "resume_id": "r1", "resume_ids": ["r1"]}, "invalid_body"),
        ({"job_id": "j1", "resume_ids": []}, "invalid_body"),
        ({"job_id": "j1", "resume_ids": MANY}, "invalid_body"),
        ({"job_id": "j1", "resume_ids": ["r1", "r1"]}, "invalid_body"),
        ({"job_id": "j1", "resume_ids": ["r/1"]}, "invalid_id"),
    ],
)
async def test_applicants_that_cannot_be_asked_for_are_refused(
    door: Any, matching: Any, body: dict[str, Any], code: str
) -> None:
    matching.index(JOB, "5-1")
    answer = await door.client.post(CALCULATE, json=body)
    assert (answer.status_code, answer.json()["type"]) == (400, f"urn:shortlist:problem:{code}")


async def test_a_job_that_is_not_there_is_told_for_applicants_as_for_one(door: Any) -> None:
    answer = await door.client.post(CALCULATE, json={"job_id": "j1", "resume_ids": ["r1"]})
    assert answer.status_code == 404


async def test_documents_like_one_are_shown_without_those_that_were_deleted(door: Any, matching: Any) -> None:
    for id in ("r1", "like", "deleted"):
        matching.index(_resume(id), "5-1")
    matching.refuses_erasures = True
    assert (await door.client.delete("/api/v1/resumes/deleted")).status_code == 202
    answer = await door.client.get("/api/v1/resumes/r1/similar")
    assert answer.json() == {"results": [{"id": "like", "title": "A title", "score": 50.0}], "degraded": False}
    assert (await door.client.get("/api/v1/resumes/deleted/similar")).status_code == 404
    assert (await door.client.get("/api/v1/resumes/r1/similar?limit=101")).status_code == 400


@pytest.mark.parametrize("path", ["/api/v1/jobs/j1/matches", "/api/v1/jobs/j1/similar"])
async def test_filters_reach_matching_as_they_were_given(door: Any, matching: Any, path: str) -> None:
    matching.index(JOB, "5-1")
    filters = '{"stage":["interview","offer"]}'
    assert (await door.client.get(path, params={"filters": filters})).status_code == 200
    assert (await door.client.get(path)).status_code == 200
    assert matching.filters == [filters, None]
