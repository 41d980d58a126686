"""Reading who applied, and what is said of lines that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.cli.audit.reading import Application, read_applications, read_file
from services.cli.faults import CommandFault

pytestmark = pytest.mark.unit

HEADER = "job_id,resume_id,sex,ethnicity\n"
DECIDED = "job_id,resume_id,sex,ethnicity,decision\n"


def _read(text: str) -> list[Application]:
    return read_applications(text.encode(), "people.csv").each


def test_values_are_taken_trimmed_and_compared_without_case() -> None:
    found = _read(HEADER + "j1, r1 , Female,Two or  more races\nj1,r2,FEMALE ,two or more Races\nj1,r3,female,Élan\n")
    assert found[0] == Application(2, "j1", "r1", "Female", "Two or more races", None)
    assert {each.sex for each in found} == {"Female"}
    assert found[1].ethnicity == "Two or more races"
    assert found[2].ethnicity == "Élan"


@pytest.mark.parametrize("value", ["", "  ", "unknown", "Not disclosed", "PREFER NOT TO SAY", "n/a"])
def test_who_says_nothing_is_unknown(value: str) -> None:
    (found,) = _read(HEADER + f"j1,r1,{value},{value}\n")
    assert (found.sex, found.ethnicity) == (None, None)


def test_columns_are_known_by_name_and_others_are_told() -> None:
    content = "\ufeffStage, Sex ,Decision,resume_id,ETHNICITY,job_id\noffer,F,no,r1,A,j1\n".encode()
    found = read_applications(content, "people.csv")
    assert found.each == [Application(2, "j1", "r1", "F", "A", False)]
    assert found.unread_columns == ("Stage",)


@pytest.mark.parametrize(
    ("decision", "selected"),
    [("1", True), ("YES", True), ("true", True), ("Selected", True), ("hired", True)]
    + [("0", False), ("no", False), ("FALSE", False), ("rejected", False), ("not  hired", False)],
)
def test_decisions_are_few_words(decision: str, selected: bool) -> None:
    (found,) = _read(DECIDED + f"j1,r1,F,A,{decision}\n")
    assert found.selected is selected


def test_a_person_may_apply_for_several_jobs_and_lines_may_be_blank() -> None:
    found = _read(HEADER + 'j1,r1,F,"A\nB"\n\n,,,\nj2,r1,F,A\n')
    assert [(each.line, each.job_id) for each in found] == [(2, "j1"), (6, "j2")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (DECIDED + "j1,r1,F,A,maybe\n", "line 2: decision 'maybe' is none of 1, yes"),
        (DECIDED + "j1,r1,F,A,\n", "line 2: decision '' is none of"),
        (HEADER + "j1,r1,F,A\nj1,r1,M,B\n", "line 3: resume r1 for job j1 stands in line 2 already"),
        (HEADER + "j1,r1,F\n", "line 2 has 3 values, the header 4"),
        (HEADER + "j1,r/1,F,A\n", "line 2: resume_id 'r/1' is no id"),
        (HEADER + ",r1,F,A\n", "line 2: job_id '' is empty"),
        (HEADER + 'j1,r1,F,"A\n', "people.csv, line 2: cannot be read as CSV"),
        ("job_id;resume_id;sex;ethnicity\n", "has no column job_id, resume_id, sex, ethnicity.*separated by commas"),
        ("", "has no column"),
        ("job_id,resume_id,sex,ethnicity,sex\n", "the column sex twice"),
        (HEADER, "holds no applications"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_line(text: str, told: str) -> None:
    with pytest.raises(CommandFault, match=told):
        _read(text)


def test_all_faults_are_counted_and_the_first_are_named() -> None:
    with pytest.raises(CommandFault) as raised:
        _read(DECIDED + "".join(f"j1,r{number},F,A,perhaps\n" for number in range(13)) + "j1,good,F,A,yes\n")
    assert "13 lines of people.csv" in raised.value.message
    assert "line 11:" in raised.value.message
    assert "line 12:" not in raised.value.message
    assert "and 3 more" in raised.value.message


def test_other_encodings_and_files_that_are_not_there_are_said(tmp_path: Path) -> None:
    with pytest.raises(CommandFault, match=r"not UTF-8 \(line 2\)"):
        read_applications(HEADER.encode() + "j1,r1,F,Élan\n".encode("latin-1"), "people.csv")
    with pytest.raises(CommandFault, match=r"gone\.csv cannot be read: No such file"):
        read_file(tmp_path / "gone.csv")
