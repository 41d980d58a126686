"""Lists: narrowed by filters, status and time, counted, page by page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from httpx import AsyncClient

from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from services.matching.answers.lists import Listing, page
from services.matching.storage.spaces_table import active_space
from tests.fakes.documents import report, vectors_event
from tests.fakes.explained import PLANS, explained
from tests.fakes.many_documents import fill
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

REVISION = Revision(1000, 1)


async def listed(client: AsyncClient, filters: Any = None, **params: Any) -> list[str]:
    """The ids of a list's only page, whose total is right."""
    if filters is not None:
        params["filters"] = json.dumps(filters)
    answer = await client.get("/documents/resume", params=params)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["total"], body["next_cursor"]) == (len(body["items"]), None)
    return [item["id"] for item in body["items"]]


async def test_a_list_is_narrowed_by_metadata_and_language(matching: Matching, client: AsyncClient) -> None:
    for name, metadata, language in (
        ("ada", {"city": "Bern", "years": 6, "seen": "2026-03-01", "tags": ["nurse", "icu"], "open": True}, "en"),
        ("ben", {"city": "Basel", "years": 2.5, "seen": "2026-02-01T10:00:00Z", "tags": ["nurse"]}, "de"),
        ("eva", {}, "de"),
    ):
        await matching.index(vectors_event(f"default/resume/{name}", REVISION, metadata=metadata, language=language))
    await matching.index(vectors_event("default/job/job", REVISION, metadata={"city": "Bern"}))
    await matching.index(vectors_event("other/resume/theirs", REVISION, metadata={"city": "Bern"}))
    for filters, found in (
        ({}, ["ada", "ben", "eva"]),
        ({"city": "Bern"}, ["ada"]),
        ({"city": ["Bern", "Basel"]}, ["ada", "ben"]),
        ({"city": {"not": "Bern"}}, ["ben", "eva"]),
        ({"city": {"exists": False}}, ["eva"]),
        ({"tags": "nurse"}, ["ada", "ben"]),
        ({"tags": "nurse", "years": {"gte": 3}}, ["ada"]),
        ({"years": {"gt": 2.5}}, ["ada"]),
        ({"years": "6"}, []),
        ({"open": True}, ["ada"]),
        ({"open": "true"}, []),
        ({"seen": {"lt": "2026-02-15"}}, ["ben"]),
        ({"@language": "de"}, ["ben", "eva"]),
        ({"@language": {"not": "de"}}, ["ada"]),
    ):
        assert await listed(client, filters) == found, filters


async def test_filters_follow_the_newest_indexed_metadata_until_the_document_is_erased(
    matching: Matching, client: AsyncClient
) -> None:
    key = "default/resume/ada"
    await matching.index(vectors_event(key, REVISION, metadata={"city": "Bern", "tags": ["a", "b"]}))
    await matching.index(vectors_event(key, Revision(1000, 2), metadata={"city": "Basel", "tags": ["b"]}))
    assert await listed(client, {"city": "Bern"}) == []
    assert await listed(client, {"tags": "a"}) == []
    assert await listed(client, {"city": "Basel", "tags": "b"}) == ["ada"]
    await matching.writer.erase(DocumentKey.parse(key), Revision(1000, 3))
    assert await listed(client, {"city": "Basel"}) == []
    assert await matching.rows("SELECT * FROM matching.filter_values") == []


async def test_what_was_never_indexed_is_listed_but_passes_no_filter(matching: Matching, client: AsyncClient) -> None:
    await matching.writer.note("default", [report("default/resume/new", REVISION, Status.QUEUED)])
    await matching.index(vectors_event("default/resume/old", REVISION, metadata={"city": "Bern"}))
    assert await listed(client) == ["new", "old"]
    assert await listed(client, {"city": {"not": "Basel"}}) == ["old"]


async def test_a_list_of_what_changed_since_a_moment(matching: Matching, client: AsyncClient) -> None:
    for day, name in enumerate(("ada", "ben", "eva"), start=1):
        at = f"2026-11-0{day}T00:00:00Z"
        await matching.writer.note("default", [report(f"default/resume/{name}", REVISION, Status.QUEUED, at=at)])
    assert await listed(client, updated_since="2026-11-02") == ["ben", "eva"]
    assert await listed(client, updated_since="2026-11-02T00:00:00.001Z") == ["eva"]
    assert await listed(client, updated_since="2026-11-02T01:00:00+01:00") == ["ben", "eva"]
    assert await listed(client, updated_since="2026-11-02", status="failed") == []
    shown = (await client.get("/documents/resume/ben")).json()
    assert await listed(client, updated_since=shown["updated_at"]) == ["ben", "eva"]


