"""Studies whose lines run degree, subject, school and place together, and the lines around them that are none."""

from __future__ import annotations

from datetime import date

import pytest

from libs.contracts.structure import Entry, Section
from services.ingest.structure.entries.entries import find_entries
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit

AS_OF = date(2025, 6, 15)

Row = tuple[str | None, str | None, str | None, str | None]


def _entries(body: str) -> list[Entry]:
    text = f"Education\n{body.strip()}"
    return find_entries(StoredText("resume", text, AS_OF), [Section(0, len(text), "Education", "education")], [])


def _said(entry: Entry) -> Row:
    return entry.title, entry.organization, entry.from_, entry.to


@pytest.mark.parametrize(
    ("line", "title", "school"),
    [
        ("Payroll Certificate Aldham University", "Payroll Certificate", "Aldham University"),
        ("Web Design Certification Brook College May 2021 City , State", "Web Design Certification", "Brook College"),
        ("Team Leadership Certificate Aldham-Beech College , City , State", "Team Leadership Certificate",
         "Aldham-Beech College"),
        ("2007 High School Graduate St. Odo Catholic High School for Girls", "High School Graduate",
         "St. Odo Catholic High School for Girls"),
        ("Sociology and Gender Studies Bachelor of Arts Brook College, 2004", "Bachelor of Arts", "Brook College"),
        ("Brook Community College City , State , 90630 Associate of Science : General Education",
         "Associate of Science", "Brook Community College"),
        ("Associate Degree : Criminology , 1972 Lake Aldham Comm. College City , State", "Associate Degree",
         "Lake Aldham Comm. College"),
        ("Diploma with Honors : College Prep , 1971 Beech High School, rank 3rd - City , State", "Diploma",
         "Beech High School"),
        ("B.S. ......... 2010 Aldham Governor's University", "B.S.", "Aldham Governor's University"),
        ("Aldham Agricultural and Mechanical University Bachelor of Science : Public Management - Human Resources City "
         ", State Public Management -", "Bachelor of Science", "Aldham Agricultural and Mechanical University"),
        ("Aldham County Community College Associate of Applied Science : Billing and Coding of Medical Records City , "
         "State Billing and Coding of Medical Records", "Associate of Applied Science",
         "Aldham County Community College"),
    ],
)  # fmt: skip
def test_degree_and_school_are_told_apart_where_no_sign_parts_them(line: str, title: str, school: str) -> None:
    (study,) = _entries(line)
    assert study.title is not None
    assert study.title.casefold().startswith(title.casefold())
    assert study.organization == school


def test_a_school_and_the_university_that_it_is_of_are_one() -> None:
    (study,) = _entries("M.Div. , Theology 2002 Brook Divinity School, Brook University City , State , USA")
    assert study.organization == "Brook Divinity School, Brook University"


def test_the_school_that_has_a_place_is_meant_rather_than_a_grade_of_schools() -> None:
    (study,) = _entries("Licensing Program , Middle School Entry, 2006 Aldham Central University City , State")
    assert (study.organization, study.to) == ("Aldham Central University", "2006")


def test_a_school_without_its_town_ends_in_a_dash() -> None:
    (study,) = _entries("May 2004\nMaster of Arts : Finance\nLong Aldham State University -\nFinance")
    assert _said(study) == ("Master of Arts", "Long Aldham State University", None, "2004-05")


def test_a_place_tells_the_school_above_it_by_a_name_of_its_own() -> None:
    (study,) = _entries("Certificate : Medical Assisting , 2011\nAldham Reed - City , State")
    assert _said(study) == ("Certificate", "Aldham Reed", None, "2011")


def test_the_degree_below_its_school_may_stand_behind_its_subject() -> None:
    (study,) = _entries(
        "May 2009\nBrook Hill Community College City , State\n"
        "Criminal Justice & Psychology ASSOCIATE OF ARTS AND SCIENCE DEGREE Criminal Justice & Psychology"
    )
    assert (study.organization, study.to, study.level) == ("Brook Hill Community College", "2009-05", "associate")


def test_an_award_behind_the_marks_is_no_study() -> None:
    body = (
        "BSc : Farming 2002 University of Aldham City , State\nCity , State GPA: Travel Award Institute of Soils, 2013"
    )
    (study,) = _entries(body)
    assert study.to == "2002"


def test_a_date_above_the_next_school_is_that_schools() -> None:
    first, second = _entries(
        "B.S. Degree : Biology , 01/2020\nUniversity of Aldham - City , State\n2016\nBrook High School - City , State"
    )
    assert _said(first) == ("B.S. Degree", "University of Aldham", None, "2020-01")
    assert _said(second) == (None, "Brook High School", None, "2016")


