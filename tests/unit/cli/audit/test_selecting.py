"""Who counts as selected."""

from __future__ import annotations

import pytest

from services.cli.audit.selecting import above_median, at_threshold, by_decision, top_of_each_job
from tests.unit.cli.audit.samples import group

pytestmark = pytest.mark.unit


def test_above_the_median_is_above_and_not_at_it() -> None:
    odd = above_median(group("j", "F", "A", 10.0, 20.0, 30.0))
    assert (odd.value, odd.selected) == (20.0, [False, False, True])
    even = above_median(group("j", "F", "A", 10.0, 20.0, 30.0, 50.0))
    assert (even.value, even.selected) == (25.0, [False, False, True, True])
    same = above_median(group("j", "F", "A", 20.0, 20.0, 20.0))
    assert same.selected == [False, False, False]


def test_at_a_threshold_counts_as_selected() -> None:
    assert at_threshold(group("j", "F", "A", 49.9, 50.0, 50.1), 50).selected == [False, True, True]


def test_the_best_are_taken_of_each_job_and_a_tie_at_the_edge_counts_in() -> None:
    first = group("first", "F", "A", 90.0, 80.0, 80.0, 80.0, 70.0)
    second = group("second", "M", "A", 20.0, 10.0, 5.0)
    third = group("third", "M", "A", 1.0, 1.0)
    found = top_of_each_job([*first, *second, *third], 2)
    assert found.selected == [True, True, True, True, False, True, True, False, True, True]
    assert (found.tied, found.whole_jobs) == (2, 1)


def test_decisions_are_the_files() -> None:
    yes, no = group("j", "F", "A", 1.0, selected=True), group("j", "F", "A", 99.0, selected=False)
    assert by_decision([*yes, *no]).selected == [True, False]
