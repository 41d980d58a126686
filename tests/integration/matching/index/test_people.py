"""A person in the list of resumes, by name, e-mail address or telephone number."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from httpx import AsyncClient

from libs.contracts.events import VectorsEvent
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.contracts.structure import IdentitySpan
from services.matching.index.identity.people import InvalidPerson, numbers_of_person
from tests.fakes.documents import key_of, report, vectors_event
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

REVISION = Revision(1000, 1)
MARIA = ("María González", "maria.gonzalez@example.com", "+1 (212) 555-0199")
MARIO = ("Mario Rossi", "mario@example.org", "+39 06 1234 5678")


def resume(
    id: str, person: tuple[str, str, str], tenant: str = "default", revision: Revision = REVISION
) -> VectorsEvent:
    text = "\n".join([*person, "Registered nurse", "Worked with Petra Klein in Berlin for Mario"])
    spans, at = [], 0
    for type, part in zip(("name", "email", "phone"), person, strict=True):
        spans.append(IdentitySpan(at, at + len(part), type))
        at += len(part) + 1
    return vectors_event(f"{tenant}/resume/{id}", revision, text, identity_spans=spans)


async def found(client: AsyncClient, q: str, **more: Any) -> list[str]:
    answer = await client.get("/documents/resume", params={"q": q, **more})
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


@pytest.fixture
async def people(matching: Matching) -> Matching:
    await matching.index(
        resume("r1", MARIA),
        resume("r2", MARIO),
        resume("r3", ("Maria Smith", "smith@example.com", "555-7777")),
        resume("r1", ("María González", "maria.gonzalez@example.com", "1"), tenant="other"),
        vectors_event("default/job/j1", REVISION, "Maria wanted"),
    )
    return matching


@pytest.mark.parametrize(
    ("q", "ids"),
    [
        ("maria gonz", ["r1"]),
        ("MARÍA", ["r1", "r3"]),
        ("mari", ["r1", "r2", "r3"]),
        ("maria.gonzalez@", ["r1"]),
        ("555-0199", ["r1"]),
        ("06 1234", ["r2"]),
        ("@example.com", ["r1", "r3"]),
        ("petra klein", []),
        ("berlin", []),
        ("nurse", []),
        ("maria rossi", []),
        ("%", None),
        ("_ari_", []),
    ],
)
async def test_a_person_is_found_by_what_identifies_and_by_nothing_else(
    people: Matching, client: AsyncClient, q: str, ids: list[str] | None
) -> None:
    if ids is None:
        answer = await client.get("/documents/resume", params={"q": q})
        assert (answer.status_code, answer.json()["title"]) == (400, "invalid_query")
    else:
        assert await found(client, q) == ids


async def test_pages_go_on_and_a_cursor_is_of_its_own_q(people: Matching, client: AsyncClient) -> None:
    first = (await client.get("/documents/resume", params={"q": "mari", "limit": 2})).json()
    assert [item["id"] for item in first["items"]] == ["r1", "r2"]
    assert await found(client, "mari", limit=2, cursor=first["next_cursor"]) == ["r3"]
    for q in ("maria", None):
        params = {"cursor": first["next_cursor"], **({"q": q} if q else {})}
        assert (await client.get("/documents/resume", params=params)).json()["title"] == "invalid_cursor"


async def test_with_a_status_both_must_hold(people: Matching, client: AsyncClient) -> None:
    await people.writer.note("default", [report("default/resume/r1", Revision(1000, 2), Status.QUEUED)])
    assert await found(client, "maria", status="queued") == ["r1"]
    assert await found(client, "maria", status="indexed") == ["r3"]


async def test_another_text_is_found_by_its_own_person_and_an_erased_one_by_nothing(
    people: Matching, client: AsyncClient
) -> None:
    await people.index(resume("r1", ("Nina Novak", "nina@example.net", "444 1234"), revision=Revision(1001, 1)))
    assert (await found(client, "gonzalez"), await found(client, "novak")) == ([], ["r1"])
    await people.writer.erase(key_of("default/resume/r1"), Revision(1002, 1))
    assert await found(client, "novak") == []
    left = await people.rows("SELECT DISTINCT number FROM matching.identity_terms WHERE tenant = $1", "default")
    assert len(left) == 2


async def test_another_tenants_people_are_not_found(people: Matching, client: AsyncClient) -> None:
    answer = await client.get("/documents/resume", params={"q": "mari"}, headers={"Shortlist-Tenant": "other"})
    assert [item["id"] for item in answer.json()["items"]] == ["r1"]


async def test_jobs_are_of_no_person(people: Matching, client: AsyncClient) -> None:
    answer = await client.get("/documents/job", params={"q": "maria"})
    assert (answer.status_code, answer.json()["title"]) == (400, "invalid_query")


async def test_a_search_does_not_find_people(people: Matching, client: AsyncClient) -> None:
    people.embedding.away = True
    answer = await client.post("/search", json={"query": "gonzalez smith", "kind": "resume"})
    assert answer.json()["results"] == []


async def test_more_than_may_be_found_are_refused(people: Matching) -> None:
    async with people.database.reading("default") as connection:
        assert len(await numbers_of_person(connection, "default", "resume", "mari", at_most=3)) == 3
        with pytest.raises(InvalidPerson, match="more of the name"):
            await numbers_of_person(connection, "default", "resume", "mari", at_most=2)


async def test_the_index_is_used_under_row_level_security_with_many_people(matching: Matching) -> None:
    async with matching.database.writing("default") as connection:
        await connection.execute(
            """
            INSERT INTO matching.identity_terms (tenant, kind, number, term)
            SELECT 'default', 'resume', n, t FROM generate_series(1, 20000) n,
                unnest(ARRAY['name' || n, 'family' || n % 500, '+' || 1000000 + n]) t
            """
        )
    superuser = await asyncpg.connect(matching.dsns.superuser)
    await superuser.execute("ANALYZE matching.identity_terms")
    await superuser.close()
    plans: list[str] = []

    class Explained:
        """A connection that asks for the plan of what it is asked for."""

        async def fetch(self, statement: str, *values: Any) -> list[dict[str, int]]:
            plans.extend(row[0] for row in await connection.fetch(f"EXPLAIN {statement}", *values))
            return [dict(row) for row in await connection.fetch(statement, *values)]

    async with matching.database.reading("default") as connection:
        found = [
            len(await numbers_of_person(Explained(), "default", "resume", q))  # type: ignore[arg-type]
            for q in ("name777", "family12 name1201", "100 77 77")
        ]
        assert len(await numbers_of_person(connection, "default", "resume", "name")) == 20_000
    plan = "\n".join(plans)
    assert found == [11, 1, 1]
    assert "Seq Scan" not in plan, plan
    assert plan.count("identity_terms_pkey") >= 3, plan
