"""One limit at both doors: what REST takes, ingest takes too, and what REST refuses would have failed there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from libs.contracts import topics
from libs.contracts.errors import RecordRejected
from services.ingest.parsing.content import Content
from services.ingest.parsing.parsing import parse

pytestmark = pytest.mark.unit

LIMIT = 200_000
LONGEST = "word " * (LIMIT // 5)

BODIES: list[tuple[str, str, dict[str, Any], str | None]] = [
    ("spaces do not count", "resume", {"text": "word" + " " * 250_000 + "word"}, None),
    ("words and single spaces do", "resume", {"text": LONGEST + "words"}, "too_large"),
    ("the last space of a full text does not", "resume", {"text": LONGEST}, None),
    ("accents that join their letters do not", "resume", {"text": "e\u0301" * LIMIT}, None),
    ("a letter more does", "resume", {"text": "e\u0301" * LIMIT + "e"}, "too_large"),
    ("what joins a job's fields does", "job", {"title": "a" * 100_000, "description": "b" * 100_000}, "too_large"),
    ("a job that just fits", "job", {"title": "a" * 99_999, "description": "b" * 99_999}, None),
    ("a job of many spaces", "job", {"title": "a", "requirements": [" " * 399_997, "b"]}, None),
    ("a job of too many spaces", "job", {"title": "a", "requirements": [" " * 400_000, "b"]}, "too_large"),
    ("half an emoji", "resume", {"text": "A nurse \ud83d"}, None),
    ("nothing but half an emoji", "resume", {"text": "\ud83d"}, "empty"),
    ("nothing but invisible characters", "job", {"title": "\u200b\u00ad", "requirements": ["\u0000"]}, "empty"),
]


@pytest.mark.parametrize(("kind", "body", "code"), [case[1:] for case in BODIES], ids=[case[0] for case in BODIES])
async def test_rest_and_events_take_and_refuse_the_same(
    door: Any, kind: str, body: dict[str, Any], code: str | None
) -> None:
    sent = json.dumps(body).encode()
    assert code_of_event(kind, sent) == code
    answer = await door.client.put(f"/api/v1/{kind}s/x", content=sent, headers={"content-type": "application/json"})
    if code is not None:
        assert (answer.status_code, answer.json()["type"]) == (
            {"too_large": 413, "empty": 400}[code],
            f"urn:shortlist:problem:{code}",
        )
        assert answer.json()["detail"]
        return
    assert answer.status_code == 202
    assert code_of_event(kind, door.publisher.topics[topics.SUBMITTED][0].value) is None


async def test_half_an_emoji_in_any_field_is_taken_out(door: Any) -> None:
    body: dict[str, Any] = {"title": "Nurse \ud83d", "requirements": ["RN \ude00"]}
    body["metadata"] = {"team\ud83d": ["a\ud83d"], "size": 1.5, "open": True}
    answer = await door.client.put(
        "/api/v1/jobs/j1", content=json.dumps(body), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 202
    assert json.loads(door.publisher.topics[topics.SUBMITTED][0].value) == {
        "title": "Nurse ",
        "requirements": ["RN "],
        "metadata": {"team": ["a"], "size": 1.5, "open": True},
    }


async def test_a_text_of_marks_without_end_does_not_hold_the_gateway_up(door: Any) -> None:
    # Put in order, as NFC wants them, they would take hours; whether they are too many is left to ingest's parsers.
    marks = "e" + "\u0301\u0327" * 1_000_000
    answer = await door.client.put("/api/v1/resumes/r1", json={"text": marks})
    assert answer.status_code == 202


async def test_a_json_body_may_be_as_large_as_a_file_and_no_larger(door: Any) -> None:
    taken = await door.client.put("/api/v1/resumes/r1", json={"text": "a" + " " * 8_388_590})
    assert taken.status_code == 202
    refused = await door.client.put("/api/v1/resumes/r1", json={"text": "a" + " " * 8_388_608})
    assert (refused.status_code, refused.json()["type"]) == (413, "urn:shortlist:problem:too_large")


@pytest.mark.parametrize(("name", "type"), [("job.json", "application/json"), ("job.json", "application/ld+json")])
async def test_a_json_file_is_taken_as_ingest_reads_it(door: Any, name: str, type: str) -> None:
    answer = await door.client.post("/api/v1/jobs/", files={"file": (name, b'{"title":"Nurse"}', type)})
    assert answer.status_code == 202
    [record] = door.publisher.topics[topics.SUBMITTED]
    assert record.value == b'{"title":"Nurse"}'
    assert dict(record.headers)["content-type"] == type.encode()
    assert code_of_event("job", record.value) is None


def code_of_event(kind: str, value: bytes) -> str | None:
    """What ingest makes of the body: its code, or None where it is taken."""
    try:
        parse(Content(kind=kind, as_of="2026-11-01", data=value, content_type="application/json"), LIMIT)  # type: ignore[arg-type]
    except RecordRejected as fault:
        return str(fault.code)
    return None
