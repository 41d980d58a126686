"""What is found in stored texts by an older version is found anew, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from libs.contracts import events
from libs.contracts.documents import Note
from libs.contracts.errors import DependencyUnavailable, Overloaded
from libs.contracts.events import TextEvent, VectorsEvent
from libs.contracts.inner.documents import JobDocument, ResumeDocument
from libs.contracts.inner.structure import StructureOrder
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.contracts.structure import (
    REQUIREMENTS_LEFT_OUT,
    STRUCTURE_VERSION,
    Entry,
    IdentitySpan,
    LineStyle,
    Mention,
    Requirement,
    Section,
    Structure,
)
from libs.contracts.topics import TEXT
from libs.messaging.reporting import RECOMPUTE
from libs.resilience.breaker import CircuitBreaker
from libs.resilience.inner_client import InnerClient
from libs.telemetry.health import Health
from services.matching.derivation.ingest_client import IngestClient
from services.matching.derivation.worker import Derivation
from services.matching.metrics import OUTDATED_STRUCTURES
from tests.fakes.documents import key_of, report, status_arrived, tombstone_arrived, vectors_event
from tests.fakes.ingest_app import FakeIngest
from tests.fakes.matching_parts import Matching
from tests.fakes.serving import serving

pytestmark = pytest.mark.integration

R1, R2, R3 = Revision(1000, 1), Revision(1000, 2), Revision(1000, 3)
KEY, JOB, OTHER = "default/resume/r1", "default/job/j1", "other/resume/r1"
STORED = "Ada Example\nRegistered nurse since 2016\nIntensive care"
NAME = IdentitySpan(0, 11, "name")
NURSE: dict[str, Any] = {
    "language": "en",
    "sections": [Section(12, len(STORED), "Registered nurse", "experience")],
    "entries": [Entry(start=12, end=39, type="work", title="Registered nurse", from_="2016", in_progress=True)],
    "mentions": [Mention(start=40, end=54, type="skill", name="Intensive care")],
}


def nurse(order: StructureOrder) -> Structure:
    """What is found without a name."""
    return Structure(title="Registered nurse", **NURSE)


def named_nurse(order: StructureOrder) -> Structure:
    """The same and a name."""
    return Structure(title="Registered nurse", identity_spans=[NAME], **NURSE)


@pytest.fixture
def ingest() -> FakeIngest:
    return FakeIngest(nurse)


@pytest.fixture
def ingest_url(ingest: FakeIngest) -> Iterator[str]:
    with serving(ingest.app()) as url:
        yield url


@pytest.fixture
async def client(ingest_url: str) -> AsyncIterator[IngestClient]:
    inner = InnerClient("ingest", ingest_url, breaker=CircuitBreaker(f"ingest-{uuid.uuid4().hex}", reset_seconds=0.0))
    yield IngestClient(inner)
    await inner.close()


@pytest.fixture
def derivation(matching: Matching, client: IngestClient) -> Derivation:
    return Derivation(matching.database, matching.publisher, client)


async def derive(derivation: Derivation) -> None:
    while await derivation.step():
        pass


def sent(matching: Matching) -> list[TextEvent]:
    """The texts that were published."""
    return [
        events.decode(record.value, TextEvent) for record in matching.publisher.topics[TEXT] if record.value is not None
    ]


async def resume(matching: Matching) -> ResumeDocument:
    found = await matching.service.document(key_of(KEY))
    assert isinstance(found, ResumeDocument)
    return found


async def vectors_in(matching: Matching) -> list[dict[str, Any]]:
    return await matching.rows('SELECT id, stamp, "offset", windows, units FROM matching.vectors_0a0b0c0d ORDER BY id')


def embedded(text: TextEvent) -> VectorsEvent:
    """What embedding makes of a text that was sent, but for its cuts."""
    fields = {name: getattr(text, name) for name in TextEvent.__struct_fields__}
    for given in ("tenant", "kind", "id", "revision", "text"):
        fields.pop(given)
    return vectors_event(str(text.key), text.parsed_revision, text.text, **fields)


async def test_what_is_found_anew_is_shown_and_the_vectors_stay_where_the_same_is_embedded(
    matching: Matching, derivation: Derivation
) -> None:
    notes = [Note("hidden_text", "White text was left out."), Note(REQUIREMENTS_LEFT_OUT, "7 were left out.")]
    await matching.index(vectors_event(KEY, R1, STORED, notes=notes, sections=[Section(0, 11, "ADA EXAMPLE")]))
    before, vectors = await resume(matching), await vectors_in(matching)
    assert before.structure_version == 0
    await derive(derivation)
    shown = await resume(matching)
    assert (shown.title, shown.structure_version) == ("Registered nurse", STRUCTURE_VERSION)
    assert {name: getattr(shown, name) for name in NURSE} == NURSE
    assert [note.code for note in shown.notes] == ["hidden_text"], "the parser's notes stay, the structure's are new"
    assert (shown.indexed_at, shown.updated_at) == (before.indexed_at, before.updated_at)
    assert (shown.status, shown.indexed_revision) == ("indexed", str(R1))
    assert await vectors_in(matching) == vectors
    assert sent(matching) == []


async def test_ingest_is_asked_with_all_that_a_structure_depends_on(
    matching: Matching, derivation: Derivation, ingest: FakeIngest
) -> None:
    styles = [LineStyle(size=1.5, bold=True), LineStyle(), LineStyle()]
    await matching.index(
        vectors_event(JOB, R1, STORED, as_of="2025-06-30", line_styles=styles, description="", requirements=["one"])
    )
    await derive(derivation)
    assert ingest.asked == [
        StructureOrder(
            kind="job",
            text=STORED,
            as_of="2025-06-30",
            title="Ada Example",
            description="",
            requirements=["one"],
            line_styles=styles,
        )
    ]


async def test_documents_of_every_tenant_and_more_than_a_page_are_derived_once(
    matching: Matching, derivation: Derivation, ingest: FakeIngest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.matching.derivation.worker.PAGE", 2)
    keys = [f"{tenant}/{kind}/{n}" for tenant in ("default", "other") for kind in ("job", "resume") for n in range(3)]
    await matching.index(*(vectors_event(key, R1, STORED) for key in keys))
    await derive(derivation)
    await derive(derivation)
    assert len(ingest.asked) == len(keys)
    for key in keys:
        shown = await matching.service.document(key_of(key))
        assert shown is not None
        assert shown.structure_version == STRUCTURE_VERSION


async def test_a_document_of_this_version_is_left_alone(
    matching: Matching, derivation: Derivation, ingest: FakeIngest
) -> None:
    await matching.index(vectors_event(KEY, R1, STORED, structure_version=STRUCTURE_VERSION))
    await derive(derivation)
    assert ingest.asked == []


async def test_where_other_words_are_embedded_now_the_text_goes_through_embedding_once(
    matching: Matching, derivation: Derivation, ingest: FakeIngest
) -> None:
    ingest.find = named_nurse
    await matching.index(vectors_event(KEY, R1, STORED))
    vectors = await vectors_in(matching)
    await derive(derivation)
    await derive(derivation)
    (text,) = sent(matching)
    assert (text.parsed_revision, text.identity_spans, text.structure_version) == (R1, [NAME], STRUCTURE_VERSION)
    assert all(RECOMPUTE not in dict(record.headers) for record in matching.publisher.topics[TEXT]), "the cache serves"
    assert (await resume(matching)).identity_spans == [], "the text and its vectors change together"
    assert await vectors_in(matching) == vectors
    await matching.index(embedded(text))
    shown = await resume(matching)
    assert (shown.identity_spans, shown.structure_version, shown.status) == ([NAME], STRUCTURE_VERSION, "indexed")
    await derive(derivation)
    assert len(sent(matching)) == 1


async def test_a_jobs_requirements_are_vectors_of_their_own(
    matching: Matching, derivation: Derivation, ingest: FakeIngest
) -> None:
    asked = Requirement(start=40, end=54, text="Intensive care")
    ingest.find = lambda order: Structure(title=order.title, requirements_found=[asked])
    await matching.index(vectors_event(JOB, R1, STORED))
    await derive(derivation)
    (text,) = sent(matching)
    await matching.index(embedded(text))
    shown = await matching.service.document(key_of(JOB))
    assert isinstance(shown, JobDocument)
    assert [each.text for each in shown.requirements_found] == ["Intensive care"]


async def test_a_text_of_which_nothing_would_be_left_does_not_fail(
    matching: Matching, derivation: Derivation, ingest: FakeIngest
) -> None:
    ingest.find = lambda order: Structure(identity_spans=[IdentitySpan(0, len(order.text), "name")])
    await matching.index(vectors_event(KEY, R1, STORED))
    await derive(derivation)
    assert sent(matching) == []
    assert (await resume(matching)).structure_version == STRUCTURE_VERSION


@pytest.mark.parametrize("find", [nurse, named_nurse])
async def test_what_is_replaced_while_ingest_is_asked_is_not_overwritten(
    matching: Matching, derivation: Derivation, ingest: FakeIngest, find: Any
) -> None:
    await matching.index(vectors_event(KEY, R1, STORED))
    loop, newer = asyncio.get_running_loop(), vectors_event(KEY, R2, "Carpenter", structure_version=STRUCTURE_VERSION)

    def replace(order: StructureOrder) -> None:
        asyncio.run_coroutine_threadsafe(matching.index(newer), loop).result(20)

    ingest.find, ingest.before_answer = find, replace
    await derive(derivation)
    shown = await resume(matching)
    assert (shown.text, shown.entries, shown.indexed_revision) == ("Carpenter", [], str(R2))
    assert sent(matching) == []


@pytest.mark.parametrize("find", [nurse, named_nurse])
async def test_what_is_erased_while_ingest_is_asked_stays_erased(
    matching: Matching, derivation: Derivation, ingest: FakeIngest, find: Any
) -> None:
    await matching.index(vectors_event(KEY, R1, STORED))
    loop = asyncio.get_running_loop()

    def erase(order: StructureOrder) -> None:
        asyncio.run_coroutine_threadsafe(matching.writer.erase(key_of(KEY), R2), loop).result(20)

    ingest.find, ingest.before_answer = find, erase
    await derive(derivation)
    assert await matching.service.document(key_of(KEY)) is None
    assert sent(matching) == []
    (row,) = await matching.rows("SELECT to_jsonb(d)::text AS row FROM matching.documents d")
    assert "nurse" not in row["row"].lower()
    assert "care" not in row["row"].lower()


async def test_what_is_erased_while_its_text_goes_through_embedding_stays_erased(
    matching: Matching, derivation: Derivation, ingest: FakeIngest
) -> None:
    ingest.find = named_nurse
    await matching.index(vectors_event(KEY, R1, STORED))
    await derive(derivation)
    (text,) = sent(matching)
    await matching.read(tombstone_arrived(KEY, R2))
    await matching.index(embedded(text))
    assert await matching.service.document(key_of(KEY)) is None
    last = matching.publisher.topics[TEXT][-1]
    assert (last.key, last.value) == (KEY.encode(), None), "the text topic must not end on the text"
    await derive(derivation)
    assert len(sent(matching)) == 1


async def test_a_text_is_not_sent_behind_a_newer_one_that_is_on_its_way(
    matching: Matching, derivation: Derivation, ingest: FakeIngest
) -> None:
    ingest.find = named_nurse
    await matching.index(vectors_event(KEY, R1, STORED))
    await matching.read(status_arrived(report(KEY, R2, Status.PARSED)))
    await derive(derivation)
    assert sent(matching) == []


async def test_the_older_event_once_more_does_not_send_the_text_again_and_again(
    matching: Matching, derivation: Derivation, ingest: FakeIngest
) -> None:
    ingest.find = named_nurse
    older = vectors_event(KEY, R1, STORED)
    await matching.index(older)
    await derive(derivation)
    # As after a failure in embedding, when what is stored is put at the log's end, or after a rebalance.
    await matching.index(older)
    await derive(derivation)
    assert len(sent(matching)) == 1


async def test_an_older_structure_that_comes_behind_the_newer_one_is_derived_anew(
    matching: Matching, derivation: Derivation, ingest: FakeIngest
) -> None:
    ingest.find = named_nurse
    older = vectors_event(KEY, R1, STORED)
    await matching.index(older)
    await derive(derivation)
    await matching.index(embedded(sent(matching)[0]))
    await matching.index(older)
    await derive(derivation)
    assert len(sent(matching)) == 2
    await matching.index(embedded(sent(matching)[1]))
    assert (await resume(matching)).identity_spans == [NAME]


async def test_a_text_that_did_not_come_back_is_sent_again_in_time(
    matching: Matching, derivation: Derivation, ingest: FakeIngest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest.find = named_nurse
    await matching.index(vectors_event(KEY, R1, STORED))
    await derive(derivation)
    monkeypatch.setattr("services.matching.derivation.outdated.SENT_AGAIN_SECONDS", 0.0)
    assert await derivation.step()
    assert len(sent(matching)) == 2


async def test_where_the_broker_lost_what_it_held_texts_are_sent_once_more(
    matching: Matching, derivation: Derivation, ingest: FakeIngest
) -> None:
    ingest.find = named_nurse
    await matching.index(vectors_event(KEY, R1, STORED))
    await derive(derivation)
    await derivation.forget_sent()
    await derive(derivation)
    assert len(sent(matching)) == 2


async def test_a_text_without_a_structure_is_passed_over_until_it_is_submitted_again(
    matching: Matching, derivation: Derivation, ingest: FakeIngest
) -> None:
    ingest.refuses.add(STORED)
    await matching.index(vectors_event(KEY, R1, STORED), vectors_event(JOB, R1, "Nurse for nights"))
    await derive(derivation)
    await derivation.forget_sent()
    await derive(derivation)
    assert sorted(order.kind for order in ingest.asked) == ["job", "resume"]
    assert (await resume(matching)).structure_version == 0
    ingest.refuses.clear()
    await matching.index(vectors_event(KEY, R2, STORED))
    await derive(derivation)
    assert (await resume(matching)).structure_version == STRUCTURE_VERSION


async def test_only_so_many_texts_go_through_embedding_at_a_time(
    matching: Matching, derivation: Derivation, ingest: FakeIngest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.matching.derivation.worker.MOST_ON_THE_WAY", 2)
    monkeypatch.setattr("services.matching.derivation.worker.PAGE", 1)
    ingest.find = named_nurse
    await matching.index(*(vectors_event(f"{tenant}/resume/{n}", R1, STORED) for tenant in "ab" for n in range(2)))
    await derive(derivation)
    assert len(sent(matching)) == 2
    await matching.index(*map(embedded, sent(matching)))
    await derive(derivation)
    assert len(sent(matching)) == 4


async def test_an_ingest_that_is_away_busy_or_of_an_older_version_is_waited_for(
    matching: Matching, derivation: Derivation, ingest: FakeIngest
) -> None:
    await matching.index(vectors_event(KEY, R1, STORED))
    ingest.away = True
    with pytest.raises(DependencyUnavailable):
        await derivation.step()
    ingest.away, ingest.busy = False, True
    with pytest.raises(Overloaded):
        await derivation.step()
    ingest.busy, ingest.find = False, lambda order: Structure(version=STRUCTURE_VERSION - 1)
    with pytest.raises(DependencyUnavailable, match=f"version {STRUCTURE_VERSION - 1}"):
        await derivation.step()
    assert (await resume(matching)).structure_version == 0
    ingest.find = nurse
    await derive(derivation)
    assert (await resume(matching)).structure_version == STRUCTURE_VERSION


async def test_a_broker_that_is_away_loses_nothing(
    matching: Matching, derivation: Derivation, ingest: FakeIngest
) -> None:
    ingest.find = named_nurse
    await matching.index(vectors_event(KEY, R1, STORED))
    matching.publisher.away[TEXT] = "it is away"
    with pytest.raises(DependencyUnavailable):
        await derivation.step()
    matching.publisher.away.clear()
    await derive(derivation)
    assert len(sent(matching)) == 1


async def test_one_process_works_at_a_time_and_another_takes_over(
    matching: Matching, derivation: Derivation, client: IngestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.matching.derivation.worker.PAGE", 1)
    await matching.index(vectors_event(KEY, R1, STORED), vectors_event(JOB, R1, STORED))
    second = Derivation(matching.database, matching.publisher, client)
    assert await derivation.step()
    assert not await second.step()
    # The first dies here: it is not heard of any more.
    monkeypatch.setattr("services.matching.derivation.worker.WORKER_SECONDS", 0.0)
    assert await second.step()


async def test_nothing_is_derived_while_the_database_is_being_filled(
    matching: Matching, derivation: Derivation, ingest: FakeIngest
) -> None:
    await matching.index(vectors_event(KEY, R1, STORED))
    async with matching.database.writing_shared() as connection:
        await connection.execute("INSERT INTO matching.positions VALUES ('documents.vectors.v1', 0, 5, 9)")
    assert not await derivation.step()
    async with matching.database.writing_shared() as connection:
        await connection.execute("UPDATE matching.positions SET next = 9")
    assert await derivation.step()


async def test_without_an_address_of_ingest_it_says_how_many_wait_and_goes_on_counting(
    matching: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.matching.derivation.worker.LOOK_SECONDS", 0.02)
    await matching.index(vectors_event(KEY, R1, STORED), vectors_event(OTHER, R1, STORED))
    health = Health("matching")
    running = asyncio.create_task(Derivation(matching.database, matching.publisher, None).run_forever(health))
    try:
        async with asyncio.timeout(20):
            while "structure" not in health.parts:
                await asyncio.sleep(0.01)
        state = health.parts["structure"]
        assert (state.status, health.live) == ("degraded", True)
        assert state.reason == "2 texts wait for a newer structure: INGEST_URLS is not set, so nobody can be asked"
        assert OUTDATED_STRUCTURES._value.get() == 2
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_it_waits_for_ingest_says_so_and_goes_on(
    matching: Matching, derivation: Derivation, ingest: FakeIngest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.matching.derivation.worker.LOOK_SECONDS", 0.02)
    monkeypatch.setattr("services.matching.derivation.worker.backoff_seconds", lambda attempt, cap: 0.02)
    ingest.away = True
    await matching.index(vectors_event(KEY, R1, STORED))
    health = Health("matching")
    running = asyncio.create_task(derivation.run_forever(health))
    try:
        async with asyncio.timeout(20):
            while "structure" not in health.parts:
                await asyncio.sleep(0.01)
            assert health.parts["structure"].status == "degraded"
            ingest.away = False
            while health.parts["structure"].status != "ok" or OUTDATED_STRUCTURES._value.get():
                await asyncio.sleep(0.01)
        assert (await resume(matching)).structure_version == STRUCTURE_VERSION
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert await matching.rows("SELECT worker FROM matching.derivation") == [{"worker": None}], "it hands over at once"


async def test_reembedding_sends_the_newest_structure(
    matching: Matching, derivation: Derivation, ingest: FakeIngest
) -> None:
    ingest.find = named_nurse
    newer = {"structure_version": STRUCTURE_VERSION, "title": "As it was found"}
    await matching.index(vectors_event(KEY, R1, STORED), vectors_event(OTHER, R1, STORED, **newer))
    await matching.reembed(derivation.current)
    found = {str(text.key): (text.title, text.structure_version) for text in sent(matching)}
    assert found == {KEY: ("Registered nurse", STRUCTURE_VERSION), OTHER: ("As it was found", STRUCTURE_VERSION)}
    assert len(ingest.asked) == 1


async def test_reembedding_waits_for_ingest_but_not_for_a_text_that_has_no_structure(
    matching: Matching, derivation: Derivation, ingest: FakeIngest
) -> None:
    ingest.refuses.add(STORED)
    await matching.index(vectors_event(KEY, R1, STORED))
    ingest.away = True
    sending = matching.reembedding(derivation.current)
    await sending.begin()
    with pytest.raises(DependencyUnavailable):
        await sending.step()
    assert sent(matching) == []
    ingest.away = False
    while await sending.step():
        pass
    assert [text.structure_version for text in sent(matching)] == [0]
