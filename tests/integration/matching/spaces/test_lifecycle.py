"""Vectors of different models never meet: another space is built from the stored texts, then takes over."""

from __future__ import annotations

import asyncio

import pytest

from libs.contracts import events
from libs.contracts.errors import DependencyUnavailable
from libs.contracts.events import TextEvent
from libs.contracts.revision import Revision
from libs.contracts.topics import GROUP_EMBEDDING, TEXT, VECTORS, vectors_topic
from services.matching.service import NotIndexed
from services.matching.spaces.lifecycle import Spaces
from services.matching.storage.spaces_table import Space
from tests.fakes.documents import DIMENSION, SPACE, key_of, vectors_arrived, vectors_event
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

OTHER = "00000002"
REVISION = Revision(1000, 1)
KEYS = ["default/job/j1", "default/resume/r1", "default/resume/r2", "other/resume/r1"]


def _sent(matching: Matching) -> list[TextEvent]:
    return [events.decode(record.value or b"", TextEvent) for record in matching.publisher.topics[TEXT]]


async def _state(matching: Matching, name: str) -> str:
    rows = await matching.rows("SELECT state FROM matching.spaces WHERE space = $1", name)
    return str(rows[0]["state"])


async def _step(matching: Matching, spaces: Spaces | None = None) -> None:
    """One look at what is to be built, as the process does all the time."""
    spaces = spaces or matching.spaces
    building = await spaces.building()
    assert building is not None
    await spaces.build(building, await spaces.missing(building))


async def _embed_all(matching: Matching, dimension: int) -> None:
    for text in _sent(matching):
        event = vectors_event(
            str(text.key), text.parsed_revision, text.text, space=OTHER, dimension=dimension,
            source_event=text.source_event,
        )  # fmt: skip
        await matching.read(vectors_arrived(event, vectors_topic(OTHER).name))


async def test_the_first_space_ever_is_active_and_has_the_plain_topic(matching: Matching) -> None:
    again = await matching.spaces.register(SPACE, "a model", DIMENSION)
    assert (again.topic, again.group, again.state) == (VECTORS, GROUP_EMBEDDING, "active")
    assert matching.made_topics == []


@pytest.mark.parametrize("dimension", [DIMENSION, 24], ids=["the same dimension", "another dimension"])
async def test_another_space_is_built_from_the_stored_texts_and_then_answers(
    matching: Matching, dimension: int
) -> None:
    for key in KEYS:
        await matching.index(vectors_event(key, REVISION, f"Registered nurse\nas in {key}"))
    registered = await matching.spaces.register(OTHER, "another", dimension)
    assert registered == Space(
        OTHER, "another", dimension, vectors_topic(OTHER).name, f"{GROUP_EMBEDDING}.{OTHER}", "building"
    )
    assert matching.made_topics == [registered.topic]

    await _step(matching)
    assert sorted(str(text.key) for text in _sent(matching)) == KEYS
    assert {text.revision for text in _sent(matching)} == {str(REVISION)}
    assert {text.text for text in _sent(matching)} == {f"Registered nurse\nas in {key}" for key in KEYS}

    # Meanwhile the model computes the new space: its query vectors are refused by the old one.
    matching.embedding.space, matching.embedding.dimension = OTHER, dimension
    meanwhile = await matching.service.search("default", "registered nurse", "resume", 10)
    assert (meanwhile.degraded, meanwhile.model) == (True, None)
    assert [result.score for result in meanwhile.results] == [None, None]
    assert (await matching.service.calculate(key_of(KEYS[0]), key_of(KEYS[1]))).model == f"model-{SPACE}"

    await _embed_all(matching, dimension)
    assert await _state(matching, OTHER) == "building"
    await _step(matching)
    assert (await _state(matching, OTHER), await _state(matching, SPACE)) == ("active", "retired")
    after = await matching.service.search("default", "registered nurse", "resume", 10)
    assert (after.degraded, after.model) == (False, "another")
    assert {result.id for result in after.results} == {"r1", "r2"}
    assert (await matching.service.calculate(key_of(KEYS[0]), key_of(KEYS[1]))).model == "another"
    shown = await matching.service.document(key_of(KEYS[1]))
    assert shown is not None
    assert (shown.embedding.space, shown.embedding.dimension) == (OTHER, dimension)


