"""What webhooks tell, and by which id."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import msgspec
import pytest

from libs.contracts.documents import DocumentError
from libs.contracts.events import SourceEvent, StatusEvent
from libs.contracts.statuses import Status
from services.gateway.webhooks.messages import ENDS, TYPES, event_of, message_id, new_test_event, parsed_types

pytestmark = pytest.mark.unit

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
REPORT = StatusEvent(
    tenant="acme",
    kind="resume",
    id="r-17",
    revision="1764000000000-42",
    status=Status.FAILED,
    error=DocumentError("encrypted", "the PDF is encrypted"),
    source_event=SourceEvent("/ats", "4711"),
    at="2026-12-01T09:29:59.500Z",
)


def test_a_status_is_told_with_all_that_its_receiver_needs_and_without_the_tenant() -> None:
    event = event_of(REPORT, NOW)
    assert json.loads(event.body) == {
        "type": "document.failed",
        "timestamp": "2026-12-01T09:29:59.500Z",
        "data": {
            "kind": "resume",
            "id": "r-17",
            "revision": "1764000000000-42",
            "status": "failed",
            "error": {"code": "encrypted", "message": "the PDF is encrypted"},
            "source_event": {"source": "/ats", "id": "4711"},
        },
    }
    assert event.at == datetime(2026, 12, 1, 9, 29, 59, 500_000, tzinfo=UTC)


def test_the_same_status_published_twice_is_one_event() -> None:
    again = msgspec.structs.replace(REPORT, at="2026-12-01T10:00:00.000Z")
    assert event_of(again, NOW).id == event_of(REPORT, NOW).id


@pytest.mark.parametrize(
    "other", [{"tenant": "b"}, {"kind": "job"}, {"id": "r-18"}, {"revision": "1-1"}, {"status": Status.INDEXED}]
)
def test_another_status_is_another_event(other: dict[str, object]) -> None:
    assert event_of(msgspec.structs.replace(REPORT, **other), NOW).id != event_of(REPORT, NOW).id


def test_a_message_has_an_id_for_each_webhook_and_no_full_stop() -> None:
    event = event_of(REPORT, NOW)
    ids = [message_id(webhook, event.id) for webhook in ("wh_a", "wh_a", "wh_b")]
    assert ids[0] == ids[1] != ids[2]
    assert all(id.startswith("msg_") and "." not in id for id in ids)


def test_test_events_differ() -> None:
    assert new_test_event("wh_a", NOW).id != new_test_event("wh_a", NOW).id


def test_types_are_those_of_statuses_and_by_default_the_ends() -> None:
    assert set(TYPES) == {f"document.{status}" for status in Status}
    assert set(ENDS) == {"document.indexed", "document.failed", "document.superseded", "document.erased"}
    assert parsed_types(["document.failed", "document.queued", "document.failed"]) == [
        "document.queued",
        "document.failed",
    ]


@pytest.mark.parametrize("names", [[], ["document.lost"], ["document.indexed", ""]])
def test_unknown_types_are_refused_with_those_there_are(names: list[str]) -> None:
    with pytest.raises(ValueError, match=r"document\.indexed"):
        parsed_types(names)
