"""What ends a stream: a reader that does not read, a worthless key, a gateway that stops; and how many there may be."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from libs.contracts.documents import DocumentError
from libs.contracts.statuses import Status
from libs.messaging.publishing import KafkaPublisher
from tests.fakes.event_stream import EventReader, ServedGateway
from tests.integration.gateway.streaming.conftest import OPERATOR, able

pytestmark = pytest.mark.integration


async def test_the_stream_of_a_key_that_is_revoked_or_expires_ends(
    gateways: Sequence[ServedGateway], new_member: Any
) -> None:
    admin = await new_member("admin")
    expires = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    mortal = await new_member("read", expires_at=expires)
    lasting = await new_member()
    async with (
        gateways[0].stream(key=lasting.key) as going_on,
        gateways[0].stream(key=admin.key) as here,
        gateways[1].stream(key=admin.key) as there,
        gateways[1].stream(key=mortal.key) as expiring,
        asyncio.timeout(60),
    ):
        for stream in (going_on, here, there, expiring):
            await stream.opened()
        revoked = await gateways[0].client.delete(
            f"/api/v1/admin/keys/{admin.key_id}", headers={"authorization": f"Bearer {admin.key}"}
        )
        assert revoked.status_code == 200
        for stream in (here, there, expiring):
            assert await stream.until_ended() == []
        assert not going_on.ended
        answer = await gateways[1].refusal(key=mortal.key)
        assert answer.status_code == 401


async def test_a_gateway_that_stops_ends_its_streams_at_once_and_they_go_on_at_another(
    open_gateway: Any, gateways: Sequence[ServedGateway], new_member: Any, publisher: KafkaPublisher
) -> None:
    member, reader = await new_member(), EventReader()
    async with open_gateway(event_heartbeat_seconds=600) as stopping:
        await able(stopping)
        async with stopping.stream(reader, key=member.key) as stream, asyncio.timeout(60):
            await stream.opened()
            reader.retry_ms = None
            stopping.server.should_exit = True
            # The answer comes to its end in order: a connection that was cut would raise here.
            assert await stream.until_ended() == []
    assert reader.retry_ms is not None
    await publisher.publish(member.status("meanwhile", 1))
    async with gateways[0].stream(reader, key=member.key) as stream:
        assert [event.data["id"] for event in await stream.take(1)] == ["meanwhile"]


async def test_a_reader_that_takes_nothing_is_dropped_and_keeps_nobody_waiting(
    gateways: Sequence[ServedGateway], new_member: Any, publisher: KafkaPublisher
) -> None:
    member, reader = await new_member(), EventReader()
    address = urlsplit(gateways[0].url)
    with socket.socket() as lazy:
        # Little room on the way, so that what is not taken is soon the gateway's to keep.
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        await asyncio.to_thread(lazy.connect, (address.hostname, address.port))
        head = f"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {member.key}\r\n\r\n"
        await asyncio.to_thread(lazy.sendall, head.encode())
        assert (await asyncio.to_thread(lazy.recv, 12)).startswith(b"HTTP/1.1 200")
        error = DocumentError("internal", "x" * 50_000)
        async with gateways[0].stream(reader, key=member.key) as stream, asyncio.timeout(120):
            await stream.opened()
            number, before = 0, await dropped(gateways[0])
            while await dropped(gateways[0]) == before:
                await publisher.publish(member.status("large", number, Status.FAILED, error=error))
                (event,) = await stream.take(1)
                assert event.data["revision"] == f"1-{number}", "the other reader goes on"
                number += 1
        # What was on the way when the queue was full is all that it ever gets: the connection is closed.
        lazy.settimeout(60)
        while await asyncio.to_thread(lost, lazy):
            pass


def lost(lazy: socket.socket) -> bool:
    """Reads on; False once the connection has ended."""
    try:
        return bool(lazy.recv(1_048_576))
    except ConnectionResetError:
        return False


async def dropped(gateway: ServedGateway) -> float:
    """How many streams were ended as slow so far, in this process."""
    headers = {"authorization": f"Bearer {OPERATOR}"}
    lines = (await gateway.client.get("/metrics", headers=headers)).text.splitlines()
    counted = [line for line in lines if line.startswith('shortlist_gateway_event_streams_ended_total{reason="slow"}')]
    return float(counted[0].rpartition(" ")[2]) if counted else 0.0


async def test_streams_are_bounded_and_take_no_place_of_other_requests(open_gateway: Any, new_member: Any) -> None:
    bounds = {"event_streams_at_once": 5, "event_streams_per_tenant": 4, "requests_at_once": 4}
    async with open_gateway(**bounds) as gateway:
        await able(gateway)
        member, other = await new_member(), await new_member()
        async with (
            gateway.stream(key=member.key),
            gateway.stream(key=member.key),
            gateway.stream(key=member.key),
            gateway.stream(key=member.key),
        ):
            headers = {"authorization": f"Bearer {member.key}"}
            refused = await gateway.refusal(key=member.key)
            assert (refused.status_code, "your tenant has 4" in refused.json()["detail"]) == (429, True)
            assert int(refused.headers["retry-after"]) > 0
            # Five more requests than may be worked on at once are open by now, were they counted.
            assert (await gateway.client.post("/api/v1/events/tickets", headers=headers)).status_code == 201
            async with gateway.stream(key=other.key):
                headers = {"authorization": f"Bearer {other.key}"}
                refused = await gateway.refusal(key=other.key)
                assert (refused.status_code, "this gateway has 5" in refused.json()["detail"]) == (429, True)
        async with asyncio.timeout(60):
            while (await gateway.client.head("/api/v1/events", headers=headers)).status_code == 429:
                await asyncio.sleep(0.02)
