"""Every score of a pair that is shown is in the log: of which texts, for whom, and none of another kind."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar

from libs.contracts.inner.asking import Asker, headers_of
from libs.contracts.revision import Revision
from services.matching.answers.storage_report.stored import StoredFigures
from services.matching.api import Api, Parts, routes
from services.matching.refusals import exception_handlers
from services.matching.scoring.calculate import SCORING_VERSION
from services.matching.scoring.reading.stored_reading import READING_VERSION
from tests.fakes.documents import SPACE, key_of, vectors_event
from tests.fakes.matching_parts import Matching
from tests.fakes.score_logs import LoggingMatching

pytestmark = pytest.mark.integration

JOB, FIRST, SECOND, SHORT = "default/job/j1", "default/resume/r1", "default/resume/r2", "default/resume/short"
JOB_TEXT = "Registered nurse for nights\nIntensive care\nFluent in Spanish"
TEXTS = {
    JOB: JOB_TEXT,
    FIRST: "Registered nurse\nFive years of intensive care\nFluent in Spanish and English",
    SECOND: "Cook and baker\nTen years in a large kitchen\nSpeaks French and German",
    SHORT: "Nurse",
}
WHO = headers_of(Asker("bootstrap", "Zoë Müller, HR"))


@pytest.fixture
async def logging(matching: Matching) -> LoggingMatching:
    for offset, (key, text) in enumerate(TEXTS.items(), 1):
        await matching.index(vectors_event(key, Revision(1000, offset), text, structure_version=3))
    return LoggingMatching(matching)


@pytest.fixture
async def client(matching: Matching, logging: LoggingMatching) -> AsyncIterator[AsyncClient]:
    api = Api()
    stored = StoredFigures(matching.database)
    api.parts = Parts(logging.service, matching.writer, matching.spaces, matching.reembedding(), stored)
    app = Litestar(routes(api), exception_handlers=exception_handlers(), openapi_config=None, logging_config=None)
    headers = {"Shortlist-Tenant": "default", **WHO}
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://matching", headers=headers) as found:
        yield found


async def _log(client: AsyncClient, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get("/score-log", params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_a_pairs_score_is_logged_with_what_it_is_of(client: AsyncClient, logging: LoggingMatching) -> None:
    shown = (await client.post("/calculate", json={"job_id": "j1", "resume_id": "r1"})).json()
    await logging.write()
    (entry,) = await _log(client, resume_id="r1")
    assert entry.pop("at").endswith("Z")
    assert len(entry.pop("answer")) == 16
    assert entry == {
        "place": 1,
        "operation": "calculate",
        "asked_by": "bootstrap",
        "actor": "Zoë Müller, HR",
        "job_id": "j1",
        "resume_id": "r1",
        "job_revision": "1000-1",
        "resume_revision": "1000-2",
        "job_text_hash": hashlib.sha256(JOB_TEXT.encode()).hexdigest(),
        "resume_text_hash": hashlib.sha256(TEXTS[FIRST].encode()).hexdigest(),
        "job_structure_version": 3,
        "resume_structure_version": 3,
        "score": shown["score"],
        "status": "scored",
        "scoring_version": SCORING_VERSION,
        "reading_version": READING_VERSION,
        "model": f"model-{SPACE}",
        "space": SPACE,
    }


async def test_matches_of_a_job_and_of_a_resume_are_logged_as_they_were_shown(
    client: AsyncClient, logging: LoggingMatching
) -> None:
    of_job = (await client.get("/documents/job/j1/matches")).json()["results"]
    await logging.write()
    logged = await _log(client, job_id="j1")
    assert [(each["place"], each["resume_id"], each["score"]) for each in logged] == [
        (place, each["id"], each["score"]) for place, each in enumerate(of_job, 1)
    ]
    assert {each["operation"] for each in logged} == {"job_matches"}
    assert len({each["answer"] for each in logged}) == 1
    assert (await client.get("/documents/resume/r1/matches")).json()["results"]
    await logging.write()
    assert [(each["operation"], each["job_id"]) for each in await _log(client, resume_id="r1")] == [
        ("resume_matches", "j1"),
        ("job_matches", "j1"),
    ]


async def test_all_applicants_are_logged_also_those_with_too_little_text(
    client: AsyncClient, logging: LoggingMatching
) -> None:
    order = {"job_id": "j1", "resume_ids": ["short", "r2", "r1", "nobody"]}
    shown = (await client.post("/calculate", json=order)).json()
    await logging.write()
    logged = await _log(client, job_id="j1")
    scores = [(each["id"], each["score"], "scored") for each in shown["results"]]
    assert [(each["resume_id"], each["score"], each["status"]) for each in logged] == [
        *scores,
        ("short", None, "insufficient_data"),
    ]
    assert logged[-1]["resume_revision"] == "1000-4"
    assert {each["operation"] for each in logged} == {"applicants"}


async def test_searches_similar_documents_and_refusals_are_not_logged(
    client: AsyncClient, logging: LoggingMatching
) -> None:
    assert (await client.post("/search", json={"query": "nurse", "kind": "resume"})).json()["results"]
    assert (await client.get("/documents/resume/r1/similar")).json()["results"]
    assert (await client.post("/calculate", json={"job_id": "j1", "resume_id": "nobody"})).status_code == 404
    assert logging.waiting.rows == 0


async def test_no_text_is_in_the_log(client: AsyncClient, matching: Matching, logging: LoggingMatching) -> None:
    await client.get("/documents/job/j1/matches")
    await logging.write()
    rows = await matching.rows("SELECT l::text AS row FROM matching.score_log l")
    assert rows
    assert not [row for row in rows if "nurse" in row["row"].lower() or "cook" in row["row"].lower()]


async def test_pages_follow_each_other_the_newest_first(client: AsyncClient, logging: LoggingMatching) -> None:
    for _ in range(3):
        await client.post("/calculate", json={"job_id": "j1", "resume_ids": ["r1", "r2"]})
        await logging.write()
    every = await _log(client, job_id="j1")
    assert [each["at"] for each in every] == sorted((each["at"] for each in every), reverse=True)
    assert [each["place"] for each in every] == [1, 2] * 3
    paged, params = list[dict[str, Any]](), {"job_id": "j1", "limit": "1"}
    while True:
        page = (await client.get("/score-log", params=params)).json()
        paged += page["items"]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert paged == every
    other = await client.get("/score-log", params={**params, "job_id": "j2"})
    assert (other.status_code, other.json()["type"]) == (400, "urn:shortlist:problem:invalid_cursor")
    middle = every[2]["at"]
    assert await _log(client, job_id="j1", resume_id="r1", until=every[0]["at"]) == [every[2], every[4]]
    assert {each["answer"] for each in await _log(client, job_id="j1", since=middle)} >= {every[0]["answer"]}
    assert len(await _log(client, job_id="j1", resume_id="r2")) == 3


async def test_a_tenant_is_shown_its_own_log_alone(client: AsyncClient, logging: LoggingMatching) -> None:
    await client.post("/calculate", json={"job_id": "j1", "resume_id": "r1"})
    await logging.write()
    answer = await client.get("/score-log", params={"job_id": "j1"}, headers={"Shortlist-Tenant": "other"})
    assert answer.json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"resume_id": "r/1"},
        {"job_id": "j1", "limit": "201"},
        {"job_id": "j1", "since": "yesterday"},
        {"job_id": "j1", "cursor": "nonsense"},
    ],
)
async def test_what_the_log_cannot_be_asked_is_refused(client: AsyncClient, params: dict[str, str]) -> None:
    assert (await client.get("/score-log", params=params)).status_code == 400


async def test_an_answer_waits_for_nothing_that_the_log_needs(client: AsyncClient, logging: LoggingMatching) -> None:
    # Nobody writes, and there is no month to write to: the answer is there all the same.
    assert (await client.post("/calculate", json={"job_id": "j1", "resume_id": "r1"})).status_code == 200
    assert logging.waiting.rows == 1
    assert key_of(FIRST).id == "r1"
