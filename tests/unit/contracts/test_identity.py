"""Identity, revision and status order: what decides which submission counts."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts import cloudevents
from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.events import TYPE_SUBMITTED
from libs.contracts.identifiers import DocumentKey, receipt_id
from libs.contracts.revision import Revision, revision_of
from libs.contracts.statuses import Status, is_newer

pytestmark = pytest.mark.unit


def binary(**attributes: str) -> list[tuple[str, bytes | None]]:
    named = {"specversion": "1.0", "type": TYPE_SUBMITTED, "source": "/ats", "id": "1", **attributes}
    return [(f"ce_{name}", value.encode()) for name, value in named.items()]


@given(st.integers(0, 2**62), st.integers(0, 2**62), st.integers(0, 2**62), st.integers(0, 2**62))
def test_revisions_compare_as_pairs_of_numbers_never_as_text(a, b, c, d):
    first, second = Revision.parse(f"{a}-{b}"), Revision.parse(f"{c}-{d}")
    assert (first < second) == ((a, b) < (c, d))


@pytest.mark.parametrize("text", ["", "1", "1-", "-1-2", "1-2-3", "1.5-2", " 1-2", "x-y", "١-٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧٨٩٠"])
def test_a_malformed_revision_is_refused(text):
    with pytest.raises(ValueError, match="STAMP-OFFSET"):
        Revision.parse(text)


def test_a_producers_clock_never_decides():
    far_future = 4_102_444_800_000
    with pytest.raises(ValueError, match="LogAppendTime"):
        revision_of(timestamp=far_future, timestamp_type=0, offset=7, tryout_stamp=None)
    assert revision_of(timestamp=far_future, timestamp_type=0, offset=7, tryout_stamp=100) == Revision(100, 7)
    assert revision_of(timestamp=200, timestamp_type=1, offset=7, tryout_stamp=None) == Revision(200, 7)


@pytest.mark.parametrize("key", ["default/resume/a", "t-1/job/A.b_c~d:e@f+g-h", "a/job/" + "x" * 200])
def test_keys_of_the_form_are_read_back(key):
    assert str(DocumentKey.parse(key)) == key


@pytest.mark.parametrize(
    "key",
    [
        *("", "default/resume", "Default/resume/a", "default/cv/a", "default/job/", "default/job/..", "-a/job/1"),
        *("default/job/a/b", "default/job/ä", "default/job/" + "x" * 201),
    ],
)
def test_keys_not_of_the_form_are_refused(key):
    with pytest.raises(ValueError, match=r"form|resume|id"):
        DocumentKey.parse(key)


def test_the_key_or_partitionkey_names_the_document_and_both_must_agree():
    event = cloudevents.read(b"{}", binary(partitionkey="default/job/1"))
    assert cloudevents.identity(None, event) == DocumentKey("default", "job", "1")
    assert cloudevents.identity(b"default/job/1", event) == DocumentKey("default", "job", "1")
    for key, attributes, code in [
        (b"default/job/2", {"partitionkey": "default/job/1"}, ErrorCode.KEY_MISMATCH),
        (None, {}, ErrorCode.INVALID_KEY),
        (b"\xff", {}, ErrorCode.INVALID_KEY),
        (b"default/job/1", {"subject": "job/2"}, ErrorCode.SUBJECT_MISMATCH),
    ]:
        with pytest.raises(RecordRejected) as refused:
            cloudevents.identity(key, cloudevents.read(b"{}", binary(**attributes)))
        assert refused.value.code == code


def test_headers_that_are_null_or_not_utf8_are_repaired():
    headers = [*binary(), ("x-null", None), ("x-bytes", b"\xff\xfe")]
    event = cloudevents.read(b"{}", headers)
    assert event.type == TYPE_SUBMITTED


def test_a_newer_revision_wins_over_any_status_and_rank_decides_within_one():
    old, new = Revision(1, 1), Revision(1, 2)
    assert is_newer(Status.QUEUED, new, Status.INDEXED, old)
    assert not is_newer(Status.INDEXED, old, Status.QUEUED, new)
    order = [Status.QUEUED, Status.PARSED, Status.INDEXED]
    for earlier, later in itertools.pairwise(order):
        assert is_newer(later, new, earlier, new)
        assert not is_newer(earlier, new, later, new)
    assert is_newer(Status.INDEXED, new, Status.FAILED, new)
    assert not is_newer(Status.FAILED, new, Status.INDEXED, new)
    assert not is_newer(Status.SUPERSEDED, new, Status.QUEUED, new)


def test_a_receipts_id_is_the_same_wherever_it_is_computed_and_tells_nothing():
    key = DocumentKey("default", "resume", "ada-example")
    assert receipt_id(key, Revision(5, 6)) == receipt_id(DocumentKey.parse(str(key)), Revision.parse("5-6"))
    assert receipt_id(key, Revision(5, 6)) != receipt_id(key, Revision(5, 7))
    assert "ada" not in receipt_id(key, Revision(5, 6))
