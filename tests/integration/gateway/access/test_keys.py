"""API keys as customers use them: made once, shown once, good for what they were made for, and worthless when told."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from httpx import AsyncClient

from libs.localstack.postgres.roles import Dsns
from tests.integration.gateway.access.conftest import (
    BOOTSTRAP_KEY,
    Locked,
    bearer,
    made,
    opened_again,
    shut,
    with_database,
)

pytestmark = pytest.mark.integration

UNKNOWN_KEY = "sl_0000000000_" + "0" * 49


async def test_a_key_is_shown_once_and_is_nowhere_in_the_database(locked: AsyncClient, dsns: Dsns) -> None:
    key = await made(locked, tenant="acme", scopes=["read", "write"], name="the ATS")
    listed = (await locked.get("/api/v1/admin/keys/", headers=bearer(BOOTSTRAP_KEY))).json()["items"]
    assert listed == [{name: value for name, value in key.items() if name != "key"}]
    assert key["key"].startswith(key["prefix"])
    connection = await asyncpg.connect(dsns.superuser)
    rows = await connection.fetch("SELECT keys::text AS row FROM gateway.keys")
    await connection.close()
    assert len(rows) == 1
    assert key["key"].removeprefix(key["prefix"] + "_")[:20] not in rows[0]["row"]


@pytest.mark.parametrize(
    ("method", "path", "body", "scope"),
    [
        ("GET", "/resumes/", None, "read"),
        ("GET", "/jobs/j1/matches", None, "read"),
        ("POST", "/matching/similarity-search", {"query": "nurse", "kind": "resume"}, "read"),
        ("GET", "/score-log?job_id=j1", None, "read"),
        ("POST", "/resumes/", {"text": "A nurse"}, "write"),
        ("PUT", "/jobs/j1", {"title": "Nurse"}, "write"),
        ("DELETE", "/jobs/j1", None, "write"),
        ("GET", "/admin/keys/", None, "admin"),
        ("POST", "/admin/reembed", None, "operator"),
        ("GET", "/admin/storage", None, "operator"),
    ],
)
async def test_a_key_does_what_its_scopes_say_and_nothing_else(
    locked: AsyncClient, method: str, path: str, body: Any, scope: str
) -> None:
    held = {"read": ["read"], "write": ["write"], "admin": ["admin"], "identify": ["identify"]}
    allows = {"read": {"read", "admin"}, "write": {"write", "admin"}, "admin": {"admin"}, "operator": set()}[scope]
    for name, scopes in held.items():
        key = await made(locked, tenant="acme", scopes=scopes)
        answer = await locked.request(method, f"/api/v1{path}", headers=bearer(key["key"]), json=body)
        assert (answer.status_code != 403) == (name in allows), (name, answer.text)
        assert answer.status_code != 401
    answer = await locked.request(method, f"/api/v1{path}", headers=bearer(BOOTSTRAP_KEY), json=body)
    assert answer.status_code not in (401, 403)


async def test_a_revoked_key_stops_at_every_gateway(open_locked: Locked) -> None:
    async with open_locked() as first, open_locked() as second:
        await with_database(first)
        await with_database(second)
        key = await made(first, tenant="acme")
        for client in (first, second):
            assert (await client.get("/api/v1/resumes/", headers=bearer(key["key"]))).status_code == 200
        revoked = await first.delete(f"/api/v1/admin/keys/{key['id']}", headers=bearer(BOOTSTRAP_KEY))
        assert revoked.json()["revoked_at"] is not None
        assert (await first.get("/api/v1/resumes/", headers=bearer(key["key"]))).status_code == 401
        async with asyncio.timeout(30):
            while (answer := await second.get("/api/v1/resumes/", headers=bearer(key["key"]))).status_code == 200:
                await asyncio.sleep(0.05)
        assert answer.status_code == 401
        assert "revoked" in answer.json()["detail"]


async def test_an_expired_key_opens_nothing(locked: AsyncClient, dsns: Dsns) -> None:
    key = await made(locked, expires_at=(datetime.now(UTC) + timedelta(days=1)).isoformat())
    assert (await locked.get("/api/v1/resumes/", headers=bearer(key["key"]))).status_code == 200
    connection = await asyncpg.connect(dsns.superuser)
    await connection.execute("UPDATE gateway.keys SET expires_at = now() - interval '1 second'")
    await connection.close()
    async with asyncio.timeout(30):
        while (answer := await locked.get("/api/v1/resumes/", headers=bearer(key["key"]))).status_code == 200:
            await asyncio.sleep(0.05)
    assert (answer.status_code, "expired" in answer.json()["detail"]) == (401, True)


async def test_an_admin_manages_its_own_tenants_keys_only(locked: AsyncClient) -> None:
    acme = (await made(locked, tenant="acme", scopes=["admin"]))["key"]
    theirs = await made(locked, tenant="bolt")
    own = await made(locked, by=acme, scopes=["read"])
    assert own["tenant"] == "acme"
    assert {key["tenant"] for key in await _listed(locked, acme)} == {"acme"}
    for answer in (
        await locked.post("/api/v1/admin/keys/", headers=bearer(acme), json={"scopes": ["read"], "tenant": "bolt"}),
        await locked.get("/api/v1/admin/keys/?tenant=bolt", headers=bearer(acme)),
        # It sees no names itself, so it cannot let others see them.
        await locked.post("/api/v1/admin/keys/", headers=bearer(acme), json={"scopes": ["identify"]}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:shortlist:problem:forbidden")
    assert (await locked.delete(f"/api/v1/admin/keys/{theirs['id']}", headers=bearer(acme))).status_code == 404
    assert (await locked.get("/api/v1/resumes/", headers=bearer(theirs["key"]))).status_code == 200
    assert (await locked.delete(f"/api/v1/admin/keys/{own['id']}", headers=bearer(acme))).status_code == 200
    assert {key["tenant"] for key in await _listed(locked, BOOTSTRAP_KEY)} == {"acme", "bolt"}


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ({"scopes": []}, "scope"),
        ({"scopes": ["root"]}, "'root'"),
        ({"scopes": ["read"], "tenant": "No Tenant"}, "tenant"),
        ({"scopes": ["read"], "name": "x" * 201}, "name"),
        ({"scopes": ["read"], "expires_at": "soon"}, "expires_at"),
        ({"scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
    ],
)
async def test_a_key_that_cannot_be_made_is_refused_with_what_to_change(
    locked: AsyncClient, order: dict[str, Any], told: str
) -> None:
    answer = await locked.post("/api/v1/admin/keys/", headers=bearer(BOOTSTRAP_KEY), json=order)
    assert answer.status_code == 400, answer.text
    assert told in answer.json()["detail"]


async def test_while_the_database_is_away_known_keys_go_on_and_unknown_ones_wait(
    locked: AsyncClient, dsns: Dsns
) -> None:
    known, unused = await made(locked, tenant="acme"), await made(locked, tenant="acme")
    assert (await locked.get("/api/v1/resumes/", headers=bearer(known["key"]))).status_code == 200
    await shut(dsns)
    try:
        async with asyncio.timeout(60):
            # Until what was looked up is no longer fresh, and the look-up fails.
            while (await locked.get("/api/v1/admin/keys/", headers=bearer(BOOTSTRAP_KEY))).status_code != 503:
                await asyncio.sleep(0.05)
        for _ in range(3):
            assert (await locked.get("/api/v1/resumes/", headers=bearer(known["key"]))).status_code == 200
        waits = await locked.get("/api/v1/resumes/", headers=bearer(unused["key"]))
        assert (waits.status_code, "retry-after" in waits.headers) == (503, True)
        # Whatever the database says: it was never made here.
        mistyped = await locked.get("/api/v1/resumes/", headers=bearer(known["key"][:-1] + "x"))
        assert mistyped.status_code == 401
    finally:
        await opened_again(dsns)
    async with asyncio.timeout(60):
        while (await locked.get("/api/v1/resumes/", headers=bearer(unused["key"]))).status_code != 200:
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("key", [UNKNOWN_KEY, "nope", "sl_", "sl_zzzzzzzzzz_short", "x" * 4000, "schlüssel"])
async def test_a_key_that_was_never_made_is_refused(locked: AsyncClient, key: str) -> None:
    answer = await locked.get("/api/v1/resumes/", headers={"authorization": f"Bearer {key}".encode()})
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


async def test_its_last_use_is_noted(locked: AsyncClient) -> None:
    key = await made(locked, tenant="acme")
    assert key["last_used_at"] is None
    await locked.get("/api/v1/resumes/", headers=bearer(key["key"]))
    async with asyncio.timeout(30):
        while (await _listed(locked, BOOTSTRAP_KEY))[0]["last_used_at"] is None:
            await asyncio.sleep(0.05)


async def _listed(client: AsyncClient, key: str) -> list[dict[str, Any]]:
    answer = await client.get("/api/v1/admin/keys/", headers=bearer(key))
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])
