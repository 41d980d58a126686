"""Which part of the storage a table belongs to."""

from __future__ import annotations

import pytest

from services.matching.storage.table_sizes import TableSize, part_of, part_sizes

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("table", "part"),
    [
        ("documents", ("documents", None)),
        ("cards", ("cards", None)),
        ("cards_0a0b0c0d", ("cards", "0a0b0c0d")),
        ("nearest_0a0b0c0d", ("nearest", "0a0b0c0d")),
        ("vectors_0a0b0c0d", ("vectors", "0a0b0c0d")),
        ("postings", ("words", None)),
        ("buried", ("words", None)),
        ("identity_terms", ("people", None)),
        ("score_log", ("score_log", None)),
        ("erasures", ("rest", None)),
        ("vectors_of_something", ("rest", None)),
    ],
)
def test_a_table_is_of_the_part_that_its_name_says(table: str, part: tuple[str, str | None]) -> None:
    assert part_of(table) == part


def test_partitions_and_tables_of_one_part_are_counted_together_largest_first() -> None:
    tables = [
        TableSize("nearest_0a0b0c0d", f"nearest_0a0b0c0d_{part}", 100, 40, 10, part, None) for part in range(3)
    ] + [TableSize("postings", "postings", 200, 20, 1, 0, None), TableSize("segments", "segments", 300, 30, 1, 5, None)]
    found = [(part.name, part.space, part.bytes, part.indexes, part.dead) for part in part_sizes(tables)]
    assert found == [("words", None, 500, 50, 5), ("nearest", "0a0b0c0d", 300, 120, 3)]
