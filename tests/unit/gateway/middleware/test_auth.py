"""Who is let in: the bootstrap key, compared in constant time; live and ready are open to all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.gateway.settings import GatewaySettings

pytestmark = pytest.mark.unit

KEY = "a-bootstrap-key-of-some-length"
NEEDED = {
    "kafka_bootstrap": "127.0.0.1:9",
    "matching_urls": "http://127.0.0.1:9",
    "embedding_urls": "http://127.0.0.1:9",
}


@pytest.mark.parametrize("path", ["/api/v1/resumes/", "/api/v1/health/detailed", "/metrics", "/api/v1/jobs/j1"])
@pytest.mark.parametrize("sent", [None, "Bearer wrong", f"Basic {KEY}", "Bearer", f"Bearer {KEY}x", "Bearer schlüssel"])
async def test_without_the_key_401_says_what_to_send(locked_door: Any, path: str, sent: str | None) -> None:
    headers = {} if sent is None else {"authorization": sent.encode()}
    answer = await locked_door.client.get(path, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:shortlist:problem:unauthorized")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_with_the_key_every_door_opens(locked_door: Any) -> None:
    for path in ("/api/v1/resumes/", "/api/v1/health/detailed", "/metrics"):
        answer = await locked_door.client.get(path, headers={"authorization": f"bearer {KEY}"})
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("path", ["/health/live", "/api/v1/health/live", "/openapi.json", "/docs", "/"])
async def test_what_is_open_stays_open(locked_door: Any, path: str) -> None:
    assert (await locked_door.client.get(path)).status_code == 200
    for ready in ("/health/ready", "/api/v1/health/ready"):
        assert (await locked_door.client.get(ready)).status_code in (200, 503)


async def test_with_auth_open_no_key_is_asked_for_even_if_one_is_set(open_door: Any) -> None:
    async with open_door(auth="open", shortlist_bootstrap_key=KEY) as door:
        assert (await door.client.get("/api/v1/resumes/")).status_code == 200


def test_keys_are_asked_for_as_soon_as_one_is_set(tmp_path: Path) -> None:
    assert not GatewaySettings(**NEEDED).asks_for_keys
    assert GatewaySettings(**NEEDED, shortlist_bootstrap_key=KEY).asks_for_keys
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    assert GatewaySettings(**NEEDED, shortlist_bootstrap_key_file=file).bootstrap_key == KEY


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_a_door_that_only_this_machine_reaches_may_be_open(host: str) -> None:
    assert not GatewaySettings(**NEEDED, host=host).asks_for_keys
    assert GatewaySettings(**NEEDED, host="0.0.0.0", shortlist_bootstrap_key=KEY).asks_for_keys


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"auth": "keys"}, "AUTH=keys needs a key"),
        ({"auth": "keys", "shortlist_bootstrap_key": "short"}, "at least 16 characters"),
        ({"auth": "keys", "shortlist_bootstrap_key_file": "/nowhere/at/all"}, "cannot be read"),
        ({"host": "0.0.0.0"}, "HOST is 0.0.0.0.*SHORTLIST_BOOTSTRAP_KEY"),
        ({"host": "::", "auth": "open"}, "anybody could read"),
        ({"host": "gateway", "auth": "open", "shortlist_bootstrap_key": KEY}, "anybody could read"),
    ],
)
def test_a_door_that_could_not_be_locked_is_not_opened(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        GatewaySettings(**NEEDED, **given)
