"""Webhooks as callers manage them over HTTP, on a gateway that asks for keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient

from libs.localstack.postgres.roles import Dsns
from services.gateway.app import create_app
from services.gateway.settings import GatewaySettings
from services.gateway.webhooks.managing import MOST_WEBHOOKS
from services.gateway.webhooks.messages import ENDS
from tests.described_answers import DescribedAnswers
from tests.fakes.webhook_receiver import Answer, Receiver

pytestmark = pytest.mark.integration

BOOTSTRAP = "a-bootstrap-key-of-some-length"
PATH = "/api/v1/webhooks"
PUBLIC = "https://hooks.example.org/shortlist"


@asynccontextmanager
async def opened(dsns: Dsns) -> AsyncIterator[AsyncClient]:
    """A gateway over a real database; every answer is held against the published description."""
    settings = GatewaySettings(
        kafka_bootstrap="127.0.0.1:9",
        matching_urls="http://127.0.0.1:9",
        embedding_urls="http://127.0.0.1:9",
        auth="keys",
        shortlist_bootstrap_key=BOOTSTRAP,
        database_url=dsns.gateway,
        database_migration_url=dsns.owner,
        webhooks="off",
        webhook_allowed_private="127.0.0.1",
    )
    app = create_app(settings)
    async with (
        app.lifespan(),
        AsyncClient(
            transport=ASGITransport(app),
            base_url="http://gateway",
            headers={"authorization": f"Bearer {BOOTSTRAP}"},
            event_hooks={"response": [DescribedAnswers().check_async]},
            timeout=60,
        ) as client,
    ):
        async with asyncio.timeout(60):
            while (await client.get(PATH)).status_code == 503:
                await asyncio.sleep(0.05)
        yield client


@pytest.fixture
async def api(dsns: Dsns) -> AsyncIterator[AsyncClient]:
    """A gateway, held open by a task of its own, since it must be closed by the task that opened it."""
    ready: asyncio.Future[AsyncClient] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()

    async def hold() -> None:
        async with opened(dsns) as client:
            ready.set_result(client)
            await over.wait()

    holding = asyncio.create_task(hold())
    await asyncio.wait([ready, holding], return_when=asyncio.FIRST_COMPLETED)
    if holding.done():
        await holding
    yield ready.result()
    over.set()
    await holding


async def made(api: AsyncClient, url: str = PUBLIC, **given: Any) -> dict[str, Any]:
    answer = await api.post(PATH, json={"url": url, **given})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def key_of(api: AsyncClient, tenant: str, *scopes: str) -> dict[str, str]:
    """The header of a new key."""
    answer = await api.post("/api/v1/admin/keys", json={"tenant": tenant, "scopes": list(scopes)})
    return {"authorization": f"Bearer {answer.json()['key']}"}


async def test_a_webhook_is_made_with_a_secret_that_is_never_shown_again(api: AsyncClient) -> None:
    webhook = await made(api, description="the HR system")
    secret = webhook.pop("secret")
    assert secret.startswith("whsec_")
    assert (webhook["types"], webhook["state"], webhook["pending"]) == (list(ENDS), "active", 0)
    shown = await api.get(f"{PATH}/{webhook['id']}")
    listed = await api.get(PATH)
    assert shown.json() == webhook
    assert listed.json() == {"items": [webhook]}
    assert secret not in shown.text + listed.text


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"url": "http://hooks.example.org/"}, "invalid_url"),
        ({"url": "https://169.254.169.254/"}, "invalid_url"),
        ({"url": PUBLIC, "types": ["document.lost"]}, "invalid_body"),
        ({"url": PUBLIC, "types": []}, "invalid_body"),
        ({"url": PUBLIC, "description": "x" * 201}, "invalid_body"),
        ({}, "invalid_body"),
    ],
)
async def test_what_no_webhook_may_be_is_refused(api: AsyncClient, body: dict[str, Any], code: str) -> None:
    answer = await api.post(PATH, json=body)
    assert (answer.status_code, answer.json()["type"]) == (400, f"urn:shortlist:problem:{code}")


async def test_a_tenant_has_so_many_webhooks_and_no_more(api: AsyncClient) -> None:
    for _ in range(MOST_WEBHOOKS):
        await made(api)
    answer = await api.post(PATH, json={"url": PUBLIC})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:shortlist:problem:too_many")


async def test_a_webhook_is_changed_paused_and_resumed(api: AsyncClient) -> None:
    webhook = await made(api)
    path = f"{PATH}/{webhook['id']}"
    change = {"url": "https://other.example.org/", "types": ["document.failed"], "description": "new"}
    changed = (await api.patch(path, json=change)).json()
    assert {name: changed[name] for name in change} == change
    paused = (await api.patch(path, json={"state": "paused"})).json()
    assert (paused["state"], paused["url"], paused["paused_at"] is not None) == ("paused", change["url"], True)
    resumed = (await api.patch(path, json={"state": "active"})).json()
    assert (resumed["state"], resumed["paused_at"], resumed["paused_for"]) == ("active", None, None)
    for refused in ({"url": "http://hooks.example.org/"}, {"types": []}, {"state": "gone"}):
        assert (await api.patch(path, json=refused)).status_code == 400
    assert (await api.get(path)).json() == resumed


async def test_a_rotation_shows_a_new_secret_and_says_until_when_the_old_one_signs(api: AsyncClient) -> None:
    webhook = await made(api)
    rotated = (await api.post(f"{PATH}/{webhook['id']}/secret")).json()
    assert rotated["secret"].startswith("whsec_")
    assert rotated["secret"] != webhook["secret"]
    assert rotated["old_secret_until"] is not None


async def test_a_deleted_webhook_is_gone(api: AsyncClient) -> None:
    webhook = await made(api)
    path = f"{PATH}/{webhook['id']}"
    assert (await api.delete(path)).json()["id"] == webhook["id"]
    for answer in (await api.get(path), await api.delete(path), await api.post(f"{path}/test")):
        assert answer.status_code == 404
    assert (await api.get(PATH)).json() == {"items": []}


async def test_a_test_tells_what_came_back_and_changes_nothing(api: AsyncClient, receiver: Receiver) -> None:
    webhook = await made(api, receiver.url())
    path = f"{PATH}/{webhook['id']}"
    receiver.answers = [Answer(200, body=b"thanks"), Answer(500, body=b"sorry")]
    good, bad = (await api.post(f"{path}/test")).json(), (await api.post(f"{path}/test")).json()
    assert (good["delivered"], good["status"], good["error"], good["body"]) == (True, 200, None, "thanks")
    assert (bad["delivered"], bad["status"], bad["body"]) == (False, 500, "sorry")
    assert [each.verified_with(webhook["secret"])["type"] for each in receiver.received] == ["webhook.test"] * 2  # type: ignore[index]
    assert receiver.ids == [good["id"], bad["id"]]
    shown = (await api.get(path)).json()
    assert (shown["last_delivery"], shown["consecutive_failures"]) == (None, 0)
    await api.patch(path, json={"url": "https://hooks.example.invalid/"})
    nowhere = (await api.post(f"{path}/test")).json()
    assert (nowhere["delivered"], nowhere["status"]) == (False, None)
    assert "hooks.example.invalid" in nowhere["error"]


@pytest.mark.parametrize("body", [{"since": "yesterday"}, {"since": "2026-12-02", "until": "2026-12-01"}])
async def test_a_replay_of_no_time_is_refused(api: AsyncClient, body: dict[str, str]) -> None:
    webhook = await made(api)
    answer = await api.post(f"{PATH}/{webhook['id']}/replay", json=body)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:shortlist:problem:invalid_time")


async def test_what_was_delivered_and_what_was_not_is_listed(
    api: AsyncClient, gateway: Any, receiver: Receiver
) -> None:
    webhook = await made(api, receiver.url())
    receiver.answers = [Answer(204), Answer(500)]
    for number in (1, 2):
        await gateway.happens(number)
        await gateway.deliver()
    path = f"{PATH}/{webhook['id']}/deliveries"
    items = (await api.get(path)).json()["items"]
    assert [(each["state"], each["last_status"], each["body"]["data"]["id"]) for each in items] == [
        ("pending", 500, "r-2"),
        ("delivered", 204, "r-1"),
    ]
    assert (await api.get(path, params={"state": "pending"})).json()["items"] == items[:1]
    shown = (await api.get(f"{PATH}/{webhook['id']}")).json()
    assert (shown["pending"], shown["consecutive_failures"], shown["last_error"]) == (1, 1, "the endpoint answered 500")
    replayed = (await api.post(f"{PATH}/{webhook['id']}/replay", json={"since": "2020-01-01"})).json()
    assert replayed == {"events": 2, "next_since": None}
    for params in ({"state": "lost"}, {"limit": "0"}, {"limit": "201"}):
        assert (await api.get(path, params=params)).status_code == 400


async def test_another_tenants_webhooks_are_unseen(api: AsyncClient) -> None:
    webhook = await made(api)
    theirs = await key_of(api, "acme", "admin")
    path = f"{PATH}/{webhook['id']}"
    assert (await api.get(PATH, headers=theirs)).json() == {"items": []}
    calls = [
        api.get(path, headers=theirs),
        api.get(f"{path}/deliveries", headers=theirs),
        api.patch(path, headers=theirs, json={"state": "paused"}),
        api.delete(path, headers=theirs),
        api.post(f"{path}/secret", headers=theirs),
        api.post(f"{path}/test", headers=theirs),
        api.post(f"{path}/replay", headers=theirs, json={"since": "2026-12-01"}),
    ]
    assert [(await call).status_code for call in calls] == [404] * len(calls)
    assert (await api.get(path)).json()["state"] == "active"


async def test_reading_takes_the_scope_read_and_changing_takes_admin(api: AsyncClient) -> None:
    webhook = await made(api)
    path = f"{PATH}/{webhook['id']}"
    reader = await key_of(api, "default", "read", "write")
    for reading in (PATH, path, f"{path}/deliveries"):
        assert (await api.get(reading, headers=reader)).status_code == 200
    changes = [
        api.post(PATH, headers=reader, json={"url": PUBLIC}),
        api.patch(path, headers=reader, json={"state": "paused"}),
        api.delete(path, headers=reader),
        *(
            api.post(f"{path}/{what}", headers=reader, json={"since": "2026-12-01"})
            for what in ("secret", "test", "replay")
        ),
    ]
    assert [(await call).status_code for call in changes] == [403] * len(changes)
