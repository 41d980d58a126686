"""Deleted means gone: from reads, lists, searches and matches, at every gateway, until a new one comes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from libs.contracts import cloudevents, events, topics
from libs.contracts.identifiers import DocumentKey, receipt_id
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status

pytestmark = pytest.mark.unit

RESUME = DocumentKey("default", "resume", "r1")
JOB = DocumentKey("default", "job", "j1")
URL = "/api/v1/resumes/r1"


async def test_deleting_publishes_the_event_the_status_and_tells_matching(door: Any, matching: Any) -> None:
    matching.index(RESUME, "5-1")
    answer = await door.client.delete(URL)
    assert answer.status_code == 202
    [record] = door.publisher.topics[topics.SUBMITTED]
    assert (record.key, record.value) == (RESUME.encode(), None)
    assert cloudevents.read(record.value, record.headers).type == events.TYPE_DELETED
    status = json.loads(door.publisher.topics[topics.STATUS][-1].value)
    assert status["status"] == "erased"
    made = receipt_id(RESUME, Revision.parse(status["revision"]))
    assert answer.json() == {"links": {"receipt": f"/api/v1/erasures/{made}"}}
    receipt = await door.client.get(answer.json()["links"]["receipt"])
    assert receipt.json()["stores"]["database"]["status"] == "done"


async def test_deleting_twice_is_404_the_second_time(door: Any, matching: Any) -> None:
    matching.index(RESUME, "5-1")
    assert (await door.client.delete(URL)).status_code == 202
    assert (await door.client.delete(URL)).status_code == 404


async def test_a_document_still_on_its_way_can_be_deleted(door: Any) -> None:
    await door.client.put(URL, json={"text": "A nurse"})
    assert (await door.client.delete(URL)).status_code == 202
    assert (await door.client.get(URL)).status_code == 404


async def test_gone_everywhere_even_while_matching_has_not_heard_of_it(open_door: Any, matching: Any) -> None:
    matching.index(RESUME, "5-1")
    matching.index(JOB, "5-2")
    matching.refuses_erasures = True
    async with open_door() as first, open_door() as second:
        assert (await first.client.delete(URL)).status_code == 202
        assert ("default", "resume", "r1") in matching.documents
        for door in (second, first):
            assert (await door.client.get(URL)).status_code == 404
            assert (await door.client.get("/api/v1/resumes/")).json()["items"] == []
            search = {"query": "nurse", "kind": "resume"}
            assert (await door.client.post("/api/v1/matching/similarity-search", json=search)).json()["results"] == []
            assert (await door.client.get("/api/v1/jobs/j1/matches")).json()["results"] == []
            pair = {"job_id": "j1", "resume_id": "r1"}
            assert (await door.client.post("/api/v1/matching/calculate", json=pair)).status_code == 404
            assert (await door.client.get(f"{URL}/matches")).status_code == 404


async def test_a_receipt_that_matching_does_not_hold_yet_is_pending(open_door: Any, matching: Any) -> None:
    matching.index(RESUME, "5-1")
    matching.refuses_erasures = True
    async with open_door() as first, open_door() as second:
        link = (await first.client.delete(URL)).json()["links"]["receipt"]
        await second.client.get(URL)
        receipt = await second.client.get(link)
        assert receipt.status_code == 200
        body = receipt.json()
        assert (body["id"], body["kind"], body["status"]) == (link.rsplit("/", 1)[1], "resume", "pending")
        assert body["revision"] in link
        assert {name: store["status"] for name, store in body["stores"].items()} == {
            **dict.fromkeys(("database", "search_index", "score_log"), "pending"),
            **dict.fromkeys(("text_topic", "vectors_topics", "metadata_topic", "cache"), "pending"),
            # Nothing is done in these: what they hold ages out.
            **dict.fromkeys(("submitted_topic", "metadata_changes_topic", "dead_letters"), "done"),
        }


async def test_the_pending_receipt_has_the_form_of_the_one_that_follows_it(open_door: Any, matching: Any) -> None:
    matching.index(RESUME, "5-1")
    matching.index(DocumentKey("default", "resume", "r2"), "5-2")
    async with open_door() as door:
        kept = await door.client.get((await door.client.delete("/api/v1/resumes/r2")).json()["links"]["receipt"])
        matching.refuses_erasures = True
        pending = await door.client.get((await door.client.delete(URL)).json()["links"]["receipt"])
    assert kept.json().keys() == pending.json().keys()
    assert kept.json()["stores"].keys() == pending.json()["stores"].keys()


async def test_sent_again_it_is_a_new_document_without_the_erased_text(door: Any, matching: Any) -> None:
    matching.index(RESUME, "5-1")
    matching.refuses_erasures = True
    await door.client.delete(URL)
    await door.client.put(URL, json={"text": "Somebody else"})
    body = (await door.client.get(URL)).json()
    assert (body["status"], body["text"], body["indexed_revision"]) == ("queued", None, None)
    search = {"query": "nurse", "kind": "resume"}
    assert (await door.client.post("/api/v1/matching/similarity-search", json=search)).json()["results"] == []
    matching.index(RESUME, body["revision"], text="Somebody else")
    await door.report(RESUME, body["revision"], Status.INDEXED)
    assert (await door.client.get(URL)).json()["text"] == "Somebody else"
    found = await door.client.post("/api/v1/matching/similarity-search", json=search)
    assert [result["id"] for result in found.json()["results"]] == ["r1"]


async def test_waiting_for_an_erasure_answers_the_receipt(door: Any, matching: Any) -> None:
    matching.index(RESUME, "5-1")
    answer = await door.client.delete(URL, headers={"prefer": "wait=5"})
    assert (answer.status_code, answer.headers["preference-applied"]) == (200, "wait=5")
    assert answer.json()["status"] == "done"
    assert answer.json()["links"]["receipt"]


async def test_what_only_ages_out_is_not_waited_for(door: Any, matching: Any) -> None:
    matching.index(RESUME, "5-1")
    matching.cache_forgets = False
    answer = await door.client.delete(URL, headers={"prefer": "wait=5"})
    assert answer.status_code == 200
    cache = answer.json()["stores"]["cache"]
    assert cache["status"] == "pending"
    assert cache["ages_out_at"] > answer.json()["requested_at"]


async def test_what_is_still_to_be_done_is_waited_for(door: Any, matching: Any) -> None:
    matching.index(RESUME, "5-1")
    matching.tombstones_pass = False
    answer = await door.client.delete(URL, headers={"prefer": "wait=1"})
    assert answer.status_code == 202


async def test_on_the_tryout_broker_an_erasure_matching_did_not_keep_is_no_202(open_door: Any, matching: Any) -> None:
    matching.index(RESUME, "5-1")
    matching.refuses_erasures = True
    async with open_door(tryout_stamp=1_700_000_000_000) as door:
        assert (await door.client.delete(URL)).status_code == 503


async def test_whose_existence_cannot_be_told_is_503(door: Any, matching: Any) -> None:
    matching.away = True
    assert (await door.client.delete(URL)).status_code == 503
