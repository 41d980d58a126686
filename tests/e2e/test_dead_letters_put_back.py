"""A dead letter that is put back keeps its revision: it can make nothing newer, and a second time changes nothing."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from confluent_kafka import Producer

from libs.messaging import dead_letters as names
from tests.e2e.running_stack import RunningStack, until

pytestmark = pytest.mark.e2e

SUBMITTED = "documents.submitted.v1"
# Older than anything that is sent here.
OLD = "1000-5"


@pytest.fixture(scope="module")
def stack(broker_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    running = RunningStack(tmp_path_factory.mktemp("stack") / "data", "--broker", broker_kind)
    yield running
    assert running.stop() == 0


def test_a_replay_keeps_its_revision_and_a_second_one_changes_nothing(stack: RunningStack) -> None:
    document = _set_aside(stack)
    planned = _replay(stack, document, "--dry-run")
    assert "would go back on" in planned
    assert stack.document("job", document) is None, "a dry run publishes nothing"

    assert _replay(stack, document) == "indexed"
    first = stack.ended("job", document)
    assert (first["revision"], first["indexed_revision"]) == (OLD, OLD)
    assert _replay(stack, document) == "indexed"
    assert stack.ended("job", document) == first
    assert "would change nothing" in _replay(stack, document, "--dry-run")


def test_what_is_superseded_stays_so(stack: RunningStack) -> None:
    document = _set_aside(stack)
    assert stack.http.put(f"/jobs/{document}", json={"text": "The newer text."}).status_code == 202
    stack.ended("job", document, "The newer text.")
    assert "would change nothing" in _replay(stack, document, "--dry-run")
    assert "nothing changed" in _replay(stack, document)
    assert stack.ended("job", document)["text"] == "The newer text."


def test_what_is_erased_stays_so(stack: RunningStack) -> None:
    document = _set_aside(stack)
    assert stack.http.put(f"/jobs/{document}", json={"text": "To be deleted."}).status_code == 202
    stack.ended("job", document)
    assert stack.http.delete(f"/jobs/{document}").status_code == 202
    assert "was erased" in _replay(stack, document, "--dry-run")
    assert "nothing changed" in _replay(stack, document)
    assert stack.document("job", document) is None


def test_what_fails_again_says_why_and_is_set_aside_again(stack: RunningStack) -> None:
    document = _set_aside(stack, ce_type="shortlist.document.submitted.v9")
    assert "failed again: the version" in _replay(stack, document)
    letters = until(lambda: _listed(stack, document, least=2), "the second dead letter")
    assert {letter["code"] for letter in letters} == {"unknown_version"}


def test_a_record_that_names_no_document_is_put_back_too(stack: RunningStack) -> None:
    marker = uuid.uuid4().hex
    _set_aside(stack, key=f"nobody-{marker}")
    (told,) = _ran(stack, "replay", "--filter", f"key=nobody-{marker}")
    assert "names no document" in told["outcome"]


def test_a_filter_nobody_knows_is_refused_with_those_there_are(stack: RunningStack) -> None:
    done = stack.command("dead-letters", "list", "--filter", "colour=red")
    assert done.returncode == 2
    assert "service=…, code=…, topic=…, key=…, since=…, until=…" in done.stderr


def _set_aside(stack: RunningStack, *, key: str | None = None, ce_type: str = "shortlist.document.submitted.v1") -> str:
    """Puts a dead letter of ingest there, as if its cause were gone now; its document's id."""
    document = uuid.uuid4().hex
    headers = {
        "ce_specversion": "1.0",
        "ce_id": document,
        "ce_source": "/test",
        "ce_type": ce_type,
        "content-type": "application/json",
        names.TOPIC: SUBMITTED,
        names.PARTITION: "0",
        names.OFFSET: "5",
        names.ERROR_CODE: "unknown_version" if "v9" in ce_type else "internal",
        names.ERROR_MESSAGE: "a fault of our own",
        names.ATTEMPTS: "3",
        **({} if key else {names.REVISION: OLD}),
    }
    producer = Producer({"bootstrap.servers": stack.info["kafka_bootstrap"]})
    value = json.dumps({"text": f"The text of {document}."})
    producer.produce("dead-letters.ingest.v1", value, key or f"default/job/{document}", headers=list(headers.items()))
    assert producer.flush(30) == 0
    return document


def _replay(stack: RunningStack, document: str, *options: str) -> str:
    """What is told of the first dead letter of a document."""
    told = _ran(stack, "replay", "--filter", f"key=*/{document}", *options)
    return str(told[0]["outcome"])


def _listed(stack: RunningStack, document: str, *, least: int) -> list[dict[str, Any]] | None:
    letters = _ran(stack, "list", "--filter", f"key=*/{document}")
    return letters if len(letters) >= least else None


def _ran(stack: RunningStack, *arguments: str) -> list[dict[str, Any]]:
    done = stack.command("dead-letters", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))
