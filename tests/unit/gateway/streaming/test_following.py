"""Where a stream may begin: never on a guess, never twice as many as may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from libs.contracts.errors import DependencyUnavailable
from libs.messaging.connection.settings import KafkaSettings
from services.gateway.access.caller import ANYONE
from services.gateway.access.entry import Entry
from services.gateway.problems import Problem
from services.gateway.streaming.event_id import TopicPosition, cluster_mark, written
from services.gateway.streaming.following import Following
from services.gateway.streaming.gap import Gaps
from services.gateway.streaming.hub import Hub, Wanted
from services.gateway.streaming.open_streams import OpenStreams

pytestmark = pytest.mark.unit


class Lagging:
    """A reader that has not come as far as the broker's end, which is at 10."""

    def __init__(self) -> None:
        self.catches_up = True

    async def catch_up(self, seconds: float) -> bool:
        return self.catches_up

    async def has_read(self, positions: Mapping[int, int], seconds: float) -> bool:
        return False

    async def end_offsets(self) -> Mapping[int, int]:
        return {0: 10}


@pytest.fixture
def statuses() -> Lagging:
    return Lagging()


@pytest.fixture
def hub() -> Hub:
    hub = Hub()
    hub.began("kafka one", {0: 5})
    return hub


@pytest.fixture
def streams() -> OpenStreams:
    return OpenStreams(Entry(is_locked=False, bootstrap_key=None, known=None), at_once=1, per_tenant=1)


@pytest.fixture
def following(statuses: Lagging, hub: Hub, streams: OpenStreams) -> Following:
    gaps = Gaps(KafkaSettings(kafka_bootstrap="127.0.0.1:9"), 1)
    return Following(statuses, hub, gaps, streams, heartbeat_seconds=15)


async def first_of(following: Following, last_event_id: str | None = None) -> str:
    async with following.opened(ANYONE, Wanted("default"), last_event_id) as stream:
        return (await anext(stream.frames())).decode()


async def refusal_of(following: Following, last_event_id: str | None = None) -> Any:
    with pytest.raises(Problem) as refused:
        await first_of(following, last_event_id)
    return refused.value


async def test_an_id_that_this_gateway_has_yet_to_read_up_to_is_no_reset(following: Following) -> None:
    """Else its reader would lose its place, only since a gateway was slow."""
    known = written(TopicPosition(cluster_mark("kafka one"), (9,)))
    assert (await refusal_of(following, known)).code == "unavailable"
    lost = written(TopicPosition(cluster_mark("kafka one"), (11,)))
    assert '"reason":"ahead"' in await first_of(following, lost)


async def test_a_stream_begins_only_once_all_up_to_now_was_read(following: Following, statuses: Lagging) -> None:
    statuses.catches_up = False
    assert (await refusal_of(following)).code == "unavailable"


async def test_while_the_topic_is_not_read_nobody_follows_and_no_place_is_kept(following: Following, hub: Hub) -> None:
    hub.interrupted()
    for _ in range(2):
        with pytest.raises(DependencyUnavailable):
            await first_of(following)


async def test_a_place_is_free_again_once_its_stream_is_over_and_none_at_a_stop(
    following: Following, streams: OpenStreams
) -> None:
    async with following.opened(ANYONE, Wanted("default"), None):
        assert (await refusal_of(following)).code == "overloaded"
    assert "retry: " in await first_of(following)
    streams.end_all()
    assert (await refusal_of(following)).code == "unavailable"


async def test_a_stream_that_is_ended_says_when_to_come_back(following: Following, streams: OpenStreams) -> None:
    async with following.opened(ANYONE, Wanted("default"), None) as stream:
        frames = stream.frames()
        await anext(frames)
        streams.end_all()
        last = [frame async for frame in frames]
    assert len(last) == 1
    assert last[0].startswith(b": come back\nretry: ")
    assert b"id:" not in last[0], "the id that came last counts"
