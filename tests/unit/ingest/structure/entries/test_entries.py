"""Positions held and studies are found with their dates, and nothing else is taken for one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.contracts.structure import MAX_ENTRIES, Entry, Section, SectionKind
from services.ingest.structure.entries.entries import find_entries
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit

AS_OF = date(2025, 6, 15)


def _found(*parts: tuple[str, SectionKind, str], head: str = "") -> tuple[str, list[Entry]]:
    """The text of these sections (heading, kind, body) and its entries."""
    text, sections = head, []
    for heading, kind, body in parts:
        if text:
            text += "\n"
        start = len(text)
        text += f"{heading}\n{body.strip()}"
        sections.append(Section(start, len(text), heading, kind))
    return text, find_entries(StoredText("resume", text, AS_OF), sections, [])


def _work(body: str) -> list[tuple[str | None, str | None, str | None, str | None]]:
    _, entries = _found(("Experience", "experience", body))
    assert all(entry.type == "work" for entry in entries), entries
    return [(entry.title, entry.organization, entry.from_, entry.to) for entry in entries]


def _studies(body: str) -> list[tuple[str | None, str | None, str | None, str | None, str | None]]:
    _, entries = _found(("Education", "education", body))
    assert all(entry.type == "education" for entry in entries), entries
    return [(entry.title, entry.level, entry.organization, entry.from_, entry.to) for entry in entries]


@pytest.mark.parametrize(
    ("header", "title", "organization"),
    [
        ("Staff Nurse, St. Brigid's Hospital, Cork, 2015-2019", "Staff Nurse", "St. Brigid's Hospital"),
        ("2015-2019: Care Assistant at Oakview Nursing Home", "Care Assistant", "Oakview Nursing Home"),
        ("Engineer | Nimbus Data, Inc. | Austin, TX | 2015 - 2019", "Engineer", "Nimbus Data, Inc."),
        ("Nordlicht Software GmbH, Kiel | Entwicklerin | 2015 – 2019", "Entwicklerin", "Nordlicht Software GmbH"),
        ("De 2015 à 2019 Secrétaire médicale – Cabinet Perrin", "Secrétaire médicale", "Cabinet Perrin"),
        ("Dal 2015 al 2019: Magazziniere presso Bellini S.r.l.", "Magazziniere", "Bellini S.r.l."),
        ("2015年3月—2019年2月 青禾食品有限公司 市场专员", "市场专员", "青禾食品有限公司"),
        ("Full Stack Engineer (University of Aldham) 2015 - 2019", "Full Stack Engineer", "University of Aldham"),
        ("Full Stack Engineer University of Aldham, 2015 - 2019", "Full Stack Engineer", "University of Aldham"),
        ("2015 – 2019 Rautal Getriebe SE, Alsfeld: Konstrukteur", "Konstrukteur", "Rautal Getriebe SE"),
        ("Responsable de tienda. Telas Vega, S.A., 2015-2019", "Responsable de tienda", "Telas Vega, S.A."),
        ("Brook plc (Leeds) Assistant Accountant 2015-2019", "Assistant Accountant", "Brook plc (Leeds)"),
        ("2015-2019 : Assistante marketing en alternance - Loriot", "Assistante marketing en alternance", "Loriot"),
        ("青禾食品有限公司上海 2015年3月—2019年2月 市场专员", "市场专员", "青禾食品有限公司"),
        ("2015/2019 Commessa, Coop Bellini", "Commessa", "Coop Bellini"),
        ("Stage de 6 mois – Développeuse web – Cabinet Perrin (2015-2019)", "Développeuse web", "Cabinet Perrin"),
    ],
)
def test_position_and_employer_are_told_apart(header: str, title: str, organization: str) -> None:
    (found,) = _work(f"{header}\n• Wrote reports")
    assert found[:2] == (title, organization)
    assert found[2] is not None
    assert found[2].startswith("2015")


def test_employer_once_with_two_positions_below() -> None:
    assert _work(
        """
