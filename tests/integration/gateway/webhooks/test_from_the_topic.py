"""Whole gateways on a real broker and database: a status that is published reaches an endpoint."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from libs.contracts import topics
from libs.contracts.events import SourceEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.localstack.ports import free_port
from libs.localstack.postgres.roles import Dsns
from libs.messaging.publishing import KafkaPublisher, Outgoing
from libs.messaging.reporting import status_record
from tests.both_brokers import Broker, environment_of
from tests.fakes.webhook_receiver import Receiver

pytestmark = pytest.mark.integration

PATH = "/api/v1/webhooks"


def settings_on(dsns: Dsns) -> dict[str, str]:
    return {
        "database_url": dsns.gateway,
        "database_migration_url": dsns.owner,
        "webhook_allowed_private": "127.0.0.1",
    }


async def made(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    """A new webhook, once the gateway has reached its database."""
    async with asyncio.timeout(180):
        while (answer := await client.post(PATH, json={"url": url})).status_code == 503:
            await asyncio.sleep(0.1)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def ends(publisher: KafkaPublisher, document: str, status: Status = Status.INDEXED) -> None:
    """Another service reports how a submission ended."""
    key = DocumentKey("default", "resume", document)
    await publisher.publish(status_record(key, Revision(5, 1), status, source_event=SourceEvent("/test", "1")))


async def until_told(receiver: Receiver, *documents: str) -> None:
    """Waits until an endpoint was told of all of these documents."""
    async with asyncio.timeout(240):
        while not {*documents} <= {json.loads(each.body)["data"].get("id") for each in receiver.received}:
            await asyncio.sleep(0.05)


def new_id() -> str:
    return uuid.uuid4().hex


async def test_a_status_that_is_published_reaches_an_endpoint_once_whatever_the_number_of_gateways(
    open_gateway: Any, dsns: Dsns, publisher: KafkaPublisher, receiver: Receiver
) -> None:
    documents = [new_id() for _ in range(20)]
    async with open_gateway(**settings_on(dsns)) as first, open_gateway(**settings_on(dsns)):
        webhook = await made(first, receiver.url())
        # A record that nobody understands keeps nothing behind it from being told.
        await publisher.publish(Outgoing(topics.STATUS, b"default/resume/odd", b"{not json", []))
        for document in documents:
            await ends(publisher, document)
        await until_told(receiver, *documents)
        async with asyncio.timeout(180):
            while (await first.get(f"{PATH}/{webhook['id']}")).json()["pending"]:
                await asyncio.sleep(0.05)
    told = [each for each in receiver.received if json.loads(each.body)["data"]["id"] in documents]
    assert len({each.headers["webhook-id"] for each in told}) == len(told) == 20
    for each in told:
        body = each.verified_with(webhook["secret"])
        assert body["type"] == "document.indexed"  # type: ignore[index]


async def test_health_says_how_webhooks_are_doing_and_a_gateway_may_leave_them_to_others(
    open_gateway: Any, dsns: Dsns
) -> None:
    async with open_gateway(**settings_on(dsns)) as delivering:
        async with asyncio.timeout(180):
            while (await delivering.get("/health/ready")).json()["parts"]["webhooks"]["status"] != "ok":
                await asyncio.sleep(0.1)
    async with open_gateway(**settings_on(dsns), webhooks="off") as managing:
        assert "webhooks" not in (await managing.get("/health/ready")).json()["parts"]
        assert await made(managing, "https://hooks.example.org/")


@asynccontextmanager
async def process(broker: Broker, dsns: Dsns, matching_url: str, log: Path) -> AsyncIterator[tuple[Any, str]]:
    """A gateway as a process of its own, and its address; killed at the end where it still runs."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("OTEL_")},
        **environment_of(broker),
        **{name.upper(): value for name, value in settings_on(dsns).items()},
        "MATCHING_URLS": matching_url,
        "EMBEDDING_URLS": "http://127.0.0.1:9",
        "AUTH": "open",
        "PORT": str(port),
    }
    with log.open("wb") as out:
        running = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.gateway", env=environment, stdout=out, stderr=out
        )
    try:
        url = f"http://127.0.0.1:{port}"
        async with asyncio.timeout(180), httpx.AsyncClient(trust_env=False) as client:
            while True:
                try:
                    await client.get(f"{url}/health/live")
                    break
                except httpx.TransportError:
                    assert running.returncode is None, f"the gateway ended at its start: see {log}"
                    await asyncio.sleep(0.1)
        yield running, url
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()


async def test_a_gateway_that_is_killed_while_it_delivers_loses_nothing(
    open_gateway: Any,
    broker: Broker,
    dsns: Dsns,
    matching_url: str,
    publisher: KafkaPublisher,
    receiver: Receiver,
    tmp_path: Path,
) -> None:
    document = new_id()
    receiver.gate = asyncio.Event()
    async with process(broker, dsns, matching_url, tmp_path / "gateway.log") as (doomed, url):
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            webhook = await made(client, receiver.url())
        await ends(publisher, document)
        await until_told(receiver, document)
        doomed.send_signal(signal.SIGKILL)
        await doomed.wait()
    receiver.gate.set()
    owner = await asyncpg.connect(dsns.superuser)
    try:
        # Its lease is over: a minute later, that is.
        assert await owner.execute("UPDATE gateway.webhook_deliveries SET due_at = now() WHERE claim IS NOT NULL")
        await owner.execute("UPDATE gateway.webhook_tenants SET due_at = now()")
    finally:
        await owner.close()
    before = len(receiver.received)
    async with open_gateway(**settings_on(dsns)) as other, asyncio.timeout(240):
        while (await other.get(f"{PATH}/{webhook['id']}")).json().get("pending") != 0:
            await asyncio.sleep(0.1)
    again = [each for each in receiver.received[before:] if json.loads(each.body)["data"]["id"] == document]
    assert [each.headers["webhook-id"] for each in again] == [receiver.ids[0]]
