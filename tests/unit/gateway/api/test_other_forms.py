"""Resumes and jobs in other systems' JSON are handed on as they came; what nobody can read is refused at the door."""

from __future__ import annotations

import json
from typing import Any

import pytest

from libs.contracts import topics
from services.ingest.parsing.content import Content
from services.ingest.parsing.parsing import parse

pytestmark = pytest.mark.unit

JSON_RESUME = {"$schema": "x", "basics": {"name": "Ingrid Moen"}, "work": [{"position": "Welder"}], "meta": {"a": {}}}
GREENHOUSE = {"id": 4711, "title": "Welder", "content": "&lt;p&gt;Docks&lt;/p&gt;", "metadata": [{"id": 1}]}
LEVER = {"id": "0b1c", "text": "Welder", "lists": [{"text": "You have", "content": "<li>TIG</li>"}]}
JOB_POSTING = {"@type": "JobPosting", "title": "Welder", "qualifications": "TIG"}


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("resume", JSON_RESUME, "Ingrid Moen\n\nExperience\nWelder"),
        ("job", GREENHOUSE, "Welder\n\nDocks"),
        ("job", LEVER, "Welder\n\nYou have\n• TIG"),
        ("job", JOB_POSTING, "Welder\n\nQualifications\nTIG"),
    ],
)
async def test_it_is_taken_and_ingest_reads_it(door: Any, kind: Any, body: dict[str, Any], text: str) -> None:
    answer = await door.client.put(f"/api/v1/{kind}s/x1", json=body)
    assert answer.status_code == 202
    [record] = door.publisher.topics[topics.SUBMITTED]
    content = Content(kind=kind, as_of="2026-11-01", data=record.value, content_type="application/json")
    assert parse(content, 200_000).text == text


async def test_a_json_resume_may_name_its_id_and_our_metadata(door: Any) -> None:
    answer = await door.client.post("/api/v1/resumes/", json={**JSON_RESUME, "id": "r7", "metadata": {"city": "Oslo"}})
    assert (answer.status_code, answer.json()["id"]) == (202, "r7")
    [record] = door.publisher.topics[topics.SUBMITTED]
    assert record.key == b"default/resume/r7"
    refused = await door.client.post("/api/v1/resumes/", json={**JSON_RESUME, "metadata": {"a": {"b": 1}}})
    assert (refused.status_code, refused.json()["type"]) == (400, "urn:shortlist:problem:invalid_metadata")
    refused = await door.client.post("/api/v1/resumes/", json={**JSON_RESUME, "id": 7})
    assert (refused.status_code, refused.json()["type"]) == (400, "urn:shortlist:problem:invalid_body")


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("resume", {"name": "Ada", "experience": []}, ["name, experience", "text", "basics"]),
        ("job", {"position": "Welder"}, ["position", "title", "description", "requirements"]),
    ],
)
async def test_an_unknown_form_is_refused_with_the_fields_that_work(
    door: Any, kind: str, body: dict[str, Any], words: list[str]
) -> None:
    answer = await door.client.post(f"/api/v1/{kind}s/", json=body)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:shortlist:problem:invalid_body")
    assert all(word in answer.json()["detail"] for word in words)


async def test_html_longer_than_a_text_may_be_is_left_to_ingest_which_knows_its_text(door: Any) -> None:
    page = '<p style="margin: 0; padding: 0; font-family: sans-serif">Docks</p>' * 4_000
    assert (await door.client.post("/api/v1/resumes/", json={"text": page})).status_code == 202
    assert (await door.client.post("/api/v1/resumes/", json={"text": "Docks " * 40_000})).status_code == 413


async def test_a_body_of_another_form_may_be_no_larger_than_a_file(door: Any) -> None:
    body = {"basics": {"name": "Ada", "summary": "a" * 8_388_608}}
    answer = await door.client.post(
        "/api/v1/resumes/", content=json.dumps(body), headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:shortlist:problem:too_large")


async def test_a_page_may_be_sent_as_a_file(door: Any) -> None:
    for media_type in ("text/html; charset=utf-8", "application/xhtml+xml"):
        answer = await door.client.put("/api/v1/jobs/j1", content=b"<p>Docks</p>", headers={"content-type": media_type})
        assert answer.status_code == 202
