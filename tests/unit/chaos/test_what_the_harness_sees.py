"""The harness's own eyes: each thing that may be wrong is seen, and what is right is not accused."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from typing import Any, cast

import numpy as np
import pytest

from services.embedding.engines.hash import HashEngine
from tests.chaos.accepted import not_in_the_log
from tests.chaos.fault import nothing
from tests.chaos.faults import FAULTS
from tests.chaos.fresh_vectors import as_int8, hash_vectors, of_document
from tests.chaos.ledger import Ledger, Sent
from tests.chaos.log_tail import Entry
from tests.chaos.stored_vectors import vectors_are_of_the_text
from tests.chaos.system import System

pytestmark = pytest.mark.unit

KEY = "default/resume/anna"
TEXT = "Ward nurse.\nTwelve years of intensive care."
SPANS = np.array([(0, 11), (12, len(TEXT))], dtype="<i4")
SUBMITTED = "documents.submitted.v1"


class FakeDatabase:
    """Answers the two questions about vectors."""

    stamp = None

    def __init__(self, row: dict[str, Any]) -> None:
        self.row = row

    def sql(self, statement: str) -> str:
        return "0badcafe hash" if "matching.spaces" in statement else json.dumps([self.row])


class FakeLog:
    """Holds records by topic."""

    def __init__(self, *entries: Entry) -> None:
        self.held: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            self.held[entry.topic].append(entry)

    def records(self, topic: str) -> list[Entry]:
        return self.held[topic]

    def topics(self, prefix: str) -> list[str]:
        return [topic for topic in self.held if topic.startswith(prefix)]


class FakeSystem:
    """A ledger and a log."""

    def __init__(self, ledger: Ledger, log: FakeLog) -> None:
        self.ledger, self.log = ledger, log


def packed(array: np.ndarray[Any, Any]) -> str:
    return base64.b64encode(array.tobytes()).decode()


def stored(**changed: Any) -> dict[str, Any]:
    vectors = hash_vectors([TEXT[start:end] for start, end in SPANS])
    units, scales = as_int8(vectors)
    document = of_document(vectors, SPANS).astype(np.float16).astype(np.float32)
    row = {"windows": vectors, "window_spans": SPANS, "units": units, "unit_scales": scales, "unit_spans": SPANS}
    told = {name: packed(np.asarray(changed.get(name, value))) for name, value in row.items()}
    return {"key": KEY, "document": json.dumps(changed.get("document", document).tolist()), **told}


def seen(row: dict[str, Any]) -> list[str]:
    held = {KEY: {"indexed_stamp": 1, "text": TEXT, "identity_spans": None, "disclaimed_spans": None}}
    return vectors_are_of_the_text(cast(System, FakeDatabase(row)), held)


def test_the_harnesss_own_engine_gives_what_the_test_engine_gives():
    texts = ["Nurse, ward 3: night-shifts & ÄRZTE", "x" * 70, "!"]
    assert np.array_equal(hash_vectors(texts), HashEngine().embed(texts))


def test_vectors_of_the_text_are_not_accused():
    assert seen(stored()) == []


@pytest.mark.parametrize("what", ["windows", "units", "document"])
def test_vectors_of_another_text_are_seen(what):
    other = hash_vectors(["Welder", "Twenty years at the docks"])
    wrong = {"windows": other, "units": as_int8(other)[0], "document": other[0]}[what]
    [said] = seen(stored(**{what: wrong}))
    assert what in said


def test_a_single_bit_is_seen():
    vectors = hash_vectors([TEXT[start:end] for start, end in SPANS])
    vectors.view(np.uint32)[0, np.flatnonzero(vectors[0])[0]] ^= 1
    assert any("windows" in problem for problem in seen(stored(windows=vectors)))


def test_a_text_that_is_covered_in_part_is_seen():
    assert any("leave out" in problem for problem in seen(stored(unit_spans=np.array([(0, 11), (12, 20)], "<i4"))))


def entry(offset: int, value: bytes | None, *headers: tuple[str, bytes]) -> Entry:
    return Entry(SUBMITTED, 0, offset, 1, KEY.encode(), value, headers)


DELETED = ("ce_type", b"shortlist.document.deleted.v1")


@pytest.mark.parametrize(
    ("sent", "there"),
    [
        (Sent(KEY, "text", "marker-1", 1), entry(0, b"marker-1")),
        (Sent(KEY, "text", "marker-1", 1, (SUBMITTED, 0, 0)), entry(0, b"marker-1", ("chaos-content", b"text"))),
        (Sent(KEY, "delete", "", 1, receipt="/erasures/1"), entry(0, None, DELETED)),
        (Sent(KEY, "delete", "", 1, (SUBMITTED, 0, 0)), entry(0, None, DELETED, ("chaos-content", b"delete"))),
    ],
)
def test_a_submission_that_was_accepted_and_lost_is_seen(sent, there):
    def lost(*entries: Entry) -> list[str]:
        return not_in_the_log(cast(System, FakeSystem(Ledger([sent]), FakeLog(*entries))))

    assert lost(there) == []
    [said] = lost()
    assert KEY in said


def test_every_fault_can_show_that_it_struck():
    assert [name for name, fault in FAULTS.items() if fault.strike is nothing and fault.felt is None] == []
