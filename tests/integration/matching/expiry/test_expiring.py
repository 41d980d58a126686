"""Documents that are not to be kept any longer are erased by themselves, and nothing newer goes with them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from libs.contracts import cloudevents, topics
from libs.contracts.errors import DependencyUnavailable
from libs.contracts.events import TYPE_DELETED
from libs.contracts.identifiers import DocumentKey, receipt_id
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.messaging.records import Record
from services.matching.expiry import worker
from services.matching.expiry.worker import Expiring
from services.matching.retention import ALL_STAY, Retention
from services.matching.service import MatchingService
from services.matching.writing.document_writer import DocumentWriter
from tests.fakes.documents import (
    arrived,
    changed,
    key_of,
    report,
    status_arrived,
    tombstone_arrived,
    vectors_arrived,
    vectors_event,
)
from tests.fakes.ingest_work import Ingest
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

KEY = "default/resume/r1"
PAST, FUTURE = "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"
# The log's end: every expiry comes behind what the tests submit.
END = Revision(4_000_000_000_000, 1)


def at(offset: int) -> Revision:
    return Revision(1000, offset)


def text(offset: int, words: str = "Registered nurse", key: str = KEY, **fields: Any) -> Record:
    return vectors_arrived(vectors_event(key, at(offset), words, **fields))


class Expiries:
    """What asks for erasures, and the way of what it asks for: through ingest to matching."""

    def __init__(self, matching: Matching, retention: Retention = ALL_STAY) -> None:
        writer = DocumentWriter(matching.database, cache_seconds=3600, retention=retention)
        self.matching = replace(matching, writer=writer)
        self.worker = Expiring(matching.database, matching.publisher, retention, every_seconds=0.01)

    async def published(self) -> list[Record]:
        """What one look published, as ingest reads it."""
        before = len(self.matching.publisher.topics[topics.SUBMITTED])
        await self.worker.look()
        sent = self.matching.publisher.topics[topics.SUBMITTED][before:]
        return [replace(arrived(each), timestamp=END.stamp) for each in sent]

    async def passed_on(self, *submitted: Record) -> list[Record]:
        """What ingest makes of records of the submitted topic, as matching reads it."""
        ingest = await Ingest().take(*submitted)
        return [arrived(each) for each in ingest.publisher.topics[topics.METADATA_CHANGES]]

    async def look(self) -> int:
        """Looks, and has all that is published done; how many documents that were."""
        submitted = await self.published()
        await self.matching.read(*await self.passed_on(*submitted))
        return len(submitted)

    async def texts(self) -> list[str]:
        rows = await self.matching.rows("SELECT id FROM matching.documents WHERE text IS NOT NULL ORDER BY id")
        return [row["id"] for row in rows]

    def told(self) -> list[tuple[str, str]]:
        """Revision and status of what was reported, in order, but for what was indexed."""
        found = [(revision, status) for _, revision, status in self.matching.statuses()]
        return [each for each in found if each[1] != "indexed"]


@pytest.fixture
def expiries(matching: Matching) -> Expiries:
    return Expiries(matching)


async def test_an_expired_document_is_erased_as_one_that_is_deleted(expiries: Expiries) -> None:
    matching = expiries.matching
    await matching.read(text(1, expires_at=PAST), text(1, key="default/resume/kept", expires_at=FUTURE))
    submitted = await expiries.published()
    [event] = [cloudevents.read(record.value, record.headers) for record in submitted]
    assert (event.type, event.data, submitted[0].key) == (TYPE_DELETED, None, KEY.encode())
    await matching.read(*await expiries.passed_on(*submitted))
    assert await expiries.texts() == ["kept"]
    assert expiries.told() == [(str(at(1)), "erased")]
    [tombstone] = matching.publisher.topics[topics.TEXT]
    assert (tombstone.key, tombstone.value, dict(tombstone.headers)["revision"]) == (KEY.encode(), None, b"1000-1")
    receipt = await matching.writer.receipt("default", receipt_id(key_of(KEY), at(1)))
    assert receipt is not None
    assert (receipt.stores.database.status, receipt.stores.text_topic.status) == ("done", "pending")
    await matching.read(tombstone_arrived(KEY, at(1), forgotten=True))
    receipt = await matching.writer.receipt("default", receipt_id(key_of(KEY), at(1)))
    assert receipt is not None
    assert receipt.stores.text_topic.status == "done"
    for table in ("standings", "metadata_changes", "expiries"):
        rows = await matching.rows(f"SELECT id FROM matching.{table}")
        assert [row["id"] for row in rows] == (["kept"] if table == "standings" else [])


async def test_what_is_not_expired_stays(expiries: Expiries) -> None:
    await expiries.matching.read(text(1), text(1, key="default/resume/r2", expires_at=FUTURE))
    assert await expiries.look() == 0
    assert await expiries.texts() == ["r1", "r2"]


@pytest.mark.parametrize("later", [FUTURE, None])
async def test_a_change_that_is_read_before_the_expiry_keeps_the_document(
    expiries: Expiries, later: str | None
) -> None:
    await expiries.matching.read(text(1, expires_at=PAST))
    submitted = await expiries.published()
    await expiries.matching.read(changed(KEY, at(2), expires_at=later), *await expiries.passed_on(*submitted))
    assert await expiries.texts() == ["r1"]
    assert expiries.told() == []
    assert await expiries.look() == 0


async def test_a_change_of_something_else_is_erased_with_its_document(expiries: Expiries) -> None:
    await expiries.matching.read(text(1, expires_at=PAST))
    submitted = await expiries.published()
    await expiries.matching.read(changed(KEY, at(2), metadata={"stage": "hired"}))
    await expiries.matching.read(*await expiries.passed_on(*submitted))
    assert await expiries.texts() == []
    assert expiries.told() == [(str(at(2)), "erased")]
    assert await expiries.matching.rows("SELECT * FROM matching.metadata_changes") == []


@pytest.mark.parametrize("status", [Status.QUEUED, Status.PARSED, Status.FAILED])
async def test_a_newer_submission_keeps_all_that_is_stored(expiries: Expiries, status: Status) -> None:
    await expiries.matching.read(text(1, expires_at=PAST, metadata={"a": 1}))
    submitted = await expiries.published()
    await expiries.matching.read(status_arrived(report(KEY, at(2), status)), *await expiries.passed_on(*submitted))
    document = await expiries.matching.service.document(key_of(KEY))
    assert document is not None
    assert (document.indexed_revision, document.metadata) == (str(at(1)), {"a": 1})
    assert expiries.told() == []


async def test_a_newer_submission_that_matching_has_not_heard_of_survives_a_stale_expiry(expiries: Expiries) -> None:
    await expiries.matching.read(text(1, expires_at=PAST))
    passed = await expiries.passed_on(*await expiries.published())
    await expiries.matching.read(*passed)
    await expiries.matching.read(text(2, "A newer text", expires_at=FUTURE))
    await expiries.matching.read(tombstone_arrived(KEY, at(1)))
    document = await expiries.matching.service.document(key_of(KEY))
    assert document is not None
    assert (document.text, document.expires_at) == ("A newer text", FUTURE)
    last = expiries.matching.publisher.topics[topics.TEXT][-1]
    assert (last.key, dict(last.headers)["revision"]) == (KEY.encode(), str(at(2)).encode())
    assert last.value is not None, "the topic ends on what is stored"


async def test_ingest_passes_no_expiry_on_that_something_newer_came_with(expiries: Expiries) -> None:
    await expiries.matching.read(text(1, expires_at=PAST))
    [expiry] = await expiries.published()
    newer = replace(
        expiry,
        timestamp=END.stamp - 1,
        value=b'{"text": "Ada Example, nurse"}',
        headers=(("ce_type", b"shortlist.document.submitted.v1"), ("content-type", b"application/json")),
    )
    assert await expiries.passed_on(newer, expiry) == []
    assert len(await expiries.passed_on(expiry)) == 1


async def test_where_a_submission_is_on_its_way_nothing_is_asked_for(expiries: Expiries) -> None:
    await expiries.matching.read(text(1, expires_at=PAST), status_arrived(report(KEY, at(2), Status.QUEUED)))
    assert await expiries.look() == 0
    await expiries.matching.read(text(2, "A newer text"))
    assert await expiries.look() == 1, "it names no other end"
    assert await expiries.texts() == []


async def test_an_expiry_that_is_read_once_more_says_the_same_again_and_erases_nothing_newer(
    expiries: Expiries,
) -> None:
    await expiries.matching.read(text(1, expires_at=PAST))
    passed = await expiries.passed_on(*await expiries.published())
    await expiries.matching.read(*passed)
    counted = await expiries.matching.rows("SELECT receipt FROM matching.erasures")
    await expiries.matching.read(*passed)
    assert expiries.told() == [(str(at(1)), "erased")] * 2, "it may not have been told the first time"
    assert await expiries.matching.rows("SELECT receipt FROM matching.erasures") == counted
    await expiries.matching.read(text(2, "A new document", expires_at=PAST), *passed)
    assert await expiries.texts() == ["r1"], "this one is of the document before"


async def test_several_processes_ask_once_and_again_where_nothing_came_of_it(
    expiries: Expiries, monkeypatch: pytest.MonkeyPatch
) -> None:
    await expiries.matching.read(*[text(1, key=f"default/resume/r{n}", expires_at=PAST) for n in range(20)])
    others = [Expiries(expiries.matching).worker for _ in range(4)]
    await asyncio.gather(*(each.look() for each in others))
    sent = [record.key for record in expiries.matching.publisher.topics[topics.SUBMITTED]]
    assert len(sent) == len(set(sent)) == 20
    assert await expiries.look() == 0
    monkeypatch.setattr(worker, "CLAIM_SECONDS", 0.0)
    assert await expiries.look() == 20


async def test_a_broker_that_is_away_is_asked_again(expiries: Expiries) -> None:
    await expiries.matching.read(text(1, expires_at=PAST))
    expiries.matching.publisher.away[topics.SUBMITTED] = "it restarts"
    with pytest.raises(DependencyUnavailable):
        await expiries.worker.look()
    assert await expiries.texts() == ["r1"]
    expiries.matching.publisher.away.clear()
    assert await expiries.look() == 1
    assert await expiries.texts() == []


async def test_only_so_many_are_on_their_way_at_a_time(expiries: Expiries, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "MOST_ON_THE_WAY", 3)
    await expiries.matching.read(*[text(1, key=f"default/resume/r{n}", expires_at=PAST) for n in range(5)])
    waiting = await expiries.published()
    assert (len(waiting), await expiries.published()) == (3, [])
    await expiries.matching.read(*await expiries.passed_on(*waiting))
    assert await expiries.look() == 2
    assert await expiries.texts() == []


async def test_a_tenants_days_count_from_the_last_submission_where_a_document_says_nothing_itself(
    matching: Matching,
) -> None:
    expiries = Expiries(matching, Retention({"default": 30}))
    service = MatchingService(matching.database, None, retention=Retention({"default": 30}))  # type: ignore[arg-type]
    [row] = await matching.rows("SELECT (extract(epoch FROM now()) * 1000)::bigint AS now")
    day = 86_400_000
    for name, days, fields in (
        ("old", 31, {}),
        ("young", 29, {}),
        ("own", 31, {"expires_at": FUTURE}),
        ("taken-back", 31, {"expires_at": None}),
        ("sooner", 1, {"expires_at": PAST}),
    ):
        revision = Revision(row["now"] - days * day, 1)
        await matching.read(vectors_arrived(vectors_event(f"default/resume/{name}", revision, "A nurse", **fields)))
        await matching.read(vectors_arrived(vectors_event(f"other/resume/{name}", revision, "A nurse")))
    failed = Revision(row["now"] - 31 * day, 2)
    await matching.read(status_arrived(report("default/resume/failed", failed, Status.FAILED)))
    page = await service.page("default", "resume", limit=10, cursor=None, status=None)
    ends = {each.id: each.expires_at for each in page.items}
    masked = await service.blind.page("default", "resume", limit=10, cursor=None, status=None)
    assert {each.id: each.expires_at for each in masked.items} == ends
    assert ends["own"] == FUTURE
    assert ends["sooner"] == PAST
    assert ends["young"] is not None
    assert ends["young"] > ends["old"]
    assert await expiries.look() == 4
    assert await expiries.texts() == ["own", "young"]
    assert await matching.rows("SELECT id FROM matching.documents WHERE status = 'failed'") == []
    assert len(await matching.rows("SELECT id FROM matching.documents WHERE text IS NOT NULL", tenant="other")) == 5


async def test_on_the_try_out_broker_which_stamps_nothing_days_count_from_the_last_report(matching: Matching) -> None:
    expiries = Expiries(matching, Retention({"*": 30}, is_stamped=False))
    await matching.read(text(1), text(1, key="default/resume/old"))
    async with matching.database.writing("default") as connection:
        await connection.execute(
            "UPDATE matching.documents SET updated_at = now() - interval '31 days' WHERE id = 'old'"
        )
    assert await expiries.look() == 1
    assert await expiries.texts() == ["r1"]


async def test_days_are_looked_at_again_as_long_as_there_are_more(
    matching: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "MOST_ON_THE_WAY", 2)
    expiries = Expiries(matching, Retention({"*": 30}))
    await matching.read(*[text(1, key=f"default/resume/r{n}") for n in range(5)])
    waiting = await expiries.published()
    assert await expiries.published() == [], "no more may be on their way"
    await expiries.matching.read(*await expiries.passed_on(*waiting))
    assert [await expiries.look(), await expiries.look(), await expiries.look()] == [2, 1, 0]
    assert await expiries.texts() == []


async def test_while_the_database_is_filled_again_nothing_expires(expiries: Expiries) -> None:
    """What prolongs a document may not be read yet."""
    await expiries.matching.read(text(1, expires_at=PAST))
    passed = await expiries.passed_on(*await expiries.published())
    async with expiries.matching.database.writing_shared() as connection:
        await connection.execute(
            "INSERT INTO matching.positions (topic, number, next, read_before) VALUES ('t', 0, 1, 5)"
        )
    await expiries.matching.read(text(1, key="default/resume/r2", expires_at=PAST))
    assert await expiries.look() == 0
    await expiries.matching.read(*passed)
    assert await expiries.texts() == ["r1", "r2"]


async def test_a_producers_malformed_condition_erases_nothing_and_fails_nothing(expiries: Expiries) -> None:
    await expiries.matching.read(text(1, expires_at=PAST))
    [expiry] = await expiries.published()
    headers = tuple((name, b"soon" if name == "ce_expiredrevision" else value) for name, value in expiry.headers)
    ingest = await Ingest().take(replace(expiry, headers=headers))
    assert ingest.dead_letters == ["invalid_content"]
    assert ingest.steps == []
    assert ingest.publisher.topics[topics.TEXT] == []


async def test_what_comes_under_the_erased_events_id_stays_erased_and_a_new_event_is_a_new_document(
    expiries: Expiries,
) -> None:
    event = vectors_event(KEY, at(1), "A nurse", expires_at=PAST)
    await expiries.matching.read(vectors_arrived(event))
    await expiries.look()
    again = vectors_event(KEY, at(7), "A nurse", expires_at=FUTURE, source_event=event.source_event)
    await expiries.matching.read(vectors_arrived(again))
    assert await expiries.texts() == []
    await expiries.matching.read(text(8, "A nurse"))
    document = await expiries.matching.service.document(DocumentKey("default", "resume", "r1"))
    assert document is not None
    assert document.expires_at is None, "the end of the document before is forgotten"