@pytest.mark.parametrize("filters", ['{"city":null}', "{", '{"city":{"near":"Bern"}}'])
async def test_filters_of_another_form_are_refused(client: AsyncClient, filters: str) -> None:
    answer = await client.get("/documents/resume", params={"filters": filters})
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:shortlist:problem:invalid_filter")


async def test_a_cursor_goes_with_the_filters_and_the_time_it_was_given_for(
    matching: Matching, client: AsyncClient
) -> None:
    for number in range(3):
        await matching.index(vectors_event(f"default/resume/r{number}", REVISION, metadata={"city": "Bern"}))
    params = {"limit": "1", "filters": '{"city": "Bern"}', "updated_since": "2026-01-01"}
    first = (await client.get("/documents/resume", params=params)).json()
    assert (first["items"][0]["id"], first["total"]) == ("r0", 3)
    same = {**params, "cursor": first["next_cursor"], "filters": '{"city":"Bern"}'}
    assert (await client.get("/documents/resume", params=same)).json()["items"][0]["id"] == "r1"
    for other in ({"filters": '{"city": "Basel"}'}, {"updated_since": "2026-01-02"}, {"status": "indexed"}):
        answer = await client.get("/documents/resume", params={**same, **other})
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:shortlist:problem:invalid_cursor"), other


async def test_long_lists_are_whole_counted_to_ten_thousand_and_found_by_their_indexes(
    matching: Matching, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(matching.dsns, 12_000)
    cases: list[tuple[dict[str, str], int, int]] = [
        ({}, 12_000, 200),
        ({"filters": '{"all": "same"}'}, 12_000, 200),
        ({"filters": '{"ten": 3}'}, 1_200, 200),
        ({"filters": '{"hundred": 3}'}, 120, 120),
        ({"status": "failed"}, 24, 24),
        ({"updated_since": "2026-01-09T03:00:00Z"}, 301, 200),
        ({"filters": '{"all": "same"}', "status": "failed"}, 24, 24),
        ({"filters": '{"ten": 3}', "updated_since": "2026-01-09T03:00:00Z"}, 30, 30),
        ({"filters": '{"all": "same"}', "updated_since": "2026-01-01T12:00:00Z"}, 11_281, 200),
        ({"filters": '{"hundred": {"gte": 50}}', "updated_since": "2026-01-01"}, 6_000, 200),
        ({"filters": '{"ten": {"not": 3}}'}, 10_800, 200),
    ]
    for params, count, shown in cases:
        body = (await client.get("/documents/resume", params={**params, "limit": "200"})).json()
        totals = {"total": count} if count <= 10_000 else {"total_at_least": 10_000}
        assert {name: body[name] for name in body if name.startswith("total")} == totals, params
        ids = [item["id"] for item in body["items"]]
        assert (len(ids), ids) == (shown, sorted(ids)), params
        assert (body["next_cursor"] is None) is (count == shown), params
    # The same by any of the ways in which the ids are found.
    pages = []
    for few in (10, 100_000):
        monkeypatch.setattr("services.matching.answers.lists._LOOKED_UP", few)
        pages.append(
            (await client.get("/documents/resume", params={"filters": '{"hundred": 3}', "limit": "50"})).json()
        )
    assert pages[0] == pages[1]


async def test_statements_of_lists_use_their_indexes(matching: Matching) -> None:
    await fill(matching.dsns, 20_000)
    late = datetime(2026, 1, 14, 16, tzinfo=UTC)
    for listing in (
        Listing("default", "resume"),
        Listing("default", "resume", status="failed"),
        Listing("default", "resume", updated_since=late),
        Listing("default", "resume", filters={"all": "same"}),
        Listing("default", "resume", filters={"ten": 3}),
        Listing("default", "resume", filters={"hundred": 3}),
        Listing("default", "resume", filters={"all": "same"}, status="failed"),
        Listing("default", "resume", filters={"all": "same"}, updated_since=late),
        Listing("default", "resume", filters={"ten": 3}, updated_since=late),
    ):
        for plan in PLANS:
            async with explained(matching.dsns.matching, "default", plan) as connection:
                space = await active_space(connection)
                connection.plans.clear()
                found = await page(connection, listing, limit=20, cursor=None, space=space)
            assert len(found.items) == 20, listing
            for each in connection.plans:
                assert "Seq Scan on documents" not in each, f"{plan} {listing}\n{each}"
                assert "Seq Scan on filter_values" not in each, f"{plan} {listing}\n{each}"
