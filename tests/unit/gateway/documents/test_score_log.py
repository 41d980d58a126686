"""Who asks is told to matching, and the log is shown to callers without whom they deleted."""

from __future__ import annotations

from typing import Any

import pytest

from libs.contracts.identifiers import DocumentKey
from libs.contracts.inner.asking import Asker
from libs.contracts.inner.score_log import LoggedScore
from libs.contracts.statuses import Status

pytestmark = pytest.mark.unit

LOG = "/api/v1/score-log"
JOB, RESUME = DocumentKey("default", "job", "j1"), DocumentKey("default", "resume", "r1")
ASKED: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/api/v1/jobs/j1/matches", {}),
    ("GET", "/api/v1/resumes/r1/matches", {}),
    ("POST", "/api/v1/matching/calculate", {"json": {"job_id": "j1", "resume_id": "r1"}}),
    ("POST", "/api/v1/matching/calculate", {"json": {"job_id": "j1", "resume_ids": ["r1"]}}),
]


@pytest.fixture
def indexed(matching: Any) -> Any:
    matching.index(JOB, "5-1")
    matching.index(RESUME, "5-2")
    return matching


def _entry(resume_id: str, revision: str | None = "5-1", job_id: str = "j1") -> LoggedScore:
    return LoggedScore(
        at="2026-11-30T12:00:00.000Z",
        answer="00000000000000ff",
        place=1,
        operation="calculate",
        asked_by="bootstrap",
        actor=None,
        job_id=job_id,
        resume_id=resume_id,
        job_revision="5-1",
        resume_revision=revision,
        job_text_hash="ab" * 32,
        resume_text_hash=None if revision is None else "cd" * 32,
        job_structure_version=1,
        resume_structure_version=1,
        score=50.0,
        status="scored",
        scoring_version="v1.1",
        reading_version=1,
        model="hash",
        space="0a0b0c0d",
    )


@pytest.mark.parametrize(("method", "path", "body"), ASKED)
@pytest.mark.parametrize("actor", ["Zoë Müller", "李雷 (HR)", "u-17@example.org"])
async def test_the_key_and_the_person_who_looks_are_told_to_matching(
    door: Any, indexed: Any, method: str, path: str, body: dict[str, Any], actor: str
) -> None:
    headers = {"Shortlist-Actor": actor.encode()}
    answer = await door.client.request(method, path, headers=headers, **body)
    assert answer.status_code == 200, answer.text
    assert (await door.client.request(method, path, **body)).status_code == 200
    assert indexed.askers == [Asker("open", actor), Asker("open", None)]


async def test_a_key_is_told_by_its_public_id_and_never_by_itself(locked_door: Any, indexed: Any) -> None:
    key = "a-bootstrap-key-of-some-length"
    headers = {"Authorization": f"Bearer {key}", "Shortlist-Actor": "Ada", "Shortlist-Asked-By": "somebody"}
    assert (await locked_door.client.get("/api/v1/jobs/j1/matches", headers=headers)).status_code == 200
    assert indexed.askers == [Asker("bootstrap", "Ada")]


@pytest.mark.parametrize("actor", [b"", b"x" * 201, b"a\tb", b"\xff", "\u202eAda".encode(), "\u2028".encode()])
async def test_an_actor_that_cannot_be_a_name_is_refused(door: Any, indexed: Any, actor: bytes) -> None:
    for method, path, body in ASKED:
        answer = await door.client.request(method, path, headers={"Shortlist-Actor": actor}, **body)
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:shortlist:problem:invalid_actor"), path
    assert indexed.askers == []


async def test_the_longest_name_is_taken(door: Any, indexed: Any) -> None:
    headers = {"Shortlist-Actor": ("李" * 200).encode()}
    assert (await door.client.get("/api/v1/jobs/j1/matches", headers=headers)).status_code == 200
    assert indexed.askers == [Asker("open", "李" * 200)]


async def test_what_is_asked_of_the_log_reaches_matching(door: Any, matching: Any) -> None:
    matching.logged = [_entry("r1")]
    params = {"resume_id": "r1", "job_id": "j1", "since": "2026-11-01", "limit": "7"}
    answer = await door.client.get(LOG, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.json()["items"][0]["resume_id"] == "r1"
    assert matching.log_asked == [{**params, "since": "2026-11-01T00:00:00+00:00"}]


async def test_entries_of_a_document_that_matching_has_yet_to_erase_are_left_out(door: Any, matching: Any) -> None:
    matching.logged = [
        _entry("r1"),
        _entry("r2"),
        _entry("erased:0f", None),
        _entry("r1", "8-1"),
        _entry("r2", "5-1", "j2"),
    ]
    await door.report(RESUME, "6-1", Status.ERASED)
    await door.report(DocumentKey("default", "job", "j2"), "6-2", Status.ERASED)
    items = (await door.client.get(LOG, params={"job_id": "j1"})).json()["items"]
    # What was scored of a later submission stays.
    assert [(each["resume_id"], each["resume_revision"]) for each in items] == [
        ("r2", "5-1"),
        ("erased:0f", None),
        ("r1", "8-1"),
    ]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, "invalid_request"),
        ({"since": "2026-11-01"}, "invalid_request"),
        ({"resume_id": "r/1"}, "invalid_id"),
        ({"job_id": "."}, "invalid_id"),
        ({"job_id": "j1", "since": "yesterday"}, "invalid_time"),
        ({"job_id": "j1", "until": "2026-13-01"}, "invalid_time"),
        ({"job_id": "j1", "limit": "201"}, "invalid_limit"),
        ({"job_id": "j1", "cursor": "nonsense"}, "invalid_cursor"),
    ],
)
async def test_what_cannot_be_asked_of_the_log_is_refused(
    door: Any, matching: Any, params: dict[str, str], code: str
) -> None:
    answer = await door.client.get(LOG, params=params)
    assert (answer.status_code, answer.json()["type"]) == (400, f"urn:shortlist:problem:{code}"), answer.text


async def test_the_log_needs_a_key_where_keys_are_asked_for(locked_door: Any) -> None:
    assert (await locked_door.client.get(LOG, params={"job_id": "j1"})).status_code == 401
