"""How figures are taken: in pairs, by their median, without the rounds that the machine disturbed."""

from __future__ import annotations

import json
from itertools import chain, count, repeat
from pathlib import Path

import pytest

from tests.bench import report
from tests.bench.protocol import MOST_ROUNDS, ROUNDS, Discarded, Row, paired, repeated

pytestmark = pytest.mark.unit


def taken(costs: list[float], probes: list[float], *, goal: float = 1.0) -> tuple[Row, Discarded]:
    slower, probing, discarded = iter(costs), chain(probes, repeat(1.0)), Discarded()
    row = paired("a / b", lambda: next(slower), lambda: 2.0, goal, discarded, probe=lambda: next(probing))
    return row, discarded


def test_the_figure_is_the_median_of_the_rounds_ratios_with_its_range() -> None:
    row, discarded = taken([2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0], [1.0] * ROUNDS)
    assert (row.value, row.low, row.high) == (4.0, 1.0, 7.0)
    assert discarded.rounds == 0


def test_a_round_in_which_the_machine_was_slower_is_discarded_and_taken_again() -> None:
    row, discarded = taken([2.0, 2.0, 90.0, 2.0, 2.0, 2.0, 2.0, 2.0], [1.0, 1.0, 1.3])
    assert (row.value, row.high) == (1.0, 1.0)
    assert discarded.rounds == 1


def test_a_machine_that_is_never_quiet_is_not_measured_for_ever() -> None:
    probes = count(1)
    costs = iter([2.0] * MOST_ROUNDS)
    discarded = Discarded()
    paired("a / b", lambda: next(costs), lambda: 2.0, 1.0, discarded, probe=lambda: 2.0 ** next(probes))
    assert 0 < discarded.rounds < MOST_ROUNDS
    assert next(costs, None) is None


@pytest.mark.parametrize(("value", "at_least", "met"), [(0.9, True, True), (0.89, True, False), (0.91, False, False)])
def test_a_goal_is_met_at_it_and_beyond(value: float, at_least: bool, met: bool) -> None:
    assert Row("a", value, value, value, 0.9, "ratio", at_least).met is met


def test_the_file_holds_rows_and_the_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [Row("a / b", 1.2, 1.1, 1.3, 1.15, "ratio"), repeated("memory", [351.0], 350.0, "MB")]
    report.show(rows)
    report.write(rows, Discarded(2), 61.4, tmp_path / "build" / "bench.json")
    found = json.loads((tmp_path / "build" / "bench.json").read_text())
    assert found["rows"] == [
        {"name": "a / b", "value": 1.2, "low": 1.1, "high": 1.3, "goal": 1.15, "unit": "ratio", "met": True},
        {"name": "memory", "value": 351.0, "low": 351.0, "high": 351.0, "goal": 350.0, "unit": "MB", "met": False},
    ]
    assert found["machine"]["rounds_discarded"] == 2
    assert found["machine"]["processor"]
    first, second, last = capsys.readouterr().out.splitlines()
    assert first.endswith("yes")
    assert second.endswith("NO")
    assert "2 rounds discarded" in last
