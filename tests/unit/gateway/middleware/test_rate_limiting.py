"""A key that calls too often is told so, and when to come again; every answer says what is left."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient, Response

from services.gateway.access.scopes import Scope
from services.gateway.limits.quota import Quota
from services.gateway.limits.rate_limits import RateLimits
from services.gateway.parts import build
from services.gateway.settings import GatewaySettings
from tests.fakes.keys_in_memory import KeysInMemory

pytestmark = pytest.mark.unit

BOOTSTRAP = "a-bootstrap-key-of-some-length"
# So slow that nothing comes back while a test runs.
QUOTA = Quota(per_second=0.01, burst=12)
SEARCH: dict[str, Any] = {"query": "nurse", "kind": "resume"}


@pytest.fixture
def keys() -> KeysInMemory:
    return KeysInMemory()


@pytest.fixture
async def client(open_door: Any, keys: KeysInMemory) -> AsyncIterator[AsyncClient]:
    limits = RateLimits(QUOTA, None)
    given = {"auth": "keys", "shortlist_bootstrap_key": BOOTSTRAP}
    async with open_door(keys=keys, rate_limits=limits, **given) as door:
        yield door.client


async def listed(client: AsyncClient, key: str) -> Response:
    return await client.get("/api/v1/resumes", headers={"authorization": f"Bearer {key}"})


async def test_answers_say_what_the_quota_is_and_what_is_left_of_it(client: AsyncClient, keys: KeysInMemory) -> None:
    key = keys.key_of("acme")
    answer = await listed(client, key)
    assert answer.headers["ratelimit-policy"] == '"key";q=12;w=1200'
    assert re.fullmatch(r'"key";r=11;t=(100|99)', answer.headers["ratelimit"])
    search = await client.post(
        "/api/v1/matching/similarity-search", json=SEARCH, headers={"authorization": f"Bearer {key}"}
    )
    assert search.status_code == 200
    assert search.headers["ratelimit"].startswith('"key";r=6;')


async def test_beyond_its_quota_a_key_is_told_when_to_come_again(client: AsyncClient, keys: KeysInMemory) -> None:
    key = keys.key_of("acme")
    assert [(await listed(client, key)).status_code for _ in range(12)] == [200] * 12
    refused = await listed(client, key)
    assert (refused.status_code, refused.json()["type"]) == (429, "urn:shortlist:problem:rate_limited")
    assert 90 <= int(refused.headers["retry-after"]) <= 100
    assert refused.headers["ratelimit"].startswith('"key";r=0;')
    assert refused.headers["ratelimit-policy"] == '"key";q=12;w=1200'


async def test_keys_of_one_tenant_have_quotas_of_their_own(client: AsyncClient, keys: KeysInMemory) -> None:
    greedy, other = keys.key_of("acme"), keys.key_of("acme")
    while (await listed(client, greedy)).status_code == 200:
        pass
    assert (await listed(client, other)).status_code == 200


async def test_an_answer_that_refuses_counts_and_says_what_is_left(client: AsyncClient, keys: KeysInMemory) -> None:
    headers = {"authorization": f"Bearer {keys.key_of('acme')}"}
    for left in (11, 10):
        unknown = await client.get("/api/v1/resumes/nobody", headers=headers)
        assert unknown.status_code == 404
        assert unknown.headers["ratelimit"].startswith(f'"key";r={left};')


async def test_the_operator_and_who_watches_are_not_limited(client: AsyncClient, keys: KeysInMemory) -> None:
    for _ in range(20):
        answer = await listed(client, BOOTSTRAP)
        assert answer.status_code == 200
        assert "ratelimit" not in answer.headers
    key = keys.key_of("acme", [Scope.READ])
    for path in ["/metrics", "/api/v1/health/detailed"] * 10:
        assert (await client.get(path, headers={"authorization": f"Bearer {key}"})).status_code == 200
    assert (await client.get("/health/live")).status_code == 200
    assert (await listed(client, key)).headers["ratelimit"].startswith('"key";r=11;')


async def test_a_bad_key_is_not_known_and_uses_up_nobodys_quota(client: AsyncClient, keys: KeysInMemory) -> None:
    key = keys.key_of("acme")
    for _ in range(20):
        assert (await listed(client, key[:-1] + ("a" if key[-1] != "a" else "b"))).status_code == 401
    assert (await listed(client, key)).headers["ratelimit"].startswith('"key";r=11;')


@pytest.mark.parametrize(
    ("given", "is_limited"),
    [
        ({"auth": "open"}, False),
        ({"shortlist_bootstrap_key": BOOTSTRAP}, True),
        ({"shortlist_bootstrap_key": BOOTSTRAP, "rate_limit_per_second": 0}, False),
    ],
)
def test_there_is_a_limit_where_keys_are_asked_for_and_it_is_not_switched_off(
    given: dict[str, Any], is_limited: bool
) -> None:
    nowhere = dict.fromkeys(("matching_urls", "embedding_urls"), "http://127.0.0.1:9")
    _, lifetime = build(GatewaySettings(kafka_bootstrap="127.0.0.1:9", **nowhere, **given))
    assert (lifetime.rate_limits is not None) == is_limited