Harrow Electrical Ltd, Bradford
Site Electrician 03/2019 – present
• Looked after two apprentices
Electrician Sept 2016 – Feb 2019
• Found faults on call-out
"""
    ) == [
        ("Site Electrician", "Harrow Electrical Ltd", "2019-03", None),
        ("Electrician", "Harrow Electrical Ltd", "2016-09", "2019-02"),
    ]


def test_department_is_no_employer_where_one_stands_above() -> None:
    assert _work(
        "Brook Community Hospital Racine, WI\nStaff Nurse, Emergency Department Jan. 2020–present\n* Triage\n"
        "Nursing Assistant June 2014–June 2016\n* Vital signs"
    ) == [
        ("Staff Nurse", "Brook Community Hospital Racine", "2020-01", None),
        ("Nursing Assistant", "Brook Community Hospital Racine", "2014-06", "2016-06"),
    ]


@pytest.mark.parametrize("dates", ["January 2014\nto\nCurrent", "January 2014 –\nCurrent", "January 2014\n– Current"])
def test_dates_broken_over_lines_are_one_range(dates: str) -> None:
    _, (entry,) = _found(("Experience", "experience", f"{dates}\nCompany Name City , State Sales Manager\nSold cars."))
    assert (entry.title, entry.from_, entry.in_progress) == ("Sales Manager", "2014-01", True)


def test_header_in_lines_above_and_below_its_dates() -> None:
    above = "Studio Pennarello\nGraphic designer\nda marzo 2020\n+ Cataloghi\nTIPOGRAFIA NORD\nStagista\n2016 – 2018"
    below = "2016 – 2018\nHurtownia Merkury\nMagazynier\n- palety\n2014 – 2016\nPiekarnia Kłos\nKierowca\n- dostawy"
    assert [found[:2] for found in _work(above)] == [
        ("Graphic designer", "Studio Pennarello"),
        ("Stagista", "TIPOGRAFIA NORD"),
    ]
    assert [found[:2] for found in _work(below)] == [
        ("Magazynier", "Hurtownia Merkury"),
        ("Kierowca", "Piekarnia Kłos"),
    ]


@pytest.mark.parametrize(
    "header",
    [
        "Staff Accountant 09/2015 to 09/2017 Company Name City , State",
        "Staff Accountant\n09/2015 to 09/2017 Company Name - City , State",
        "09/2015 to 09/2017\nStaff Accountant Company Name ï¼\u200b City , State",
        "Staff Accountant , 09/2015 to 09/2017\nCompany Name â€“ City , State",
        "Company Name 09/2015 to 09/2017 Staff Accountant\nCity , State",
        "Company Name City , State Staff Accountant 09/2015 to 09/2017",
    ],
)
def test_placeholder_is_no_employer(header: str) -> None:
    body = f"{header}\nKept the ledgers of the firm.\n{header.replace('2017', '2016')}\nPaid what was due."
    found = _work(body)
    assert found == [
        ("Staff Accountant", None, "2015-09", "2017-09"),
        ("Staff Accountant", None, "2015-09", "2016-09"),
    ]


def test_length_stands_where_no_dates_do() -> None:
    _, (entry,) = _found(("Driving", "experience", "Dale's Feed & Grain, Paintsville KY\nDriver. 2 yrs 4 mos"))
    assert (entry.title, entry.months, entry.from_, entry.to) == ("Driver", 28, None, None)


@pytest.mark.parametrize(
    "line",
    [
        "• Increased sales 2015–2017 by 20 %",
        "Increased sales from 2015 to 2017 by 20 % in all of the regions",
        "Laid off in January 2021 when the yard closed.",
        "A firm with 25 years of history",
        "04.2016 – 03.2019 Elternzeit",
        "Community Website Project 2015 – 2017",
    ],
)
def test_what_is_no_position(line: str) -> None:
    assert [found[0] for found in _work(f"Clerk, Hill Builders Ltd, 2018 – 2020\n{line}")] == ["Clerk"]


def test_certifications_and_awards_are_no_entries() -> None:
    _, entries = _found(
        ("Work", "experience", "Clerk, Hill Builders Ltd, 2018 – 2020"),
        ("Certifications", "certifications", "AWS Certified Developer, 2021 – 2024"),
        ("Awards", "other", "Employee of the Year, 2019"),
        ("Education", "education", "BSc Biology, University of Aldham, 2017"),
    )
    assert [entry.title for entry in entries] == ["Clerk", "BSc"]


def test_positions_without_any_heading() -> None:
    text = "Sam Plain\nLead Carpenter, Oak Joinery, 2018 - present\nCarpenter, Hill Builders Ltd, 2012 - 2018"
    entries = find_entries(StoredText("resume", text, AS_OF), [], [])
    assert [(entry.title, entry.in_progress) for entry in entries] == [("Lead Carpenter", True), ("Carpenter", False)]


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("High School Diploma, Dutton County High School, 2010", "secondary"),
        ("Ausbildung zur Pflegerin, Pflegeschule Celle, 2010", "vocational"),
        ("Associate of Applied Science, Central Community College, 2010", "associate"),
        ("Licence Économie, Université de Montfaucon, 2010", "bachelor"),
        ("2010 江畔工商大学 工商管理 硕士", "master"),
        ("Doktorat, Uniwersytet Bałtycki, 2010", "doctorate"),
        ("תואר ראשון במתמטיקה, אוניברסיטת הגליל, 2010", "bachelor"),
        ("بكالوريوس محاسبة، جامعة الوادي، 2010", "bachelor"),
        ("Тверской государственный университет, магистр, 2010", "master"),
    ],
)
def test_single_year_of_studies_is_their_end(line: str, level: str) -> None:
    ((title, found, school, from_, to),) = _studies(line)
    assert title is not None
    assert school is not None
    assert (found, from_, to) == (level, None, "2010")


def test_studies_in_progress() -> None:
    _, entries = _found(
        (
            "Education",
            "education",
            "MSc Biology, University of Aldham, expected May 2026\nBSc Biology (in progress), Plains College",
        )
    )
    assert [(entry.in_progress, entry.to) for entry in entries] == [(True, None), (True, None)]


def test_school_stands_above_or_beside_its_degree() -> None:
    above = (
        "University of Aldham\nMaster of Science, Biology\n2012 – 2014\n"
        "Plains College\nBachelor of Science\n2009 – 2012"
    )
    assert _studies(above) == [
        ("Master of Science", "master", "University of Aldham", "2012", "2014"),
        ("Bachelor of Science", "bachelor", "Plains College", "2009", "2012"),
    ]
    beside = "Bachelor of Arts : Accounting , 5 2014 Aldham University ï¼\u200b City , State , USA"
    _, (entry,) = _found(("Education", "education", beside))
    assert (entry.organization, entry.subject, entry.to) == ("Aldham University", "Accounting", "2014-05")


def test_degree_conferred_among_positions_is_of_education() -> None:
    _, entries = _found(("Experience", "experience", "Associate of Arts Degree May 2011 to Dec 2012\nCompany Name"))
    assert [(entry.type, entry.level) for entry in entries] == [("education", "associate")]


def test_entries_span_from_their_header_to_the_next() -> None:
    text, entries = _found(
        (
            "Work",
            "experience",
            "Acme Ltd\nClerk, 2018 – 2020\n• Filed\nHill Ltd\nCarpenter, 2012 – 2018\n• Built\n",
        ),
        ("Education", "education", "BSc, University of Aldham, 2012"),
    )
    assert [text[entry.start : entry.end] for entry in entries] == [
        "Acme Ltd\nClerk, 2018 – 2020\n• Filed",
        "Hill Ltd\nCarpenter, 2012 – 2018\n• Built",
        "BSc, University of Aldham, 2012",
    ]


def test_told_again_counts_once() -> None:
    assert len(_work("Clerk, Acme Ltd, 2018 – 2020\n• Filed\nClerk, Acme Ltd, 2018 – 2020\n• Filed")) == 1


def test_at_most_the_limit() -> None:
    years = "\n".join(f"Clerk {number}, Acme Ltd, 2018 – 2020\n• Filed" for number in range(MAX_ENTRIES + 50))
    _, entries = _found(("Work", "experience", years))
    assert len(entries) == MAX_ENTRIES


_PIECES = [
    "Clerk",
    "Acme Ltd",
    "2018 – 2020",
    "since",
    "BSc",
    "University",
    "Company Name",
    "City , State",
    "•",
    ",",
    " at ",
    "\n",
    ".",
    "(",
    "seit 04.2019",
    "本科",
    "至今",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=40), st.sampled_from(["experience", "education", "other"]))
def test_any_text_gives_ordered_entries(pieces: list[str], kind: SectionKind) -> None:
    text, entries = _found(("Part", kind, " ".join(pieces) or "x"))
    end = 0
    for entry in entries:
        assert end <= entry.start < entry.end <= len(text)
        assert text[entry.start : entry.end] == text[entry.start : entry.end].strip()
        end = entry.end


@pytest.mark.parametrize(
    "line",
    [
        "2018 – 2020 ",
        "Clerk at ",
        "BSc University ",
        "Company Name City , ",
        "a\u00a0",
        "'14 - ",
        "\u00a0| \u00a0",
        "(",
        "1 yr ",
    ],
)
@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.timeout(120)
def test_a_hostile_text_is_read_to_its_end(line: str, end: str) -> None:
    text = f"{line}{end}" * (40_000 // (len(line) + len(end)))
    for kind in ("experience", "education"):
        _, entries = _found(("Part", kind, text))  # type: ignore[arg-type]
        assert len(entries) <= MAX_ENTRIES
