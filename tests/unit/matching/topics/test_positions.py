"""Where matching reads on: never behind what its database lacks, whatever the group committed."""

from __future__ import annotations

import pytest

from services.matching.topics.positions import Position, start_at

pytestmark = pytest.mark.unit

NONE = Position(0, 0)


@pytest.mark.parametrize(
    ("stored", "group", "first", "expected"),
    [
        (Position(7, 0), 7, 0, Position(7, 0)),
        (Position(9, 0), 7, 0, Position(7, 0)),
        (NONE, 7, 0, Position(0, 7)),
        (Position(3, 0), 7, 0, Position(3, 7)),
        (Position(3, 7), 3, 0, Position(3, 7)),
        (Position(3, 7), 5, 0, Position(3, 7)),
        (Position(8, 7), 8, 0, Position(8, 0)),
        (NONE, 7, 5, Position(5, 7)),
        (NONE, 7, 7, Position(7, 0)),
        (NONE, None, 0, NONE),
        (Position(9, 12), None, 0, NONE),
    ],
    ids=[
        "the same",
        "stored, not committed",
        "an empty database",
        "an older database",
        "a filling that was broken off",
        "a filling that is further in the group",
        "a filling that is over",
        "retention took the beginning",
        "retention took all",
        "a new topic",
        "a new topic under an old name",
    ],
)
def test_where_a_partition_is_read_on(stored: Position, group: int | None, first: int, expected: Position) -> None:
    assert start_at(stored, group, first) == expected