async def test_a_space_does_not_take_over_while_one_document_lacks_its_vectors(matching: Matching) -> None:
    await matching.index(*(vectors_event(key, REVISION) for key in KEYS))
    await matching.spaces.register(OTHER, "another", DIMENSION)
    await _step(matching)
    await _embed_all(matching, DIMENSION)
    # A document changes before the switch, in the old space only.
    await matching.index(vectors_event(KEYS[0], Revision(1000, 2), "A new text"))
    await _step(matching)
    assert await _state(matching, OTHER) == "building"
    await matching.index(vectors_event(KEYS[0], Revision(1000, 2), "A new text", space=OTHER))
    await _step(matching)
    assert await _state(matching, OTHER) == "active"


async def test_a_document_that_only_the_new_space_knows_is_said_to_wait_for_the_model(matching: Matching) -> None:
    await matching.spaces.register(OTHER, "another", DIMENSION)
    await matching.index(vectors_event(KEYS[0], REVISION), vectors_event(KEYS[1], REVISION, space=OTHER))
    with pytest.raises(NotIndexed, match="no vectors of the active model yet"):
        await matching.service.calculate(key_of(KEYS[0]), key_of(KEYS[1]))


async def test_of_two_processes_one_sends_the_texts_and_sends_them_once(matching: Matching) -> None:
    await matching.index(*(vectors_event(key, REVISION) for key in KEYS))
    await matching.spaces.register(OTHER, "another", DIMENSION)
    second = _another_process(matching)
    await asyncio.gather(_step(matching), _step(matching, second))
    await _step(matching)
    await _step(matching, second)
    # A second worker of the same space registers it too.
    await matching.spaces.register(OTHER, "another", DIMENSION)
    await _step(matching)
    assert len(_sent(matching)) == len(KEYS)


async def test_texts_that_could_not_be_sent_or_were_lost_with_their_broker_are_sent_again(matching: Matching) -> None:
    await matching.index(*(vectors_event(key, REVISION) for key in KEYS))
    await matching.spaces.register(OTHER, "another", DIMENSION)
    matching.publisher.away[TEXT] = "it is being restarted"
    with pytest.raises(DependencyUnavailable):
        await _step(matching)
    matching.publisher.away.clear()
    await _step(matching)
    assert len(_sent(matching)) == len(KEYS)
    await matching.spaces.forget_sending()
    await _step(matching)
    assert len(_sent(matching)) == 2 * len(KEYS)


async def test_only_the_space_registered_last_is_built_and_a_late_one_cannot_take_over(matching: Matching) -> None:
    await matching.spaces.register(OTHER, "another", DIMENSION)
    building = await matching.spaces.building()
    assert building is not None
    await matching.spaces.register("00000003", "a third", DIMENSION)
    await matching.spaces.build(building, missing=0)
    assert [await _state(matching, name) for name in (SPACE, OTHER, "00000003")] == ["active", "retired", "building"]


async def test_going_back_to_the_model_before_needs_only_what_changed_since(matching: Matching) -> None:
    await matching.index(*(vectors_event(key, REVISION) for key in KEYS))
    await matching.spaces.register(OTHER, "another", DIMENSION)
    await _step(matching)
    await _embed_all(matching, DIMENSION)
    await _step(matching)
    await matching.index(vectors_event(KEYS[0], Revision(1000, 2), "A new text", space=OTHER))
    matching.publisher.topics.clear()
    assert (await matching.spaces.register(SPACE, "the first", DIMENSION)).state == "building"
    await _step(matching)
    assert [str(text.key) for text in _sent(matching)] == KEYS[:1]


async def test_workers_that_register_one_space_at_once_get_one_table_and_one_answer(matching: Matching) -> None:
    processes = [matching.spaces, *(_another_process(matching) for _ in range(3))]
    found = await asyncio.gather(*(each.register(OTHER, "another", 24) for each in processes))
    assert len(set(found)) == 1


async def test_building_goes_on_by_itself_until_the_space_is_active(matching: Matching) -> None:
    await matching.index(*(vectors_event(key, REVISION) for key in KEYS))
    building = asyncio.create_task(matching.spaces.build_forever())
    try:
        await matching.spaces.register(OTHER, "another", DIMENSION)
        async with asyncio.timeout(30):
            while len(_sent(matching)) < len(KEYS):
                await asyncio.sleep(0.02)
            await _embed_all(matching, DIMENSION)
            while await _state(matching, OTHER) != "active":
                await asyncio.sleep(0.02)
    finally:
        building.cancel()


def _another_process(matching: Matching) -> Spaces:
    async def nothing(topic: object) -> None:
        return None

    return Spaces(
        matching.database,
        matching.publisher,
        nothing,
        nothing,
        owner_url=matching.dsns.owner,
        service_url=matching.dsns.matching,
    )
