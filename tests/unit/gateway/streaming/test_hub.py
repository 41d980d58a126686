"""What was just read goes to whom it is for; a queue that is full ends its stream, or begins anew."""

from __future__ import annotations

import pytest

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.events import SourceEvent, StatusEvent
from libs.contracts.statuses import Status
from services.gateway.statuses.overlay import StatusPosition
from services.gateway.streaming.ending import Ending, EndReason
from services.gateway.streaming.event_id import read
from services.gateway.streaming.hub import QUEUED_BYTES, QUEUED_EVENTS, Hub, Wanted

pytestmark = pytest.mark.unit


def event(tenant: str = "acme", status: Status = Status.QUEUED, source: str = "/test") -> StatusEvent:
    return StatusEvent(
        tenant=tenant,
        kind="resume",
        id="r1",
        revision="1-1",
        status=status,
        source_event=SourceEvent(source, "1"),
        at="2026-12-01T00:00:00.000Z",
    )


@pytest.fixture
def hub() -> Hub:
    hub = Hub()
    hub.began("kafka one", {0: 10, 1: 0})
    return hub


def test_an_event_goes_to_its_tenants_seats_with_the_id_behind_it(hub: Hub) -> None:
    with (
        hub.seat(Wanted("acme"), Ending()) as all_of_it,
        hub.seat(Wanted("acme", statuses=frozenset({"failed"})), Ending()) as failed,
        hub.seat(Wanted("other"), Ending()) as other,
    ):
        hub.came(event(), StatusPosition(0, 12))
        frame, count = all_of_it.taken()
        assert (count, failed.taken()[1], other.taken()[1]) == (1, 0, 0)
        assert b'"tenant"' not in frame
        assert b"acme" not in frame
        id = frame.decode().partition("\nid: ")[2].strip()
        assert read(id) == hub.position
        assert hub.position.offsets == (13, 0)
    assert all_of_it.start.offsets == (10, 0)
    hub.came(event(), StatusPosition(0, 13))
    assert all_of_it.taken()[1] == 0, "who has left gets nothing"


@pytest.mark.parametrize(("source", "count"), [("/test", QUEUED_EVENTS), ("x" * 100_000, QUEUED_BYTES // 100_000)])
def test_a_seat_that_is_not_emptied_ends_its_stream_and_keeps_nothing(hub: Hub, source: str, count: int) -> None:
    ending = Ending()
    with hub.seat(Wanted("acme"), ending) as seat:
        seat.caught_up()
        for offset in range(count):
            hub.came(event(source=source), StatusPosition(1, offset))
        assert ending.reason is None
        hub.came(event(source=source), StatusPosition(1, count))
        assert ending.reason is EndReason.SLOW
        assert seat.taken() == (b"", 0)


def test_while_its_stream_is_behind_a_full_seat_begins_anew_from_there(hub: Hub) -> None:
    ending = Ending()
    with hub.seat(Wanted("acme"), ending) as seat:
        for offset in range(QUEUED_EVENTS + 1):
            hub.came(event(), StatusPosition(1, offset))
        assert ending.reason is None
        assert seat.start.offsets == (10, QUEUED_EVENTS + 1), "all that was forgotten lies before its start"
        hub.came(event(), StatusPosition(1, QUEUED_EVENTS + 1))
        assert seat.taken()[1] == 1


def test_the_id_moves_on_without_events_and_never_back(hub: Hub) -> None:
    before = hub.id
    hub.moved({0: 30, 1: 0})
    assert read(hub.id).offsets == (30, 0)
    assert hub.id != before
    hub.moved({0: 20, 1: 5})
    assert hub.position.offsets == (30, 5)


def test_an_interruption_ends_all_streams_and_nobody_begins_until_it_is_over(hub: Hub) -> None:
    ending = Ending()
    with hub.seat(Wanted("acme"), ending):
        hub.interrupted()
        assert ending.reason is EndReason.INTERRUPTED
    with pytest.raises(DependencyUnavailable), hub.seat(Wanted("acme"), Ending()):
        pass
    hub.began("kafka one", {0: 3, 1: 3})
    assert hub.position.offsets == (3, 3)
