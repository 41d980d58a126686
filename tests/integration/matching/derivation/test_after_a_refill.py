"""A database that is filled again from topics with older structures: they are derived anew, and each text once."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest

from libs.contracts import events
from libs.contracts.events import TextEvent
from libs.contracts.revision import Revision
from libs.contracts.structure import STRUCTURE_VERSION, IdentitySpan, Structure
from libs.contracts.topics import TEXT, VECTORS
from libs.localstack.postgres.roles import Dsns
from libs.messaging.publishing import KafkaPublisher
from libs.messaging.reporting import tombstone_record, vectors_record
from tests.both_brokers import Broker, settings_of
from tests.e2e.topic_reading import records
from tests.fakes.databases import database_of_its_own
from tests.fakes.documents import DIMENSION, SPACE, key_of, source_event, vectors_event
from tests.fakes.ingest_app import FakeIngest
from tests.fakes.matching_process import SECONDS, TENANT, MatchingProcess
from tests.fakes.serving import serving

pytestmark = pytest.mark.integration

R1, R2 = Revision(1_764_000_000_000, 1), Revision(1_764_000_000_000, 2)
STORED = "Ada Example\nRegistered nurse"


async def _texts(broker: Broker, mark: str) -> list[TextEvent]:
    """Texts of this test's documents on the text topic."""
    found = [record for record in await records(broker.bootstrap, TEXT) if (record.key or b"").endswith(mark.encode())]
    return [events.decode(record.value, TextEvent) for record in found if record.value is not None]


async def _derived(running: MatchingProcess, key: str) -> Any:
    return await running.answer(
        f"/documents/{key}",
        lambda answer: answer.status_code == 200 and answer.json()["structure_version"] == STRUCTURE_VERSION,
    )


async def test_older_structures_are_derived_anew_and_what_was_erased_stays_so(
    broker: Broker, postgres: Dsns, dsns: Dsns, tmp_path: Path
) -> None:
    mark = uuid.uuid4().hex[:12]
    kept, named, erased = (f"resume/{name}-{mark}" for name in ("kept", "named", "erased"))
    ingest = FakeIngest(
        lambda order: Structure(
            title="Registered nurse",
            identity_spans=[IdentitySpan(0, 11, "name")] if order.text == STORED else [],
        )
    )
    publisher = KafkaPublisher(settings_of(broker))
    await publisher.start()
    for key, text in ((kept, "Registered nurse"), (named, STORED), (erased, "Xenobia Quux")):
        await publisher.publish(vectors_record(vectors_event(f"default/{key}", R1, text), VECTORS))
    await publisher.publish(tombstone_record(VECTORS, key_of(f"default/{erased}"), R2, source_event("d")))
    await publisher.stop()
    with serving(ingest.app()) as url:
        # Nobody embeds here, so a text that is sent does not come back; the database is lost meanwhile.
        for database, log in ((dsns, "first.log"), (None, "second.log")):
            async with database_of_its_own(postgres) as empty:
                used = database or empty
                running = await MatchingProcess.start(
                    broker, used.matching, used.owner, tmp_path / log, INGEST_URLS=url
                )
                try:
                    if database is not None:
                        await running.answer("/figures", lambda answer: answer.status_code == 200)
                        async with httpx.AsyncClient(base_url=running.url, headers=TENANT) as client:
                            body = {"model": f"model-{SPACE}", "dimension": DIMENSION}
                            assert (await client.put(f"/spaces/{SPACE}", json=body)).status_code == 200
                    shown = (await _derived(running, kept)).json()
                    assert (shown["title"], shown["status"]) == ("Registered nurse", "indexed")
                    wanted = 1 if database is not None else 2
                    async with asyncio.timeout(SECONDS):
                        while len(await _texts(broker, mark)) < wanted:
                            await asyncio.sleep(0.2)
                    texts = await _texts(broker, mark)
                    assert [str(text.key) for text in texts] == [f"default/{named}"] * wanted
                    assert all(text.identity_spans == [IdentitySpan(0, 11, "name")] for text in texts)
                    assert (await running.answer(f"/documents/{erased}", lambda _: True)).status_code == 404
                finally:
                    assert await running.stop() == 0
    assert "Xenobia Quux" not in {order.text for order in ingest.asked}
