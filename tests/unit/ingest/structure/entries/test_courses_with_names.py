"""Courses and trainings among studies: the name of the course is the title."""

from __future__ import annotations

from datetime import date

import pytest

from libs.contracts.structure import Entry, Section
from services.ingest.structure.entries.entries import find_entries
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit

AS_OF = date(2025, 6, 15)


def _entries(body: str) -> list[Entry]:
    text = f"Education\n{body.strip()}"
    return find_entries(StoredText("resume", text, AS_OF), [Section(0, len(text), "Education", "education")], [])


@pytest.mark.parametrize(
    ("body", "title", "school", "year"),
    [
        ("Turbine 200 maintenance course, Aldham Training Academy, 2011", "Turbine 200 maintenance course",
         "Aldham Training Academy", "2011"),
        ("Certified Payroll Planner — Brook Institute 2011", "Certified Payroll Planner", "Brook Institute", "2011"),
        ("Spreadsheet training, Aldham Services", "Spreadsheet training", "Aldham Services", None),
        ("Project Management Course | Beech Institute | 2014", "Project Management Course", "Beech Institute", "2014"),
        ("Aldham Technical College, Welding course, 1998", "Welding course", "Aldham Technical College", "1998"),
        ("Pre-licensing course at Brook Real Estate School, 2005", "Pre-licensing course", "Brook Real Estate School",
         "2005"),
        ("Police Academy Training, Aldham Police Academy, 2001", "Police Academy Training", "Aldham Police Academy",
         "2001"),
        ("Brook Truck Driving School Commercial driver training 2006", "Commercial driver training",
         "Brook Truck Driving School", "2006"),
        ("Lehrgang Buchhaltung, Volkshochschule Aldheim, 2012", "Lehrgang Buchhaltung", "Volkshochschule Aldheim",
         "2012"),
        ("Phlebotomy Technician, Brook Career College, 2009", "Phlebotomy Technician", "Brook Career College", "2009"),
        ("Grundkurs Buchhaltung, Volkshochschule Aldheim 2010", "Grundkurs Buchhaltung", "Volkshochschule Aldheim",
         "2010"),
        ("Truckkort utbildning, Aldhams Lärcentrum, 2015", "Truckkort utbildning", "Aldhams Lärcentrum", "2015"),
        ("Basic Life Support course, Aldham Hospital, 2013", "Basic Life Support course", "Aldham Hospital", "2013"),
        ("Six Sigma Training\nAldham Institute of Technology\n2010", "Six Sigma Training",
         "Aldham Institute of Technology", "2010"),
        ("Brook College 2010\nMedical Terminology course", "Medical Terminology course", "Brook College", "2010"),
        ("First Aid Training 2014\nBrook Training Center", "First Aid Training", "Brook Training Center", "2014"),
    ],
)  # fmt: skip
def test_a_course_is_the_title_of_what_was_learned_at_its_school(
    body: str, title: str, school: str, year: str | None
) -> None:
    (study,) = _entries(body)
    assert (study.title, study.organization, study.to, study.level) == (title, school, year, "vocational")


@pytest.mark.parametrize(
    "body",
    [
        "Brook College, Aldham, IL 2010",
        "Coursework in Accounting, Brook College 2010",
        "Aldham Training Academy 2010",
        "Teaching Assistant, Aldham University, 2010",
        "Brook College 2010\nHonors Program",
        "Brook College 2010\nCompleted several courses in the training of nurses",
        "Brook College, 2012\nStudent mentor in the summer program",
    ],
)
def test_a_school_without_a_course_keeps_no_title(body: str) -> None:
    (study,) = _entries(body)
    assert study.title is None


def test_a_course_below_a_degree_leaves_the_degree_as_it_is() -> None:
    (study,) = _entries("Bachelor of Science in Nursing, Brook College, 2010\nFirst aid training")
    assert (study.title, study.organization, study.to) == ("Bachelor of Science", "Brook College", "2010")