@pytest.mark.parametrize(
    "line",
    [
        "Accounting Honors Society 2010",
        "Dean's List Fall 2010",
        "2010 United States Air Force Air National Guard City , State Received Honorable Discharge",
        "Chosen for the regional service award of the whole department, 2010",
    ],
)
def test_the_date_of_an_honour_is_not_that_of_the_studies(line: str) -> None:
    (study,) = _entries(f"BS : Business Administration Brook International University\n{line}")
    assert _said(study) == ("BS", "Brook International University", None, None)


@pytest.mark.parametrize(
    "line",
    [
        "M.Div. is a three year academic program",
        "Diplomarbeit: Reibwerte in Kupplungen",
        "Masterarbeit: Reibwerte in Kupplungen",
        "Mémoire de master : Les ports de l'Atlantique",
        "Tesi di laurea: I porti dell'Atlantico",
        "Praca magisterska: Porty Bałtyku",
        "2021 Postgraduate supervision workshop (two days)",
        "Those master studies was numerical",
        "Basic, Intermediate & Advanced",
        "Ann Moorland, EdD, Vice President of West Campus",
        "Founder and Secretary of the Brook College Chess Club. Period: 2008-2010.",
    ],
)
def test_what_tells_of_studies_is_none_itself(line: str) -> None:
    assert [study.title for study in _entries(f"BA History, Aldham University, 2001\n{line}")] == ["BA"]


def test_a_name_of_a_firm_begins_with_a_capital() -> None:
    (study,) = _entries("Safety Certificate, limited to seven signs, 2010\nAldham College, Safety Certificate, 2010")
    assert study.organization == "Aldham College"


def test_short_words_are_no_schools_unless_they_stand_in_capitals() -> None:
    first, second = _entries("BBA - Accounting, Aldham University, 2001\nBBA - Finance, with its own mit press, 2002")
    assert (first.organization, second.organization) == ("Aldham University", None)


@pytest.mark.parametrize(
    "body",
    [
        "B.S. : Pharmacology University of Aldham\nB.S., Pharmacology, University of Aldham, Scotland",
        "Bachelor of Science , Information Technology\nB.S. ......... 2010 University of Aldham",
        "BS : Biology University of Aldham City , State\nBachelor's degree in Biology with a minor in Art, May 2014",
        "BS : Biology University of Aldham 2010\nBachelor of Science in Biology, University of Aldham",
    ],
)
def test_one_degree_told_twice_is_one(body: str) -> None:
    (study,) = _entries(body)
    assert study.organization is not None
    assert study.organization.endswith("University of Aldham")


def test_two_degrees_without_dates_are_two() -> None:
    found = _entries("BA : Business University of Aldham City , State\nBA : Communication University of Aldham")
    assert [study.subject for study in found] == ["Business", "Communication"]


def test_degrees_below_one_school_are_all_of_it() -> None:
    found = _entries(
        "University of Aldham\nMSc Forestry, 2008 – 2013\nBSc Biology, 2005 – 2008\nBrook College\nDiploma, 2004"
    )
    assert [(study.title, study.organization, study.to) for study in found] == [
        ("MSc", "University of Aldham", "2013"),
        ("BSc", "University of Aldham", "2008"),
        ("Diploma", "Brook College", "2004"),
    ]


@pytest.mark.parametrize(
    ("body", "from_"),
    [
        ("BS : Safety , 2026 Aldham University City , State\nExpected Graduation: June, 2026", None),
        ("Bachelor's Degree : Services , 2017 Aldham University City , State\nServices In progress", None),
        ("BSc Geology, Aldham University\nExpected 2027", None),
    ],
)
def test_a_degree_that_is_expected_is_in_progress(body: str, from_: str | None) -> None:
    (study,) = _entries(body)
    assert (study.from_, study.to, study.in_progress) == (from_, None, True)


def test_a_date_on_the_rest_of_a_broken_line_is_that_of_the_studies() -> None:
    (study,) = _entries(
        "Bachelor of Science : History Brook College City , State , US Bachelor of Science in History of Flight and of"
        " Transport City\nCollege, Upper Beech, Upper Beech September 2003"
    )
    assert (study.organization, study.to) == ("Brook College", "2003-09")


def test_letters_of_a_state_behind_a_town_are_no_degree() -> None:
    (study,) = _entries("Bachelor of Arts in History\nAldham College, Springfield, MA | Aug 2010 – May 2014")
    assert _said(study) == ("Bachelor of Arts", "Aldham College", "2010-08", "2014-05")


