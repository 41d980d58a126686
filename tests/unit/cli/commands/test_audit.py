"""`shortlist audit`: what it asks, what it prints and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.app import main
from services.cli.audit import progress
from services.cli.audit.scores import RESUMES_A_CALL
from tests.fakes.gateway_app import FakeGateway

pytestmark = pytest.mark.unit

PEOPLE = """job_id,resume_id,sex,ethnicity,decision
nurse,ana,Female,Asian,yes
nurse,ben,Male,Asian,yes
nurse,cem,male,White,no
nurse,dua,Female,White,no
welder,ana,Female,Asian,no
welder,eva,unknown,White,yes
welder,fay,Female,White,no
"""
SCORES: dict[str, dict[str, float | str | None]] = {
    "nurse": {"ana": 80.0, "ben": 60.0, "cem": 55.5, "dua": 20.0},
    "welder": {"ana": 70.0, "eva": 30.0, "fay": "insufficient_data"},
}


@pytest.fixture
def people(tmp_path: Path, gateway: FakeGateway) -> Path:
    """A file, and a gateway that knows its applications."""
    gateway.scores = {job: dict(scores) for job, scores in SCORES.items()}
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE)
    return path


def test_rates_are_printed_with_numbers_intervals_ratios_and_what_they_are(people: Path, shortlist: Any) -> None:
    result = shortlist("audit", people, "--threshold", 60, "--top", 2)
    assert result.exit_code == 0, result.output
    shown = " ".join(result.stdout.split())
    assert "6 of 7 applications for 2 jobs have a score (scoring v1.1); the median of all of them is 57.75." in shown
    assert "Not scored and in no rate: 1, too little text to judge, in the resume or the job: fay for welder" in shown
    for heading in (
        "Scoring rate: a score above the median, 57.75 (3 of 6)",
        "Selection rate: a score of 60 or more (3 of 6)",
        "Selection rate: the best 2 of each job (4 of 6; all applications of 1 job that had no more than that)",
        "Selection rate: selected as the file says (3 of 6)",
    ):
        assert heading in shown
    # Of three women two are above the median, of two men one: 1/2 of 2/3 is three quarters.
    assert "Female 3 2 66.7% 20.8–93.9% 1.00" in shown
    assert "Male 2 1 50.0% 9.5–90.5% 0.75 below 0.80" in shown
    assert "Female, Asian 2 2 100.0% 34.2–100.0% 1.00" in shown
    assert "unknown 1" in shown
    assert "no audit by an independent auditor and no finding about any law" in shown


def test_nothing_that_is_printed_says_that_a_law_is_met(people: Path, shortlist: Any) -> None:
    for arguments in ((), ("--json",)):
        shown = shortlist("audit", people, "--top", 1, *arguments).stdout.casefold()
        assert not {"compliant", "compliance", "complies", "lawful", "passed"} & set(shown.split())
        assert "complian" not in shown


def test_only_ids_leave_the_machine(people: Path, gateway: FakeGateway, shortlist: Any) -> None:
    shortlist("audit", people)
    assert gateway.orders == [
        {"job_id": "nurse", "resume_ids": ["ana", "ben", "cem", "dua"]},
        {"job_id": "welder", "resume_ids": ["ana", "eva", "fay"]},
    ]


def test_json_has_the_same_figures(people: Path, shortlist: Any) -> None:
    report = json.loads(shortlist("audit", people, "--json").stdout)
    assert (report["applications"], report["scored"], report["median"]) == (7, 6, 57.75)
    (unscored,) = report["unscored"]
    assert (unscored["reason"], unscored["count"]) == ("insufficient_data", 1)
    assert unscored["applications"] == [{"line": 8, "job_id": "welder", "resume_id": "fay"}]
    scoring, decided = report["measures"]
    assert (scoring["rate"], scoring["way"], decided["way"]) == ("scoring", "above_median", "decision")
    by_sex = scoring["breakdowns"][0]
    assert by_sex["unknown"] == 1
    assert by_sex["groups"][1] == {
        "group": {"sex": "Male"},
        "applications": 2,
        "selected": 1,
        "rate": 0.5,
        "interval": [0.094531, 0.905469],
        "impact_ratio": 0.75,
        "below_four_fifths": True,
    }


def test_one_job_alone(people: Path, gateway: FakeGateway, shortlist: Any) -> None:
    report = json.loads(shortlist("audit", people, "--job", "nurse", "--json").stdout)
    assert (report["applications"], report["jobs"], len(gateway.orders)) == (4, 1, 1)
    result = shortlist("audit", people, "--job", "cook")
    assert result.exit_code == 1
    assert "is about job cook" in result.stderr


def test_small_groups_are_shown_apart(people: Path, shortlist: Any) -> None:
    shown = " ".join(shortlist("audit", people, "--small", 40).stdout.split())
    assert "Female 3 2 66.7% 20.8–93.9% Male 2 1 50.0% 9.5–90.5% small unknown 1" in shown
    assert "Small: below 40 % of all, and not compared with the others." in shown
    assert "No impact ratio: there are not two groups to compare." in shown


def test_a_job_that_is_not_there_leaves_the_others_their_figures(
    people: Path, gateway: FakeGateway, shortlist: Any
) -> None:
    del gateway.scores["welder"]
    report = json.loads(shortlist("audit", people, "--json").stdout)
    assert [(each["reason"], each["count"]) for each in report["unscored"]] == [("job_unknown", 3)]
    gateway.scores = {}
    result = shortlist("audit", people, "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no application has a score" in result.stderr
    assert "7 × there is no such job" in result.stderr


def test_many_applications_are_asked_for_in_several_calls(tmp_path: Path, gateway: FakeGateway, shortlist: Any) -> None:
    ids = [f"r{number}" for number in range(2 * RESUMES_A_CALL + 1)]
    gateway.scores = {"j": {each: float(number % 100) for number, each in enumerate(ids)}}
    path = tmp_path / "many.csv"
    path.write_text("job_id,resume_id,sex,ethnicity\n" + "".join(f"j,{each},F,A\n" for each in ids))
    assert json.loads(shortlist("audit", path, "--json").stdout)["scored"] == len(ids)
    assert [len(order["resume_ids"]) for order in gateway.orders] == [RESUMES_A_CALL, RESUMES_A_CALL, 1]


def test_a_busy_gateway_is_asked_again(people: Path, gateway: FakeGateway, shortlist: Any) -> None:
    gateway.refusals = [(429, "0"), (503, "0")]
    assert json.loads(shortlist("audit", people, "--json").stdout)["scored"] == 6


def test_a_refusal_that_does_not_pass_ends_it(people: Path, gateway: FakeGateway, shortlist: Any) -> None:
    gateway.refusals = [(401, None)]
    result = shortlist("audit", people)
    assert result.exit_code == 1
    assert "SHORTLIST_API_KEY" in result.stderr


def test_scores_of_two_versions_are_not_compared(people: Path, gateway: FakeGateway, shortlist: Any) -> None:
    gateway.scoring_versions = {"welder": "v2"}
    result = shortlist("audit", people, "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "several scoring versions (v1.1, v2)" in result.stderr


def test_an_answer_that_leaves_somebody_out_gives_no_figures(
    people: Path, gateway: FakeGateway, shortlist: Any
) -> None:
    gateway.scores["nurse"]["dua"] = None
    result = shortlist("audit", people)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "says nothing of 1 resumes, of dua for one" in result.stderr


def test_how_far_it_is_is_told_on_stderr_where_it_takes_long(
    people: Path, shortlist: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "applications scored" not in shortlist("audit", people).stderr
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.0)
    result = shortlist("audit", people, "--json")
    assert "4 of 7 applications scored" in result.stderr
    assert json.loads(result.stdout)["scored"] == 6


def test_the_file_may_come_from_standard_input(people: Path, shortlist: Any) -> None:
    result = CliRunner().invoke(main, ["audit", "-", "--json"], input=PEOPLE)
    assert json.loads(result.stdout)["applications"] == 7
    broken = CliRunner().invoke(main, ["audit", "-"], input=PEOPLE + "nurse,gus,F,A,maybe\n")
    assert broken.exit_code == 1
    assert "1 line of standard input" in broken.stderr
    assert "line 9: decision 'maybe'" in broken.stderr


def test_columns_that_mean_nothing_are_named(people: Path, tmp_path: Path, shortlist: Any) -> None:
    path = tmp_path / "other.csv"
    path.write_text(PEOPLE.replace("decision", "decison", 1))
    result = shortlist("audit", path, "--json")
    assert "not read: decison" in result.stderr
    assert [each["way"] for each in json.loads(result.stdout)["measures"]] == ["above_median"]


@pytest.mark.parametrize("wrong", [("--top", "0"), ("--threshold", "101"), ("--small", "-1")])
def test_options_out_of_range_are_refused(people: Path, shortlist: Any, wrong: tuple[str, str]) -> None:
    assert shortlist("audit", people, *wrong).exit_code == 2
