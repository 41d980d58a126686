"""Every stored text goes through the model again, once, whatever happens to the process that sends it."""

from __future__ import annotations

import asyncio

import pytest
from httpx import AsyncClient

from libs.contracts import events
from libs.contracts.errors import DependencyUnavailable
from libs.contracts.events import TextEvent
from libs.contracts.revision import Revision
from libs.contracts.topics import TEXT
from libs.messaging.reporting import RECOMPUTE
from tests.fakes.documents import vectors_event
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

REVISION = Revision(1000, 1)
KEYS = ["default/job/j1", "default/resume/r1", "default/resume/r2", "other/resume/r1"]


def _sent(matching: Matching) -> list[TextEvent]:
    return [events.decode(record.value or b"", TextEvent) for record in matching.publisher.topics[TEXT]]


def _keys(matching: Matching) -> list[str]:
    return [str(text.key) for text in _sent(matching)]


async def test_every_stored_text_of_every_tenant_is_sent_again_past_the_cache(matching: Matching) -> None:
    await matching.index(*(vectors_event(key, REVISION, metadata={"a": [key]}) for key in KEYS))
    await matching.reembed()
    assert {str(text.key): text.metadata for text in _sent(matching)} == {key: {"a": [key]} for key in KEYS}
    assert all(RECOMPUTE in dict(record.headers) for record in matching.publisher.topics[TEXT])


async def test_more_texts_than_a_page_are_all_sent_once(matching: Matching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.matching.writing.stored_texts.PAGE", 2)
    keys = [f"{tenant}/{kind}/{number}" for tenant in "ab" for kind in ("job", "resume") for number in range(5)]
    await matching.index(*(vectors_event(key, REVISION) for key in keys))
    await matching.reembed()
    assert _keys(matching) == keys


async def test_the_answer_comes_at_once_and_the_sending_goes_on_when_the_broker_is_back(
    matching: Matching, client: AsyncClient
) -> None:
    await matching.index(*(vectors_event(key, REVISION) for key in KEYS))
    matching.publisher.away[TEXT] = "it is away"
    assert (await client.post("/reembed")).json() == {"documents": len(KEYS)}
    assert (await client.post("/reembed")).json() == {"documents": len(KEYS)}
    assert _sent(matching) == []
    del matching.publisher.away[TEXT]
    async with asyncio.timeout(30):
        while len(_sent(matching)) < len(KEYS):
            await asyncio.sleep(0.02)
    assert sorted(_keys(matching)) == KEYS


async def test_a_process_that_dies_over_it_leaves_the_rest_to_the_next(
    matching: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.matching.writing.stored_texts.PAGE", 2)
    await matching.index(*(vectors_event(key, REVISION) for key in KEYS))
    first, second = matching.reembedding(), matching.reembedding()
    await first.begin()
    assert await first.step()
    assert not await second.step(), "the first is at it"
    # The first dies here: it is not heard of any more.
    monkeypatch.setattr("services.matching.spaces.reembedding.SENDER_SECONDS", 0.0)
    while await second.step():
        pass
    assert _keys(matching) == KEYS
    assert not await second.step()
    assert _keys(matching) == KEYS


async def test_an_outage_in_the_middle_sends_no_page_before_it_again(
    matching: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.matching.writing.stored_texts.PAGE", 2)
    await matching.index(*(vectors_event(key, REVISION) for key in KEYS))
    sending = matching.reembedding()
    await sending.begin()
    await sending.step()
    matching.publisher.away[TEXT] = "it is being restarted"
    with pytest.raises(DependencyUnavailable):
        await sending.step()
    matching.publisher.away.clear()
    while await sending.step():
        pass
    assert _keys(matching) == KEYS


async def test_a_process_that_stops_hands_over_at_once(matching: Matching) -> None:
    await matching.index(*(vectors_event(key, REVISION) for key in KEYS))
    matching.publisher.away[TEXT] = "it is away"
    first = matching.reembedding()
    await first.begin()
    running = asyncio.create_task(first.run_forever())
    async with asyncio.timeout(30):
        while not (await matching.rows("SELECT sender FROM matching.reembedding"))[0]["sender"]:
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    matching.publisher.away.clear()
    second = matching.reembedding()
    while await second.step():
        pass
    assert _keys(matching) == KEYS


async def test_where_the_broker_lost_what_it_held_the_sending_starts_over(
    matching: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.matching.writing.stored_texts.PAGE", 2)
    await matching.index(*(vectors_event(key, REVISION) for key in KEYS))
    sending = matching.reembedding()
    await sending.begin()
    await sending.step()
    matching.publisher.topics.clear()
    await sending.begin_anew()
    while await sending.step():
        pass
    assert _keys(matching) == KEYS
