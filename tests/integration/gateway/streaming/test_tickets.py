"""Tickets: for browsers, once, for a minute, at any gateway, and never in a log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest

from libs.localstack.postgres.roles import Dsns
from libs.messaging.publishing import KafkaPublisher
from libs.telemetry.health import Health
from services.gateway.access.caller import Caller
from services.gateway.access.key_form import digest_of
from services.gateway.access.scopes import Scope
from services.gateway.access.tickets import Tickets
from services.gateway.storage.database import GatewayDatabase
from tests.fakes.event_stream import EventReader, ServedGateway

pytestmark = pytest.mark.integration


async def ticket_of(gateway: ServedGateway, key: str) -> str:
    answer = await gateway.client.post("/api/v1/events/tickets", headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == 201, answer.text
    assert set(answer.json()) == {"ticket", "expires_at"}
    return str(answer.json()["ticket"])


async def refused(gateway: ServedGateway, **params: str) -> tuple[int, str]:
    answer = await gateway.refusal(**params)
    return answer.status_code, answer.json()["detail"]


async def test_a_ticket_opens_one_stream_of_its_tenant_at_another_gateway(
    gateways: Sequence[ServedGateway], new_member: Any, publisher: KafkaPublisher, capfd: pytest.CaptureFixture[str]
) -> None:
    member, other = await new_member(), await new_member()
    ticket = await ticket_of(gateways[0], member.key)
    reader = EventReader()
    async with gateways[1].stream(reader, ticket=ticket) as stream:
        await stream.opened()
        await publisher.publish_all([other.status("theirs", 1), member.status("ours", 1)])
        (event,) = await stream.take(1)
        assert event.data["id"] == "ours"
    for gateway in gateways:
        status, detail = await refused(gateway, ticket=ticket)
        assert (status, "used already" in detail) == (401, True)
    # Comes back as a browser's page does: with a new ticket and the last id in the query.
    await publisher.publish(member.status("missed", 2))
    again = await ticket_of(gateways[1], member.key)
    async with gateways[0].stream(EventReader(), ticket=again, last_event_id=reader.last_id) as stream:
        (event,) = await stream.take(1)
        assert event.data["id"] == "missed"
    written = "".join(capfd.readouterr())
    assert ticket not in written
    assert again not in written


async def test_a_ticket_that_expired_opens_nothing_and_is_deleted_with_the_next(
    gateways: Sequence[ServedGateway], new_member: Any, database: Dsns
) -> None:
    member = await new_member()
    ticket = await ticket_of(gateways[0], member.key)
    connection = await asyncpg.connect(database.superuser)
    try:
        await connection.execute("UPDATE gateway.tickets SET expires_at = now() - interval '1 second'")
        assert (await refused(gateways[0], ticket=ticket))[0] == 401
        next_one = await ticket_of(gateways[0], member.key)
        stored = [bytes(row["digest"]) for row in await connection.fetch("SELECT digest FROM gateway.tickets")]
        assert stored == [digest_of(next_one)], "hashed, and the expired one is gone"
    finally:
        await connection.close()


async def test_a_ticket_of_a_key_that_was_revoked_meanwhile_opens_nothing(
    gateways: Sequence[ServedGateway], new_member: Any
) -> None:
    member, admin = await new_member(), await new_member("admin")
    ticket = await ticket_of(gateways[0], admin.key)
    revoked = await gateways[0].client.delete(
        f"/api/v1/admin/keys/{admin.key_id}", headers={"authorization": f"Bearer {admin.key}"}
    )
    assert revoked.status_code == 200
    status, detail = await refused(gateways[0], ticket=ticket)
    assert (status, "revoked" in detail) == (401, True)
    assert (await refused(gateways[0], ticket="st_" + "x" * 43))[0] == 401
    # It opens streams and nothing else.
    answer = await gateways[0].client.get(
        "/api/v1/resumes", params={"ticket": await ticket_of(gateways[0], member.key)}
    )
    assert answer.status_code == 401


async def test_a_ticket_of_a_token_keeps_what_the_token_said(
    gateways: Sequence[ServedGateway], new_member: Any, database: Dsns
) -> None:
    member = await new_member()
    whose = Caller(
        member.tenant, "token-1a2b", frozenset({Scope.READ}), actor="ada@example.org", expires_at=1_900_000_000.5
    )
    opened = GatewayDatabase(database.gateway, None, Health("gateway"), connections=2)
    await opened.open()
    try:
        tickets = Tickets(opened)
        ticket = (await tickets.make(whose)).ticket
        assert await tickets.use(ticket) == whose
        assert await tickets.use(ticket) is None
    finally:
        await opened.stop()


async def test_the_database_itself_shows_a_ticket_to_nobody_who_does_not_have_it(
    gateways: Sequence[ServedGateway], new_member: Any, database: Dsns
) -> None:
    member, other = await new_member(), await new_member()
    ticket = await ticket_of(gateways[0], member.key)
    connection = await asyncpg.connect(database.gateway)
    try:
        count = "SELECT count(*) FROM gateway.tickets"
        for setting, value, seen in (
            ("shortlist.tenant", "", 0),
            ("shortlist.tenant", other.tenant, 0),
            ("shortlist.tenant", member.tenant, 1),
            ("shortlist.ticket", digest_of("another").hex(), 0),
            ("shortlist.ticket", digest_of(ticket).hex(), 1),
        ):
            async with connection.transaction():
                await connection.execute("SELECT set_config($1, $2, true)", setting, value)
                assert await connection.fetchval(count) == seen, (setting, value)
    finally:
        await connection.close()


async def test_without_the_scope_read_there_is_neither_ticket_nor_stream(
    gateways: Sequence[ServedGateway], new_member: Any
) -> None:
    member = await new_member("write")
    headers = {"authorization": f"Bearer {member.key}"}
    assert (await gateways[0].client.post("/api/v1/events/tickets", headers=headers)).status_code == 403
    assert (await gateways[0].refusal(key=member.key)).status_code == 403
