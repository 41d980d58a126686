"""The figures of a whole sample, against ones computed by hand and the city's own example."""

from __future__ import annotations

import pytest

from services.cli.audit.reading import Application
from services.cli.audit.report import Breakdown, GroupFigures, report_of
from services.cli.audit.scores import Scores, Unscored
from services.cli.faults import CommandFault
from tests.unit.cli.audit.samples import group, sample

pytestmark = pytest.mark.unit

LOW, HIGH = 20.0, 60.0


def _figures(breakdown: Breakdown) -> dict[str, tuple[int, int, float, float | None, bool | None]]:
    return {"/".join(each.group.values()): _row(each) for each in breakdown.groups}


def _row(each: GroupFigures) -> tuple[int, int, float, float | None, bool | None]:
    ratio = None if each.impact_ratio is None else round(each.impact_ratio, 4)
    return each.applications, each.selected, round(each.rate, 4), ratio, each.below_four_fifths


def test_the_citys_example_comes_out_as_the_city_has_it() -> None:
    """The table of § 5-301 of New York City's rules ("culture fit"), whose rates give back how many are above the
    median; three rows that are not needed here are taken together. The city cuts 64.29 % to 64.2 %."""
    ethnicities = {
        "Hispanic or Latino": (28, 18, 0.6429, 1.0, False),
        "White": (40, 15, 0.375, 0.5833, True),
        "Black or African American": (32, 16, 0.5, 0.7778, True),
        "Native Hawaiian or Pacific Islander": (8, 5, 0.625, 0.9722, False),
        "Asian": (24, 10, 0.4167, 0.6481, True),
        "All others": (36, 20, 0.5556, 0.8642, False),
    }
    above = [name for name, (_, selected, *_) in ethnicities.items() for _ in range(selected)]
    below = [name for name, (number, selected, *_) in ethnicities.items() for _ in range(number - selected)]
    men, men_above = 92, 50
    people = [
        *(group("j", "Male" if place < men_above else "Female", name, HIGH) for place, name in enumerate(above)),
        *(group("j", "Male" if place < men - men_above else "Female", name, LOW) for place, name in enumerate(below)),
    ]
    (measure,) = report_of(sample(*people)).measures
    by_sex, by_ethnicity, by_both = measure.breakdowns
    assert (measure.value, measure.selected) == (40.0, 84)
    assert _figures(by_sex) == {"Female": (76, 34, 0.4474, 0.8232, False), "Male": (92, 50, 0.5435, 1.0, False)}
    assert _figures(by_ethnicity) == ethnicities
    assert sum(each.applications for each in [*by_both.groups, *by_both.small]) == 168


def test_groups_of_both_together_are_compared_with_each_other() -> None:
    """Above the median of 40 are 3 of 4, 2 of 4, 1 of 4 and 2 of 4: ratios of 1, 2/3, 1/3 and 2/3."""
    people = sample(
        group("j1", "F", "A", HIGH, HIGH, HIGH, LOW),
        group("j1", "F", "B", HIGH, HIGH, LOW, LOW),
        group("j2", "M", "A", HIGH, LOW, LOW, LOW),
        group("j2", "M", "B", HIGH, HIGH, LOW, LOW),
    )
    by_sex, _, by_both = report_of(people).measures[0].breakdowns
    assert _figures(by_sex) == {"F": (8, 5, 0.625, 1.0, False), "M": (8, 3, 0.375, 0.6, True)}
    assert {name: row[3] for name, row in _figures(by_both).items()} == {
        "F/A": 1.0,
        "F/B": 0.6667,
        "M/A": 0.3333,
        "M/B": 0.6667,
    }


def test_a_small_group_is_apart_and_no_other_is_divided_by_its_rate() -> None:
    people = sample(
        group("j", "F", "A", *[HIGH] * 25, *[LOW] * 25), group("j", "M", "A", *[HIGH] * 20, *[LOW] * 29),
        group("j", "X", "A", HIGH),
    )  # fmt: skip
    by_sex = report_of(people, small_percent=2).measures[0].breakdowns[0]
    assert _figures(by_sex) == {"F": (50, 25, 0.5, 1.0, False), "M": (49, 20, 0.4082, 0.8163, False)}
    (x,) = by_sex.small
    assert (x.applications, x.selected, x.rate, x.impact_ratio, x.below_four_fifths) == (1, 1, 1.0, None, None)
    # Exactly the share is not below it.
    of_all = report_of(people, small_percent=1).measures[0].breakdowns[0]
    assert not of_all.small
    assert _figures(of_all)["F"][3] == 0.5


def test_unknown_people_are_in_no_group_but_in_the_median() -> None:
    people = sample(
        group("j", "F", "A", 10.0, 20.0), group("j", "M", None, 30.0, 40.0), group("j", None, "A", 90.0, 91.0, 92.0)
    )
    report = report_of(people)
    assert report.median == 40.0
    by_sex, by_ethnicity, by_both = report.measures[0].breakdowns
    assert (by_sex.unknown, by_ethnicity.unknown, by_both.unknown) == (3, 2, 5)
    assert [each.applications for each in by_sex.groups] == [2, 2]


def test_without_two_groups_or_anybody_selected_there_is_no_ratio() -> None:
    alone = report_of(sample(group("j", "F", "A", LOW, HIGH))).measures[0].breakdowns[0]
    assert alone.no_ratio_because == "there are not two groups to compare"
    assert alone.groups[0].impact_ratio is None
    none = report_of(sample(group("j", "F", "A", LOW), group("j", "M", "A", HIGH)), threshold=99).measures[1]
    assert none.breakdowns[0].no_ratio_because == "nobody in these groups is selected"
    assert [each.impact_ratio for each in none.breakdowns[0].groups] == [None, None]


def test_selection_rates_are_given_where_asked_for_and_where_the_file_has_decisions() -> None:
    undecided = sample(group("j", "F", "A", LOW, HIGH), group("j", "M", "A", LOW, HIGH))
    assert [measure.way for measure in report_of(undecided).measures] == ["above_median"]
    decided = sample(group("j", "F", "A", LOW, selected=True), group("j", "M", "A", HIGH, HIGH, selected=False))
    measures = report_of(decided, threshold=50, top=1).measures
    assert [(measure.rate, measure.way, measure.value, measure.selected) for measure in measures] == [
        ("scoring", "above_median", HIGH, 0),
        ("selection", "threshold", 50, 2),
        ("selection", "top", 1, 2),
        ("selection", "decision", None, 1),
    ]
    assert measures[2].tied_at_the_edge == 1


def test_whoever_has_no_score_is_counted_with_the_reason_and_in_no_rate() -> None:
    scored = group("j", "F", "A", LOW, HIGH)
    gone = [Unscored(Application(9, "j", f"gone-{number}", "M", "B", None), "unknown") for number in range(2)]
    report = report_of(Scores(scored, gone, "v1.1"))
    assert (report.applications, report.scored) == (4, 2)
    (unscored,) = report.unscored
    assert (unscored.reason, unscored.count) == ("unknown", 2)
    assert [each.resume_id for each in unscored.applications] == ["gone-0", "gone-1"]
    assert [each.group for each in report.measures[0].breakdowns[0].groups] == [{"sex": "F"}]
    with pytest.raises(CommandFault, match=r"no application has a score.*2 × there is no such resume"):
        report_of(Scores([], gone, None))
