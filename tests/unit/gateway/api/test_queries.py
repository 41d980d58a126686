"""Search texts and q, on their way to matching and back."""

from __future__ import annotations

from typing import Any

import pytest

from libs.contracts.identifiers import DocumentKey

pytestmark = pytest.mark.unit

SEARCH = "/api/v1/matching/similarity-search"


async def test_a_search_says_how_its_text_was_read(door: Any, matching: Any) -> None:
    query = '("team lead" OR manager) -intern'
    answer = await door.client.post(SEARCH, json={"query": query, "kind": "resume"})
    assert answer.json()["read_as"] == "query"
    assert [search["query"] for search in matching.searches] == [query]


@pytest.mark.parametrize("query", ["C", "8", "会", "½", "Ж"])
async def test_one_letter_or_digit_is_enough_to_search_by(door: Any, matching: Any, query: str) -> None:
    assert (await door.client.post(SEARCH, json={"query": query, "kind": "job"})).status_code == 200
    assert (await door.client.get("/api/v1/resumes", params={"q": query})).status_code == 200


async def test_a_person_is_asked_for_beside_status_and_limit(door: Any, matching: Any) -> None:
    matching.index(DocumentKey("default", "resume", "r1"), "1-1")
    params = {"q": "maria.gonzalez@ +1 555", "status": "indexed", "limit": 5}
    answer = await door.client.get("/api/v1/resumes/", params=params)
    assert [item["id"] for item in answer.json()["items"]] == ["r1"]
    assert matching.lists == [{"q": "maria.gonzalez@ +1 555", "status": "indexed", "limit": "5"}]


async def test_only_lists_of_resumes_are_described_with_q(door: Any) -> None:
    paths = (await door.client.get("/openapi.json")).json()["paths"]
    named = {
        path: [each["name"] for each in paths[path]["get"]["parameters"]]
        for path in ("/api/v1/resumes", "/api/v1/jobs")
    }
    assert "q" in named["/api/v1/resumes"]
    assert "q" not in named["/api/v1/jobs"]
