"""Metadata are changed alone, by PATCH and by event, through the whole stack."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from confluent_kafka import Producer

from tests.e2e.running_stack import RunningStack, until

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def stack(broker_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    running = RunningStack(tmp_path_factory.mktemp("stack") / "data", "--broker", broker_kind)
    yield running
    assert running.stop() == 0


def test_changes_by_both_doors_count_in_their_order_and_leave_all_else_as_it_is(stack: RunningStack) -> None:
    body = {"text": "Ada Example\nRegistered nurse, six years of intensive care.", "metadata": {"stage": "new", "a": 1}}
    sent = stack.http.put("/resumes/ada", json=body, headers={"prefer": "wait=60"})
    assert sent.status_code in (200, 201), sent.text
    before = sent.json()
    changed = _patch(stack, "ada", {"stage": "seen", "a": None, "b": ["x"]})
    assert (changed.status_code, changed.json()["metadata"]) == (200, {"stage": "seen", "b": ["x"]})
    _event(stack, "ada", {"stage": "hired"})
    after = until(lambda: _with(stack, "ada", {"stage": "hired", "b": ["x"]}), "the event's change")
    differing = {name for name in before if before[name] != after[name]}
    assert differing == {"metadata", "metadata_revision", "updated_at"}

    newer = {"text": "Ada Example\nRegistered nurse, seven years of intensive care."}
    left = stack.http.put("/resumes/ada", json=newer, headers={"prefer": "wait=60"}).json()
    assert left["metadata"] == {"stage": "hired", "b": ["x"]}, "it names none"
    named = stack.http.put("/resumes/ada", json={**newer, "metadata": {}}, headers={"prefer": "wait=60"}).json()
    assert named["metadata"] == {}


def test_a_change_that_comes_before_its_document_counts_as_soon_as_both_are_there(stack: RunningStack) -> None:
    _event(stack, "early", {"stage": "hired"})
    stack.http.put("/resumes/early", json={"text": "Grace Example\nNurse in a home for old people."}).raise_for_status()
    # Change and document reach matching by two topics: the change may be the later one.
    until(lambda: _with(stack, "early", {"stage": "hired"}), "the change to count")
    assert stack.ended("resume", "early")["metadata"] == {"stage": "hired"}


def test_a_change_that_cannot_be_read_shows_as_failed_and_a_deleted_document_is_not_changed(
    stack: RunningStack,
) -> None:
    stack.http.put("/resumes/gone", json={"text": "Joan Example\nNurse."}, headers={"prefer": "wait=60"})
    _event(stack, "gone", {"a": {"no": "metadata"}})
    failed = until(lambda: _failed(stack, "gone"), "the change to fail")
    assert (failed["error"]["code"], failed["indexed_revision"] is None) == ("invalid_content", False)
    assert stack.http.delete("/resumes/gone").status_code == 202
    assert _patch(stack, "gone", {"a": 1}).status_code == 404


def _patch(stack: RunningStack, document_id: str, patch: dict[str, Any]) -> httpx.Response:
    return stack.http.patch(
        f"/resumes/{document_id}",
        content=json.dumps({"metadata": patch}),
        headers={"content-type": "application/merge-patch+json", "prefer": "wait=60"},
    )


def _event(stack: RunningStack, document_id: str, patch: dict[str, Any]) -> None:
    client = Producer({"bootstrap.servers": stack.info["kafka_bootstrap"], "partitioner": "murmur2_random"})
    headers = {
        "ce_specversion": "1.0",
        "ce_id": f"{document_id}-{json.dumps(patch)}",
        "ce_source": "/ats",
        "ce_type": "shortlist.document.metadata-changed.v1",
        "content-type": "application/json",
    }
    key = f"default/resume/{document_id}".encode()
    client.produce("documents.submitted.v1", json.dumps(patch).encode(), key, headers=list(headers.items()))
    assert client.flush(60) == 0


def _with(stack: RunningStack, document_id: str, metadata: dict[str, Any]) -> dict[str, Any] | None:
    document = stack.document("resume", document_id)
    return document if document is not None and document["metadata"] == metadata else None


def _failed(stack: RunningStack, document_id: str) -> dict[str, Any] | None:
    document = stack.document("resume", document_id)
    return document if document is not None and document["status"] == "failed" else None
