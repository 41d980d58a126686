"""Studies are found in whatever order their degree, subject, school and date stand, and over however many lines."""

from __future__ import annotations

from datetime import date

import pytest

from libs.contracts.structure import Entry, Section, SectionKind
from services.ingest.structure.entries.entries import find_entries
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit

AS_OF = date(2025, 6, 15)


def _entries(body: str, kind: SectionKind = "education", heading: str = "Education") -> list[Entry]:
    text = f"{heading}\n{body.strip()}"
    sections = [Section(0, len(text), heading, kind)]
    return find_entries(StoredText("resume", text, AS_OF), sections, [])


def _said(entry: Entry) -> tuple[str | None, str | None, str | None, str | None, str | None]:
    return entry.title, entry.organization, entry.subject, entry.from_, entry.to


@pytest.mark.parametrize(
    "line",
    [
        "BA : Psychology 2011 Aldham University City , State",
        "BA : Psychology Aldham University City , State 2011 Psychology",
        "Aldham University 2011 BA : Psychology City , State",
        "2011 Aldham University City , State BA Psychology",
        "2011\nBA : Psychology Aldham University City , State Psychology",
        "BA : Psychology , 2011\nAldham University - City , State",
        "Aldham University, BA, Psychology, 2011",
        "2011: BA in Psychology from Aldham University",
    ],
)
def test_facts_in_any_order(line: str) -> None:
    (study,) = _entries(line)
    assert _said(study) == ("BA", "Aldham University", "Psychology", None, "2011")
    assert study.level == "bachelor"


@pytest.mark.parametrize(
    ("line", "school", "subject"),
    [
        ("MS : Furniture and Interior Design Brook College , 2014", "Brook College", "Furniture and Interior Design"),
        ("BS : Beekeeping Aldham College Beekeeping 2014", "Aldham College", "Beekeeping"),
        ("BS : History The University of Brook , 2014", "The University of Brook", "History"),
        ("Diploma : Nursing , 2014 Aldham School of Nursing", "Aldham School of Nursing", "Nursing"),
        (
            "BS : Nursing Brook University Bachelor of Science in Nursing Brook University 2014",
            "Brook University",
            "Nursing",
        ),
    ],
)
def test_subject_and_school_are_parted_without_a_sign(line: str, school: str, subject: str) -> None:
    (study,) = _entries(line)
    assert (study.organization, study.subject) == (school, subject)


def test_two_degrees_of_one_school_and_year_are_two() -> None:
    found = _entries(
        "Brook University | City , State Master of Arts in Translation 2011\n"
        "Brook University | City , State Master of Arts in History 2011"
    )
    assert [study.subject for study in found] == ["Translation", "History"]


def test_school_with_its_place_alone_is_a_study() -> None:
    (study,) = _entries("Accounting Brook Community College City , State")
    assert _said(study) == (None, "Brook Community College", "Accounting", None, None)
    assert study.level == "other"


@pytest.mark.parametrize("now", ["Present", "Current"])
def test_present_alone_says_that_studies_go_on(now: str) -> None:
    earlier, current = _entries(
        f"1996\nAA : Art Brook College City , State\n{now}\nBA : Art Aldham College City , State"
    )
    assert (earlier.to, earlier.in_progress) == ("1996", False)
    assert (current.title, current.to, current.in_progress) == ("BA", None, True)


@pytest.mark.parametrize("unfilled", ["Select One : Nursing", "[Degree] : Nursing"])
def test_a_form_left_unfilled_names_no_degree(unfilled: str) -> None:
    (study,) = _entries(f"Brook Community College 2015 {unfilled} City , State")
    assert (study.title, study.organization) == (None, "Brook Community College")


@pytest.mark.parametrize(
    "line",
    [
        "Okay, So What: Tools & Technology, March/April 2003",
        "These actions also allowed for the closure of fiscal year 2010",
        "Minor in Marketing",
        "Master Project - Sorting, 2012",
        "* Planning of towns, in partnership with the University of Brook, published in 2009",
    ],
)
def test_what_is_no_study(line: str) -> None:
    assert _entries(f"BA History, Aldham University, 2001\n{line}")[1:] == []


@pytest.mark.parametrize(
    ("body", "title", "school", "level"),
    [
        ("2004 Fachabitur, FOS Alsfelden", "Fachabitur", "FOS Alsfelden", "secondary"),
        (
            "2004 – 2008 Dipl.-Ing. (FH) Maschinenbau\nHochschule Alsfelden",
            "Dipl.-Ing. (FH)",
            "Hochschule Alsfelden",
            "bachelor",
        ),
        (
            "2004 – 2008 Ausbildung zum Tischler\nKessel Möbelfabrik",
            "Ausbildung zum Tischler",
            "Kessel Möbelfabrik",
            "vocational",
        ),
        ("2014 – 2017 CNAM Brèves : DCG, Comptabilité", "DCG", "CNAM Brèves", "bachelor"),
        (
            "Qualifica professionale di Meccanico (IPSIA Galvani, 2009-12)",
            "Qualifica professionale",
            "IPSIA Galvani",
            "vocational",
        ),
        ("CIFP A Ponte · Técnico Superior en Mecatrónica · 2018-20", "Técnico Superior", "CIFP A Ponte", "vocational"),
        ("Cursando MBA em Gestão, Universidade do Vale", "MBA", "Universidade do Vale", "master"),
        ("VWO, Natuur & Techniek\nLyceum Oudeborg, 2014", "VWO", "Lyceum Oudeborg", "secondary"),
        ("B.Tech (Electronics) from Kaveri Institute, 2016 – 74.2%", "B.Tech", "Kaveri Institute", "bachelor"),
        ("青禾大学 2013 – 至今\n在读硕士研究生信息工程", "硕士", "青禾大学", "master"),
        ("SSC (X), ZP High School, 2010 – 88%", "SSC (X)", "ZP High School", "secondary"),
    ],
)
def test_studies_of_many_countries(body: str, title: str, school: str, level: str) -> None:
    (study,) = _entries(body)
    assert study.title is not None
    assert study.title.startswith(title)
    assert (study.organization, study.level) == (school, level)


def test_studies_are_found_under_another_heading_where_theirs_has_none() -> None:
    body = "Bookkeeping\n2006–2010 PhD, Zoology, University of Brook"
    (study,) = _entries(body, kind="skills", heading="Qualifications")
    assert _said(study) == ("PhD", "University of Brook", "Zoology", "2006", "2010")


def test_degree_below_the_dates_of_its_school_belongs_to_it() -> None:
    (study,) = _entries("08/2019 – heute\nGesamtschule Brück\nAngestrebter Abschluss: Fachoberschulreife im Juni 2026")
    assert _said(study)[:2] == ("Fachoberschulreife", "Gesamtschule Brück")
    assert (study.from_, study.in_progress) == ("2019-08", True)
