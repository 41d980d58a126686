"""What a running stack seldom says, held against the published description: no key, a part away, a status lost."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from libs.contracts.identifiers import DocumentKey
from tests.described_answers import DescribedAnswers

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def described() -> DescribedAnswers:
    return DescribedAnswers()


async def test_a_caller_without_a_key_is_refused_as_described(locked_door: Any, described: DescribedAnswers) -> None:
    for path in ("/api/v1/resumes", "/api/v1/jobs/j1/matches", "/api/v1/health/detailed", "/api/v1/erasures/er-1-1-0"):
        answer = await locked_door.client.get(path)
        assert answer.status_code == 401
        described.check_read(answer)


async def test_what_is_told_while_matching_is_away_is_as_described(
    door: Any, matching: Any, described: DescribedAnswers
) -> None:
    await door.client.put("/api/v1/resumes/r1", json={"text": "A nurse"})
    matching.away = True
    for path, status in (
        ("/api/v1/resumes/r1", 200),
        ("/api/v1/jobs/nobody", 503),
        ("/api/v1/jobs", 503),
        ("/api/v1/health/detailed", 200),
    ):
        answer = await door.client.get(path)
        assert answer.status_code == status
        described.check_read(answer)
    assert answer.json()["parts"]["matching"]["status"] == "down"


async def test_a_write_whose_status_is_lost_names_its_id_as_described(
    open_door: Any, matching: Any, described: DescribedAnswers
) -> None:
    matching.away = True
    async with open_door(tryout_stamp=1_700_000_000_000) as door:
        answer = await door.client.post("/api/v1/resumes", json={"text": "A nurse"})
    assert answer.status_code == 503
    assert answer.json()["id"]
    described.check_read(answer)


async def test_what_is_found_in_a_text_is_as_described(door: Any, matching: Any, described: DescribedAnswers) -> None:
    stretch = {"start": 0, "end": 6}
    number = {**stretch, "value": 5.0, "at_most": None, "unit": "years"}
    asked = {**stretch, "text": "A text", "necessity": "must", "numbers": [number]}
    entry = {**stretch, "type": "education", "from": "2015", "to": "2017-06-30", "level": "master", "months": 24}
    found = {
        "sections": [{**stretch, "title": "A", "kind": "skills"}],
        "identity_spans": [{**stretch, "type": "protected"}],
        "mentions": [{**stretch, "type": "degree", "name": "MSc", "level": "master", "state": "other_person"}],
        "disclaimed_spans": [{**stretch, "state": "other_person"}],
        "notes": [{"code": "hidden_text", "message": "White text was left out."}],
    }
    of_kind = {"resume": {"entries": [entry]}, "job": {"requirements_found": [{**asked, "parts": [asked]}]}}
    for kind, more in of_kind.items():
        matching.index(DocumentKey("default", kind, "d1"), "5-1", **found, **more)
        answer = await door.client.get(f"/api/v1/{kind}s/d1")
        described.check_read(answer)
        shown = answer.json()
        assert all(shown[name] for name in (*found, *more))
        described.check_read(listed := await door.client.get(f"/api/v1/{kind}s"))
        assert not listed.json()["items"][0].keys() & {"text", *found, *more}


async def test_a_field_that_is_not_described_is_noticed(door: Any, matching: Any, described: DescribedAnswers) -> None:
    matching.index(DocumentKey("default", "resume", "r1"), "5-1")
    answer = await door.client.get("/api/v1/resumes/r1")
    described.check_read(answer)
    more = {**answer.json(), "surprise": True}
    with pytest.raises(AssertionError, match="surprise"):
        described.check_read(httpx.Response(200, json=more, request=answer.request))
    with pytest.raises(AssertionError, match="this status is not described"):
        described.check_read(httpx.Response(207, json=more, request=answer.request))
