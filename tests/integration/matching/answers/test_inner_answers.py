"""Applicants and documents like one over the inner HTTP: forms and refusals."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import AsyncClient

from libs.contracts.revision import Revision
from tests.fakes.documents import vectors_event
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

REVISION = Revision(1000, 1)
TEXT = "Registered nurse for intensive care\nYou must have experience in ventilation\nDocumentation in English"


async def test_applicants_and_similar_documents_are_answered_and_what_cannot_be_is_refused(
    matching: Matching, client: AsyncClient
) -> None:
    await matching.index(
        vectors_event("default/job/ward", REVISION, TEXT),
        vectors_event("default/resume/nurse", REVISION, TEXT),
        vectors_event("default/resume/other", REVISION, TEXT + "\nNight shifts"),
        vectors_event("foreign/resume/hidden", REVISION, TEXT),
    )
    asked: dict[str, Any] = {"job_id": "ward", "resume_ids": ["other", "hidden", "nurse"]}
    found = (await client.post("/calculate", json=asked)).json()
    assert {result["id"] for result in found["results"]} == {"other", "nurse"}
    assert found["unscored"] == [{"id": "hidden", "reason": "unknown"}]
    alone = (await client.post("/calculate", json={"job_id": "ward", "resume_id": "nurse"})).json()
    (nurse,) = [result for result in found["results"] if result["id"] == "nurse"]
    assert nurse["score"] == alone["score"]

    like = (await client.get("/documents/resume/nurse/similar")).json()
    assert [result["id"] for result in like["results"]] == ["other"]
    assert (await client.get("/documents/resume/nobody/similar")).status_code == 404

    refused: list[dict[str, Any]] = [
        {"job_id": "ward"},
        {"job_id": "ward", "resume_id": "nurse", "resume_ids": ["nurse"]},
        {"job_id": "ward", "resume_ids": []},
        {"job_id": "ward", "resume_ids": ["nurse", "nurse"]},
        {"job_id": "ward", "resume_ids": [f"r{number}" for number in range(1001)]},
    ]
    for body in refused:
        assert (await client.post("/calculate", json=body)).status_code == 400, body
    for path in ("/documents/resume/nurse/similar", "/documents/job/ward/matches"):
        answer = await client.get(path, params={"filters": "[1"})
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:shortlist:problem:invalid_filter")
