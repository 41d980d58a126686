"""Which dead letters a filter lets through."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from libs.messaging import dead_letters as names
from libs.messaging.records import Record
from services.cli.dead_letters.filters import condition
from services.cli.faults import CommandFault

pytestmark = pytest.mark.unit


def letter(*, minutes_ago: float = 5) -> Record:
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    said = {names.TOPIC: "documents.text.v1", names.ERROR_CODE: "limit_time", names.TIME: at.isoformat()}
    headers = tuple((name, text.encode()) for name, text in said.items())
    return Record("dead-letters.embedding.v1", 0, 7, 0, 1, b"acme/job/4711", b"{}", headers)


@pytest.mark.parametrize(
    ("filters", "lets_through"),
    [
        ([], True),
        (["code=limit_time"], True),
        (["code=limit_*"], True),
        (["code=internal"], False),
        (["service=embedding"], True),
        (["service=ingest"], False),
        (["topic=documents.text.v1"], True),
        (["topic=documents.vectors*"], False),
        (["key=acme/*"], True),
        (["key=default/*"], False),
        (["since=10m"], True),
        (["since=1m"], False),
        (["until=1m"], True),
        (["until=10m"], False),
        (["since=2020-01-01T00:00:00Z"], True),
        (["since=2020-01-01"], True),
        (["key=acme/*", "code=limit_time"], True),
        (["key=acme/*", "code=internal"], False),
    ],
)
def test_all_filters_must_hold(filters: list[str], lets_through: bool) -> None:
    assert condition(filters)(letter()) is lets_through


@pytest.mark.parametrize("text", ["colour=red", "code", "since=yesterday", ""])
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(CommandFault):
        condition([text])
