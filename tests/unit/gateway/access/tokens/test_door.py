"""The gateway's door with an identity provider: tokens open it beside keys, and say who looks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient, Response
from pydantic import ValidationError
from structlog.testing import capture_logs

from libs.contracts.identifiers import DocumentKey
from libs.contracts.inner.asking import Asker
from libs.telemetry.health import Health
from services.gateway.access.tokens.bearer_tokens import BearerTokens
from services.gateway.access.tokens.claims import ClaimNames
from services.gateway.access.tokens.issuer import Issuer
from services.gateway.app import create_app
from services.gateway.limits.quota import Quota
from services.gateway.limits.rate_limits import RateLimits
from services.gateway.parts import build
from services.gateway.settings import GatewaySettings
from tests.fakes.identity_provider import AUDIENCE, IdentityProvider
from tests.fakes.keys_in_memory import KeysInMemory

pytestmark = pytest.mark.unit

BOOTSTRAP = "a-bootstrap-key-of-some-length"
NOWHERE: dict[str, Any] = {
    "kafka_bootstrap": "127.0.0.1:9",
    "matching_urls": "http://127.0.0.1:9",
    "embedding_urls": "http://127.0.0.1:9",
}
OIDC: dict[str, Any] = {"oidc_issuer": "https://id.example", "oidc_audience": AUDIENCE}
MATCHES = "/api/v1/jobs/j1/matches"


@pytest.fixture
def keys() -> KeysInMemory:
    return KeysInMemory()


@pytest.fixture
async def client(open_door: Any, provider: IdentityProvider, keys: KeysInMemory, matching: Any) -> AsyncIterator[Any]:
    matching.index(DocumentKey("acme", "job", "j1"), "5-1")
    issuer = Issuer(provider.url, Health("gateway"))
    tokens = BearerTokens(issuer, AUDIENCE, ClaimNames())
    limits = RateLimits(Quota(per_second=0.01, burst=100), None)
    given = {"auth": "keys", "shortlist_bootstrap_key": BOOTSTRAP}
    async with open_door(keys=keys, tokens=tokens, rate_limits=limits, **given) as door:
        yield door.client
    await issuer.stop()


async def get(client: AsyncClient, path: str, bearer: str, **headers: str) -> Response:
    return await client.get(path, headers={"authorization": f"Bearer {bearer}", **headers})


async def test_a_token_opens_its_own_tenants_door(
    client: AsyncClient, provider: IdentityProvider, matching: Any
) -> None:
    assert (await get(client, "/api/v1/jobs/j1", provider.token())).status_code == 200
    assert (await get(client, "/api/v1/jobs/j1", provider.token(tenant="other"))).status_code == 404


async def test_keys_open_it_as_before(client: AsyncClient, keys: KeysInMemory) -> None:
    for key in (BOOTSTRAP, keys.key_of("acme")):
        assert (await get(client, "/api/v1/jobs", key)).status_code == 200


async def test_a_worthless_token_is_told_why(client: AsyncClient, provider: IdentityProvider) -> None:
    answer = await get(client, "/api/v1/jobs", provider.token(aud="https://other.example"))
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:shortlist:problem:unauthorized")
    assert AUDIENCE in answer.json()["detail"]
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


async def test_a_token_may_do_what_its_scopes_say_and_never_the_operators_work(
    client: AsyncClient, provider: IdentityProvider
) -> None:
    reader, admin = provider.token(), provider.token(scope="admin")
    for method, path, token in [
        ("DELETE", "/api/v1/jobs/j1", reader),
        ("GET", "/api/v1/admin/keys", reader),
        ("GET", "/api/v1/admin/storage", admin),
        ("POST", "/api/v1/admin/reembed", admin),
        ("GET", "/api/v1/jobs", provider.token(scope="openid")),
    ]:
        answer = await client.request(method, path, headers={"authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:shortlist:problem:forbidden"), path


async def test_the_person_in_the_token_looks_and_nobody_else(
    client: AsyncClient, provider: IdentityProvider, matching: Any
) -> None:
    token = provider.token(sub="ada@acme.example")
    with capture_logs() as lines:
        assert (await get(client, MATCHES, token)).status_code == 200
        assert (await get(client, MATCHES, token, **{"Shortlist-Actor": "ada@acme.example"})).status_code == 200
        other = await get(client, MATCHES, token, **{"Shortlist-Actor": "bob@acme.example"})
    assert (other.status_code, other.json()["type"]) == (400, "urn:shortlist:problem:invalid_actor")
    assert [asker.actor for asker in matching.askers] == ["ada@acme.example"] * 2
    assert {asker.key for asker in matching.askers} == {line["key"] for line in lines if line["event"] == "request"}
    assert [line["actor"] for line in lines if line["event"] == "request"] == ["ada@acme.example"] * 3


async def test_with_a_key_the_person_whom_the_caller_names_stands_in_the_access_log(
    client: AsyncClient, keys: KeysInMemory, matching: Any
) -> None:
    key = keys.key_of("acme")
    with capture_logs() as lines:
        assert (await get(client, MATCHES, key, **{"Shortlist-Actor": "ada"})).status_code == 200
        assert (await get(client, MATCHES, key)).status_code == 200
    assert [line.get("actor") for line in lines if line["event"] == "request"] == ["ada", None]
    assert matching.askers == [Asker(key[3:13], "ada"), Asker(key[3:13], None)]


async def test_each_subject_has_a_quota_of_its_own(client: AsyncClient, provider: IdentityProvider) -> None:
    for sub, left in [("ada", 99), ("ada", 98), ("bob", 99)]:
        answer = await get(client, "/api/v1/jobs", provider.token(sub=sub))
        assert answer.headers["ratelimit"].startswith(f'"key";r={left};')


async def test_while_the_issuer_was_never_reached_tokens_are_told_to_wait_and_keys_go_on(
    client: AsyncClient, provider: IdentityProvider, keys: KeysInMemory
) -> None:
    provider.away = True
    answer = await get(client, "/api/v1/jobs", provider.token())
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:shortlist:problem:unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    assert (await get(client, "/api/v1/jobs", keys.key_of("acme"))).status_code == 200


async def test_without_an_identity_provider_a_token_is_a_key_that_nobody_knows(
    open_door: Any, provider: IdentityProvider
) -> None:
    async with open_door(auth="keys", shortlist_bootstrap_key=BOOTSTRAP) as door:
        answer = await get(door.client, "/api/v1/jobs", provider.token())
        assert (answer.status_code, answer.json()["detail"]) == (401, "this key is not known")


def test_with_an_identity_provider_everybody_must_show_something() -> None:
    settings = GatewaySettings(**NOWHERE, **OIDC)
    assert settings.asks_for_keys
    assert GatewaySettings(**NOWHERE, **OIDC, auth="keys", host="0.0.0.0").asks_for_keys
    _, lifetime = build(settings)
    assert any(isinstance(part, Issuer) for part in lifetime.running)
    assert lifetime.rate_limits is not None


async def test_the_gateway_starts_while_its_identity_provider_cannot_be_reached() -> None:
    app = create_app(GatewaySettings(**NOWHERE, oidc_issuer="http://127.0.0.1:9", oidc_audience=AUDIENCE))
    async with app.lifespan():
        pass


def test_what_is_empty_is_not_set() -> None:
    settings = GatewaySettings(**NOWHERE, oidc_issuer="", oidc_audience="")
    assert (settings.oidc_issuer, settings.oidc_audience, settings.asks_for_keys) == (None, None, False)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"oidc_issuer": "https://id.example"}, "go together"),
        ({"oidc_audience": AUDIENCE}, "go together"),
        ({**OIDC, "oidc_issuer": "http://id.example"}, "over https alone"),
        ({**OIDC, "oidc_issuer": "id.example"}, "over https alone"),
    ],
)
def test_an_identity_provider_that_cannot_be_trusted_is_not_taken(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        GatewaySettings(**NOWHERE, **given)
