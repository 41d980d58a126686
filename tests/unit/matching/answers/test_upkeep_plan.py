"""What the work in the background would do next, from figures."""

from __future__ import annotations

from typing import Any

import pytest

from libs.contracts.inner.storage import WordsOfKind
from services.matching.answers.storage_report.upkeep_plan import UpkeepRules, next_work
from services.matching.storage.table_sizes import TableSize

pytestmark = pytest.mark.unit


def words(**figures: Any) -> WordsOfKind:
    quiet: dict[str, Any] = {
        "kind": "resume",
        "documents": 10_000,
        "unpacked": 0,
        "unpacked_seconds": 0.0,
        "segments": 0,
        "dead": 0,
        "erased": 0,
    }
    return WordsOfKind(**quiet | figures)


def vectors(*, live: int, dead: int, since_vacuum: float | None = None) -> TableSize:
    return TableSize("nearest_0a0b0c0d", "nearest_0a0b0c0d_3", 1_000, 500, live, dead, since_vacuum)


def planned(
    word_figures: WordsOfKind | None = None, segments: list[int] | None = None, table: TableSize | None = None
) -> list[tuple[str, str]]:
    found = next_work(
        [word_figures or words()], {"resume": segments or []}, [] if table is None else [table], UpkeepRules()
    )
    return [(each.work, each.when) for each in found]


def test_where_all_is_in_order_nothing_is_next() -> None:
    assert planned(words(segments=3), [5_000, 600, 200], vectors(live=10_000, dead=0)) == []


def test_many_documents_are_packed_now_and_few_once_they_waited() -> None:
    assert planned(words(unpacked=512)) == [("pack", "now")]
    assert planned(words(unpacked=64, unpacked_seconds=5.0)) == [("pack", "now")]
    assert planned(words(unpacked=63, unpacked_seconds=500.0)) == [("pack", "once 512 wait, or 64 for 5 s")]


def test_what_was_erased_goes_before_all_else() -> None:
    assert [work for work, _ in planned(words(unpacked=600, erased=1))] == ["erase", "pack"]


def test_segments_of_one_level_become_one_once_there_are_enough() -> None:
    assert planned(words(segments=8), [512] * 8) == [("merge", "now")]
    assert planned(words(segments=7), [512] * 7) == [("merge", "once 8 are of about the same size")]
    # Of the last level two would be too many for one segment.
    assert planned(words(segments=9), [40_000] * 9) == []


def test_segments_full_of_dead_documents_are_written_anew() -> None:
    assert planned(words(dead=2_001, segments=1), [9_000]) == [("merge", "now")]
    assert planned(words(dead=2_000, segments=1), [9_000]) == []


def test_an_index_of_vectors_is_built_anew_where_many_rows_died_else_vacuumed_within_a_day() -> None:
    assert planned(table=vectors(live=5_000, dead=1_000)) == [("rebuild", "within the hour")]
    assert planned(table=vectors(live=50_000, dead=1_000, since_vacuum=72_000.0)) == [("vacuum", "in about 4 h")]
    assert planned(table=vectors(live=50_000, dead=1_000, since_vacuum=90_000.0)) == [("vacuum", "within the hour")]


def test_other_tables_are_left_to_the_servers_own_vacuum() -> None:
    assert planned(table=TableSize("documents", "documents", 1, 1, 10, 5_000, None)) == []