def test_an_expected_date_above_a_degree_is_that_degrees() -> None:
    earlier, current = _entries(
        "BA Art, Brook College, 2013\n\nExpected May 2027\nMS Data Analytics, Aldham State University"
    )
    assert (earlier.to, earlier.in_progress) == ("2013", False)
    assert (current.title, current.in_progress) == ("MS", True)


def test_current_alone_says_that_the_studies_below_it_last() -> None:
    current, earlier = _entries("current\nMS : Management Aldham University City , State\n2016\nBA : Art Brook College")
    assert (current.title, current.to, current.in_progress) == ("MS", None, True)
    assert (earlier.title, earlier.to, earlier.in_progress) == ("BA", "2016", False)


def test_an_attestation_of_no_school_is_no_study() -> None:
    assert _entries("Attestation de formation aux premiers secours, 2016") == []


def test_a_baccalaureate_of_a_high_school_is_no_bachelor() -> None:
    (study,) = _entries("Baccalaureate : Life Sciences Odo Beech High School City Lebanon, 2011")
    assert study.level == "secondary"


def test_a_line_that_the_page_broke_goes_on_with_the_same_studies() -> None:
    body = (
        "BS : History Brook State University City , State Member of the Aldham Society for"
        " Air and Outer Space Travel and also of its\n"
        "reading circle at the University of Beech, chair of the evening school 2009"
    )
    (study,) = _entries(body)
    assert _said(study) == ("BS", "Brook State University", None, None)


@pytest.mark.parametrize(
    ("body", "first", "second"),
    [
        ("M.Com, Aldham University, 2012\nB.com, Brook College affiliated to Beech University, 2010",
         ("M.Com", "Aldham University", None, "2012"),
         ("B.com", "Brook College affiliated to Beech University", None, "2010")),
        ("M.C.A from Aldham University\nB.com from Brook Degree College\n2005",
         ("M.C.A", "Aldham University", None, None), ("B.com", "Brook Degree College", None, "2005")),
    ],
)  # fmt: skip
def test_a_short_form_in_small_letters_is_a_degree_of_its_own(body: str, first: Row, second: Row) -> None:
    assert [_said(study) for study in _entries(body)] == [first, second]


def test_a_year_below_beside_the_subject_is_that_of_the_degree() -> None:
    (study,) = _entries("MBA - Aldham University\nFinance, 2012")
    assert _said(study) == ("MBA", "Aldham University", None, "2012")


def test_a_subject_in_brackets_is_no_school() -> None:
    (study,) = _entries("MBA (Marketing) 2012")
    assert study.organization is None


def test_state_and_country_behind_a_school_do_not_belong_to_the_degree() -> None:
    line = "Aldham War College City , PA United States Master's Degree : Strategic Studies"
    (study,) = _entries(f"{line}\n{line}")
    assert _said(study) == ("Master's Degree", "Aldham War College", None, None)


def test_what_was_taught_is_no_study() -> None:
    (study,) = _entries("Brook College 2010, Bachelor of Arts\nSuccessfully taught High School English 2011-2012")
    assert study.title == "Bachelor of Arts"


@pytest.mark.parametrize(
    ("line", "school", "subject"),
    [
        ("Master of Science : Health Administration Des Moines University City , State", "Des Moines University",
         "Health Administration"),
        ("Des Moines University , College of Health Sciences City , IA Master of Health Care Administration",
         "Des Moines University , College of Health Sciences", "Health Care Administration"),
        ("B.A. Psychology Art Institute of Aldham 2012", "Art Institute of Aldham", "Psychology"),
        ("BA Elementary Education Brook University 2012", "Brook University", "Elementary Education"),
        ("Career Diploma Medical Terminology Brook Career School 2012", "Brook Career School", "Medical Terminology"),
        ("Human Capital Institute 2016", "Human Capital Institute", None),
        ("Accounting Aldham Business College 2008", "Aldham Business College", "Accounting"),
    ],
)  # fmt: skip
def test_a_school_keeps_its_words_and_takes_none_of_the_subject(line: str, school: str, subject: str | None) -> None:
    (study,) = _entries(line)
    assert (study.organization, study.subject) == (school, subject)


def test_a_town_that_begins_like_a_month_of_another_language_is_none() -> None:
    (found,) = _entries("Bachelor of Arts : Nursing , 2010 Des Moines University City , State")
    assert (found.to, found.organization) == ("2010", "Des Moines University")
