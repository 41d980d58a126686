"""Filters and the time of the last change: handed on as they are meant, or refused by the name of the key."""

from __future__ import annotations

import json
from typing import Any

import pytest

from libs.contracts.filters import MAX_FILTERS_BYTES
from libs.contracts.identifiers import DocumentKey

pytestmark = pytest.mark.unit

SEARCH = "/api/v1/matching/similarity-search"
FILTERS = {"stage": ["interview", "offer"], "years": {"gte": 3}, "@language": "de", "city": {"not": "Zürich"}}
BAD: list[tuple[Any, str]] = [
    ({"city": None}, "'city'"),
    ({"city": {"near": "Bern"}}, "'city'"),
    ({"stage": "x", "years": {"gte": "three"}}, "'years'"),
    ({"tags": []}, "'tags'"),
    (["city"], "object"),
    (5, "object"),
    ("city", "object"),
]


def is_refused(answer: Any, code: str, says: str) -> bool:
    body = answer.json()
    assert (answer.status_code, body["type"]) == (400, f"urn:shortlist:problem:{code}"), answer.text
    return says in body["detail"]


async def test_a_search_hands_filters_on(door: Any, matching: Any) -> None:
    answer = await door.client.post(SEARCH, json={"query": "nurse", "kind": "resume", "filters": FILTERS})
    assert answer.status_code == 200
    assert matching.searches[-1]["filters"] == FILTERS


@pytest.mark.parametrize(("filters", "says"), BAD)
async def test_filters_of_another_form_are_refused_everywhere(
    door: Any, matching: Any, filters: Any, says: str
) -> None:
    search = await door.client.post(SEARCH, json={"query": "nurse", "kind": "resume", "filters": filters})
    assert is_refused(search, "invalid_filter", says)
    for path in ("/resumes/", "/jobs/", "/jobs/j1/matches", "/resumes/r1/matches"):
        answer = await door.client.get(f"/api/v1{path}", params={"filters": json.dumps(filters)})
        assert is_refused(answer, "invalid_filter", says)
    assert (matching.searches, matching.lists, matching.ranked) == ([], [], [])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not JSON"),
        ("city=Bern", "not JSON"),
        ('{"a":NaN}', "'a'"),
        (f'{{"a":"{"x" * MAX_FILTERS_BYTES}"}}', "bytes"),
    ],
)
async def test_what_is_no_json_or_too_long_is_refused(door: Any, text: str, says: str) -> None:
    for path in ("/resumes/", "/jobs/j1/matches"):
        answer = await door.client.get(f"/api/v1{path}", params={"filters": text})
        assert is_refused(answer, "invalid_filter", says)


async def test_lists_and_matches_hand_on_what_narrows_them(door: Any, matching: Any) -> None:
    matching.index(DocumentKey("default", "job", "j1"), "5-1")
    filters = json.dumps(FILTERS, ensure_ascii=False)
    params = {"filters": filters, "updated_since": "2026-03-01T02:00:00+02:00", "status": "indexed"}
    listed = await door.client.get("/api/v1/resumes/", params=params)
    assert listed.status_code == 200
    (asked,) = matching.lists
    assert asked["filters"] == filters
    assert asked["updated_since"] == "2026-03-01T00:00:00+00:00"
    assert (await door.client.get("/api/v1/jobs/j1/matches", params={"filters": filters})).status_code == 200
    assert matching.ranked == [{"limit": "10", "filters": filters}]


async def test_a_list_says_how_many_there_are(door: Any, matching: Any) -> None:
    for number in range(3):
        matching.index(DocumentKey("default", "resume", f"r{number}"), "5-1")
    page = (await door.client.get("/api/v1/resumes/?limit=2")).json()
    assert (len(page["items"]), page["total"]) == (2, 3)
    assert "total_at_least" not in page


@pytest.mark.parametrize("text", ["", "soon", "2026-02-30", "1764000000", "2026-03-01T00:00:00 02:00"])
async def test_a_time_that_cannot_be_read_is_refused(door: Any, text: str) -> None:
    answer = await door.client.get("/api/v1/resumes/", params={"updated_since": text})
    assert is_refused(answer, "invalid_updated_since", "RFC 3339")


async def test_a_plus_that_an_address_has_lost_is_told(door: Any) -> None:
    answer = await door.client.get("/api/v1/jobs/?updated_since=2026-03-01T00:00:00+02:00")
    assert is_refused(answer, "invalid_updated_since", "%2B")
