"""A heartbeat is of no document, and no document's record passes for one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from libs.contracts.identifiers import DocumentKey
from libs.contracts.topics import TEXT
from libs.messaging.heartbeats import heartbeat_record, is_heartbeat
from libs.messaging.records import Record

pytestmark = pytest.mark.unit


def arrived(partition: int) -> Record:
    sent = heartbeat_record(TEXT, partition)
    return Record(TEXT, partition, 1, 1, 1, sent.key, sent.value, tuple(sent.headers))


def test_it_goes_to_its_partition_under_a_key_that_no_document_has() -> None:
    sent = heartbeat_record(TEXT, 7)
    assert sent.partition == 7
    assert sent.key != heartbeat_record(TEXT, 8).key
    assert sent.value is not None, "a tombstone would be removed, and the next compaction with it"
    with pytest.raises(ValueError, match="not of the form"):
        DocumentKey.decode(sent.key or b"")


def test_it_is_known_by_type_and_key() -> None:
    heartbeat = arrived(7)
    assert is_heartbeat(heartbeat)
    assert not is_heartbeat(replace(heartbeat, key=b"default/resume/r1"))
    assert not is_heartbeat(replace(heartbeat, key=None))
    assert not is_heartbeat(replace(heartbeat, headers=()))
