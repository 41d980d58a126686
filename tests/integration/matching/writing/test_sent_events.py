"""An event that its producer sends again: of the current revision without effect, of an older one undone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from libs.contracts import events
from libs.contracts.documents import DocumentError
from libs.contracts.events import TextEvent
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.contracts.topics import TEXT
from services.matching.writing.sent_events import REMEMBERED
from tests.fakes.documents import (
    SPACE,
    key_of,
    report,
    source_event,
    status_arrived,
    vectors_arrived,
    vectors_event,
)
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

KEY = "default/job/j1"
FIRST, SECOND, THIRD, FOURTH = (Revision(1000, offset) for offset in (1, 2, 3, 4))
OTHER = "00000002"
A, B = source_event("a"), source_event("b")
TEXT_A, TEXT_B = "A text of one line", "Another text\nof two lines"
LATER = "2026-11-02T00:00:00Z"
# That submission of a document, whose day its text is read as of.
SENT_LATER = {"submitted_at": LATER, "as_of": "2026-11-02"}


async def _shown(matching: Matching) -> dict[str, Any]:
    shown = await matching.service.document(key_of(KEY))
    assert shown is not None
    return dict(msgspec.to_builtins(shown))


def _texts(matching: Matching) -> list[tuple[str, str]]:
    """Revision and text of what was published to the text topic."""
    found = [events.decode(record.value or b"", TextEvent) for record in matching.publisher.topics[TEXT]]
    return [(event.revision, event.text) for event in found]


async def _marks(matching: Matching) -> int:
    return int((await matching.rows("SELECT count(*) AS n FROM matching.events"))[0]["n"])


async def test_the_current_event_again_moves_the_revision_and_the_day_only(matching: Matching) -> None:
    await matching.index(vectors_event(KEY, FIRST, TEXT_A, source_event=A))
    before = await _shown(matching)
    await matching.index(vectors_event(KEY, SECOND, TEXT_A, source_event=A, **SENT_LATER))
    revisions = dict.fromkeys(("revision", "indexed_revision", "metadata_revision"), str(SECOND))
    moved = {**revisions, "as_of": "2026-11-02"}
    assert await _shown(matching) == {**before, **moved}
    assert before["status"] == "indexed"
    assert matching.statuses() == [("j1", str(FIRST), "indexed"), ("j1", str(SECOND), "indexed")]
    assert _texts(matching) == []


async def test_while_it_is_on_its_way_the_document_is_as_old_as_it_was(matching: Matching) -> None:
    await matching.index(vectors_event(KEY, FIRST, TEXT_A, source_event=A))
    before = await _shown(matching)
    await matching.read(status_arrived(report(KEY, SECOND, Status.PARSED, source=A, at=LATER)))
    meanwhile = await _shown(matching)
    assert meanwhile == {**before, "status": "parsed", "revision": str(SECOND)}
    await matching.index(vectors_event(KEY, SECOND, TEXT_A, source_event=A, **SENT_LATER))
    revisions = dict.fromkeys(("revision", "indexed_revision", "metadata_revision"), str(SECOND))
    moved = {**revisions, "as_of": "2026-11-02"}
    assert await _shown(matching) == {**before, **moved}


async def test_its_failure_is_told(matching: Matching) -> None:
    await matching.index(vectors_event(KEY, FIRST, TEXT_A, source_event=A))
    error = DocumentError("internal", "a fault of our own")
    await matching.read(status_arrived(report(KEY, SECOND, Status.FAILED, error, source=A, at=LATER)))
    shown = await _shown(matching)
    assert (shown["status"], shown["text"], shown["updated_at"]) == ("failed", TEXT_A, "2026-11-02T00:00:00.000Z")


@pytest.mark.parametrize("reported", [True, False])
async def test_an_older_event_again_restores_what_is_held_at_the_new_revision(
    matching: Matching, reported: bool
) -> None:
    await matching.spaces.register(OTHER, "another", 16)
    await matching.index(vectors_event(KEY, FIRST, TEXT_A, source_event=A))
    await matching.index(vectors_event(KEY, SECOND, TEXT_B, source_event=B, metadata={"city": "Köln"}))
    await matching.index(vectors_event(KEY, SECOND, TEXT_B, source_event=B, space=OTHER))
    before = await _shown(matching)
    if reported:
        await matching.read(status_arrived(report(KEY, THIRD, Status.PARSED, source=A, at=LATER)))
    again = vectors_arrived(vectors_event(KEY, THIRD, TEXT_A, source_event=A, **SENT_LATER))
    await matching.read(again)
    after = await _shown(matching)
    expected = {**before, **dict.fromkeys(("revision", "indexed_revision", "metadata_revision"), str(THIRD))}
    assert after == {**expected, "updated_at": after["updated_at"]}
    for space in (SPACE, OTHER):
        rows = await matching.rows(f'SELECT "offset", length(unit_spans) / 8 AS units FROM matching.vectors_{space}')
        assert rows == [{"offset": THIRD.offset, "units": 2}], space
    assert _texts(matching) == [(str(THIRD), TEXT_B)]
    assert matching.statuses()[-1] == ("j1", str(THIRD), "indexed")

    # The delivery again, and what was published as it comes back from embedding, change nothing.
    await matching.read(again)
    assert await _shown(matching) == after
    held = events.decode(matching.publisher.topics[TEXT][0].value or b"", TextEvent)
    back = vectors_event(
        KEY, THIRD, held.text, source_event=held.source_event, metadata=held.metadata, as_of=held.as_of
    )
    await matching.read(vectors_arrived(back))
    assert await _shown(matching) == after
    assert set(_texts(matching)) == {(str(THIRD), TEXT_B)}


async def test_after_that_updates_go_on(matching: Matching) -> None:
    await matching.index(vectors_event(KEY, FIRST, TEXT_A, source_event=A))
    await matching.index(vectors_event(KEY, SECOND, TEXT_B, source_event=B))
    await matching.index(vectors_event(KEY, THIRD, TEXT_A, source_event=A))
    await matching.index(vectors_event(KEY, FOURTH, "A third text", source_event=source_event("c")))
    shown = await _shown(matching)
    assert (shown["text"], shown["indexed_revision"]) == ("A third text", str(FOURTH))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"source_event": A}, {"source_event": A, "metadata": {"a": 1}}),
        ({"source_event": source_event("")}, {"source_event": source_event("")}),
    ],
    ids=["an id used for something else", "no id at all"],
)
async def test_what_is_not_the_same_event_is_a_new_submission(
    matching: Matching, first: dict[str, Any], second: dict[str, Any]
) -> None:
    await matching.index(vectors_event(KEY, FIRST, TEXT_A, **first))
    before = await _shown(matching)
    await matching.index(vectors_event(KEY, SECOND, TEXT_A, **second))
    after = await _shown(matching)
    assert after["metadata"] == second.get("metadata", {})
    assert after["indexed_at"] > before["indexed_at"]


async def test_a_sender_that_uses_one_id_for_all_it_says_may_go_back_to_what_it_said(matching: Matching) -> None:
    for revision, text in ((FIRST, TEXT_A), (SECOND, TEXT_B), (THIRD, TEXT_A)):
        await matching.index(vectors_event(KEY, revision, text, source_event=A))
    assert (await _shown(matching))["text"] == TEXT_A
    assert _texts(matching) == []


async def test_an_erasure_forgets_the_events_and_what_is_sent_after_it_is_new(matching: Matching) -> None:
    await matching.index(vectors_event(KEY, FIRST, TEXT_A, source_event=A))
    await matching.index(vectors_event(KEY, SECOND, TEXT_B, source_event=B))
    await matching.writer.erase(key_of(KEY), THIRD)
    assert await _marks(matching) == 0
    await matching.index(vectors_event(KEY, FOURTH, TEXT_A, source_event=source_event("c")))
    assert (await _shown(matching))["text"] == TEXT_A


async def test_no_event_is_stored_in_words_and_of_a_document_only_the_last(matching: Matching) -> None:
    for number in range(REMEMBERED + 5):
        sent = source_event(f"quux-{number}")
        await matching.index(vectors_event(KEY, Revision(1000, number), f"Text {number}", source_event=sent))
    assert await _marks(matching) == REMEMBERED
    rows = await matching.rows("SELECT t::text AS row, octet_length(event) AS size FROM matching.events t")
    assert not [row for row in rows if "quux" in row["row"] or row["size"] != 16]
