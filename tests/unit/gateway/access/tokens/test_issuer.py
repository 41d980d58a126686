"""Keys of the identity provider change, and it goes away, without anybody who may come in being kept out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from libs.contracts.errors import DependencyUnavailable
from libs.telemetry.health import Health
from services.gateway.access.tokens import issuer as issuer_module
from services.gateway.access.tokens.issuer import AGAIN_SECONDS, DISCOVERY, PATIENCE_SECONDS, Issuer, UnknownKey
from tests.fakes.collecting_work import until
from tests.fakes.identity_provider import IdentityProvider

pytestmark = pytest.mark.unit


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def health() -> Health:
    return Health("gateway")


@pytest.fixture
async def issuer(provider: IdentityProvider, health: Health, clock: Clock) -> AsyncIterator[Issuer]:
    known = Issuer(provider.url, health, clock=clock)
    yield known
    await known.stop()


async def test_keys_are_read_once_for_many_calls(provider: IdentityProvider, issuer: Issuer) -> None:
    await asyncio.gather(*(issuer.key("first", "RS256") for _ in range(50)))
    assert provider.calls == {DISCOVERY: 1, "/keys": 1}


async def test_a_new_key_is_known_at_its_first_token(provider: IdentityProvider, issuer: Issuer, clock: Clock) -> None:
    await issuer.key("first", "RS256")
    provider.rotate("second", "ES256")
    clock.now += AGAIN_SECONDS + 1
    await issuer.key("second", "ES256")
    with pytest.raises(UnknownKey):
        await issuer.key("first", "RS256")


async def test_unknown_keys_make_nobody_ask_the_issuer_again_and_again(
    provider: IdentityProvider, issuer: Issuer, clock: Clock
) -> None:
    for number in range(20):
        with pytest.raises(UnknownKey):
            await issuer.key(f"unknown-{number}", "RS256")
    assert provider.calls["/keys"] == 1
    clock.now += AGAIN_SECONDS + 1
    for number in range(20):
        with pytest.raises(UnknownKey):
            await issuer.key(f"unknown-{number}", "RS256")
    assert provider.calls["/keys"] == 2


async def test_known_keys_go_on_for_a_day_while_the_issuer_is_away(
    provider: IdentityProvider, issuer: Issuer, clock: Clock, health: Health
) -> None:
    await issuer.key("first", "RS256")
    provider.away = True
    clock.now += PATIENCE_SECONDS - 1
    await issuer.key("first", "RS256")
    with pytest.raises(DependencyUnavailable, match="503"):
        await issuer.key("second", "RS256")
    assert health.parts["issuer"].status == "degraded"
    clock.now += 2
    with pytest.raises(DependencyUnavailable):
        await issuer.key("first", "RS256")
    provider.away = False
    clock.now += AGAIN_SECONDS + 1
    await issuer.key("first", "RS256")
    assert health.parts["issuer"].status == "ok"


async def test_keys_are_read_now_and_again_by_themselves(
    provider: IdentityProvider, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuer_module, "REFRESH_SECONDS", 0.05)
    await issuer.start()
    await until(lambda: provider.calls["/keys"] >= 2)
    provider.rotate("second")
    seen = provider.calls["/keys"]
    await until(lambda: provider.calls["/keys"] >= seen + 2)
    with pytest.raises(UnknownKey):
        await issuer.key("first", "RS256")


async def test_an_issuer_that_is_away_at_the_start_is_waited_for_beside_the_requests(
    provider: IdentityProvider, issuer: Issuer, health: Health
) -> None:
    provider.away = True
    await issuer.start()
    await until(lambda: provider.calls[DISCOVERY] >= 1)
    with pytest.raises(DependencyUnavailable):
        await issuer.key("first", "RS256")
    assert health.parts["issuer"].status == "degraded"
    provider.away = False
    await until(lambda: health.parts["issuer"].status == "ok")
    await issuer.key("first", "RS256")


@pytest.mark.parametrize(
    ("discovery", "said"),
    [
        ({"issuer": "https://other.example"}, "names the issuer https://other.example"),
        ({"jwks_uri": "http://keys.example/keys"}, "not https"),
        ({"jwks_uri": None}, "not https"),
        ({"jwks_uri": "file:///etc/passwd"}, "not https"),
        ({"padding": "x" * 1_100_000}, "more than"),
    ],
)
async def test_a_discovery_document_that_cannot_be_trusted_is_not_followed(
    provider: IdentityProvider, issuer: Issuer, discovery: dict[str, Any], said: str
) -> None:
    provider.discovery = discovery
    with pytest.raises(DependencyUnavailable, match=said):
        await issuer.key("first", "RS256")
    assert provider.calls["/keys"] == 0


async def test_a_key_set_without_a_key_does_not_take_the_place_of_one_with_some(
    provider: IdentityProvider, issuer: Issuer, clock: Clock
) -> None:
    await issuer.key("first", "RS256")
    provider.keys = {}
    clock.now += AGAIN_SECONDS + 1
    with pytest.raises(DependencyUnavailable, match="no key"):
        await issuer.key("second", "RS256")
    await issuer.key("first", "RS256")
