"""Texts of which other words are embedded now go through embedding once, whatever happens meanwhile."""

from __future__ import annotations

import pytest

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.inner.documents import JobDocument
from libs.contracts.statuses import Status
from libs.contracts.structure import (
    STRUCTURE_VERSION,
    IdentitySpan,
    Requirement,
    Structure,
)
from libs.contracts.topics import TEXT
from libs.messaging.reporting import RECOMPUTE
from services.matching.derivation.worker import Derivation
from tests.fakes.documents import key_of, report, status_arrived, tombstone_arrived, vectors_event
from tests.fakes.ingest_app import FakeIngest
from tests.fakes.matching_parts import Matching
from tests.fakes.nurse_texts import (
    JOB,
    KEY,
    NAME,
    OTHER,
    R1,
    R2,
    STORED,
    derive,
    embedded,
    named_nurse,
    resume,
    sent,
    vectors_in,
)

pytestmark = pytest.mark.integration


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
