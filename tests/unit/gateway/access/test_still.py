"""Whoever was let in stays in for as long as the key or token opens anything, and no longer."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from services.gateway.access.caller import ANYONE, BOOTSTRAP, Caller
from services.gateway.access.entry import Entry
from services.gateway.access.key_form import id_in
from services.gateway.access.known_keys import KnownKeys
from services.gateway.access.scopes import Scope
from services.gateway.problems import Problem
from tests.fakes.keys_in_memory import KeysInMemory

pytestmark = pytest.mark.unit

READER = frozenset({Scope.READ})


def entry(keys: KeysInMemory | None = None, *, is_locked: bool = True, bootstrap_key: str | None = None) -> Entry:
    known = None if keys is None else KnownKeys(keys)
    return Entry(is_locked=is_locked, bootstrap_key=bootstrap_key, known=known)


async def test_a_keys_owner_is_told_with_the_scopes_that_it_has_now() -> None:
    keys = KeysInMemory()
    id = str(id_in(keys.key_of("acme", READER)))
    before = Caller("acme", id, frozenset({Scope.READ, Scope.WRITE}))
    assert (await entry(keys).still(before)).scopes == READER
    for nobody in (replace(before, tenant="other"), replace(before, key_id="0123456789")):
        with pytest.raises(Problem, match="not known"):
            await entry(keys).still(nobody)


async def test_a_token_lets_in_until_it_ends() -> None:
    token = Caller("acme", "token-1a2b", READER, actor="ada", expires_at=time.time() + 600)
    assert await entry().still(token) == token
    with pytest.raises(Problem, match="has expired"):
        await entry().still(replace(token, expires_at=time.time() - 1))


async def test_the_operator_and_an_open_gateways_callers_stay_only_where_there_are_such() -> None:
    assert await entry(bootstrap_key="a-key-of-some-length").still(BOOTSTRAP) == BOOTSTRAP
    assert await entry(is_locked=False).still(ANYONE) == ANYONE
    for caller in (BOOTSTRAP, ANYONE):
        with pytest.raises(Problem, match="not known"):
            await entry().still(caller)
