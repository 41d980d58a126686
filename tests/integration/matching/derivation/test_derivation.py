"""What is found in stored texts by an older version is found anew, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from libs.contracts.documents import Note
from libs.contracts.errors import DependencyUnavailable, Overloaded
from libs.contracts.inner.structure import StructureOrder
from libs.contracts.structure import (
    REQUIREMENTS_LEFT_OUT,
    STRUCTURE_VERSION,
    LineStyle,
    Section,
    Structure,
)
from libs.telemetry.health import Health
from services.matching.derivation.ingest_client import IngestClient
from services.matching.derivation.worker import Derivation
from services.matching.metrics import OUTDATED_STRUCTURES
from tests.fakes.documents import key_of, vectors_event
from tests.fakes.ingest_app import FakeIngest
from tests.fakes.matching_parts import Matching
from tests.fakes.nurse_texts import (
    JOB,
    KEY,
    NURSE,
    OTHER,
    R1,
    R2,
    STORED,
    derive,
    named_nurse,
    nurse,
    resume,
    sent,
    vectors_in,
)

pytestmark = pytest.mark.integration


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


async def test_one_process_works_at_a_time_and_another_takes_over(
    matching: Matching, derivation: Derivation, client: IngestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.matching.derivation.worker.PAGE", 1)
    await matching.index(vectors_event(KEY, R1, STORED), vectors_event(JOB, R1, STORED))
    second = Derivation(matching.database, matching.publisher, client)
    assert await derivation.step()
    assert not await second.step()
    # The first dies here: it is not heard of any more.
    monkeypatch.setattr(second._claim, "_seconds", 0.0)
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
