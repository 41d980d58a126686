"""A position's header is read in whatever lines and columns people set it."""

from __future__ import annotations

from datetime import date

import pytest

from libs.contracts.structure import Entry, IdentitySpan, Section
from services.ingest.structure.entries.entries import find_entries
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit

Position = tuple[str | None, str | None, str | None, str | None]


def _entries(body: str) -> list[Entry]:
    text = f"Experience\n{body.strip()}"
    section = Section(0, len(text), "Experience", "experience")
    return find_entries(StoredText("resume", text, date(2025, 6, 15)), [section], [])


def _work(body: str) -> list[Position]:
    found = _entries(body)
    assert all(entry.type == "work" for entry in found), found
    return [(entry.title, entry.organization, entry.from_, entry.to) for entry in found]


@pytest.mark.parametrize(
    ("body", "title", "organization"),
    [
        ("HALE & SONS LTD, Worksop, UK 2016 – 2019\nForeman\n- nine people", "Foreman", "HALE & SONS LTD"),
        ("Ostrand Engineering, Selby, UK 2010 – 2016\nMachinist\n- milling", "Machinist", "Ostrand Engineering"),
        ("FERN Inc. Oregon, America 2012 – 2014\nSummer Intern\n- tests", "Summer Intern", "FERN Inc. Oregon"),
        ("2012 – 2014\nClínica Olivar, Castellón\nHigienista\n· radiografías", "Higienista", "Clínica Olivar"),
        ("Fleurance Aurel, Lokeren – Verkoopster – 2012 tot 2014\n- kassa", "Verkoopster", "Fleurance Aurel"),
    ],
)
def test_place_behind_an_employer_is_no_position(body: str, title: str, organization: str) -> None:
    ((found_title, found_organization, *_),) = _work(body)
    assert (found_title, found_organization) == (title, organization)


def test_positions_below_an_employer_whose_name_reads_like_a_persons() -> None:
    text = (
        "Experience\nUrząd Gminy Sokolin\ninspektor (od 03.2019)\nmłodszy referent (07.2016 – 02.2019)\n"
        "Pracownia Projektowa Łuk\nasystent projektanta (2014 – 2016)"
    )
    named = text.index("Urząd Gminy Sokolin")
    spans = [IdentitySpan(named, named + len("Urząd Gminy Sokolin"), "name")]
    section = Section(0, len(text), "Experience", "experience")
    found = find_entries(StoredText("resume", text, date(2025, 6, 15)), [section], spans)
    assert [(entry.title, entry.organization) for entry in found] == [
        ("inspektor", "Urząd Gminy Sokolin"),
        ("młodszy referent", "Urząd Gminy Sokolin"),
        ("asystent projektanta", "Pracownia Projektowa Łuk"),
    ]


def test_header_whole_in_one_line_takes_nothing_from_the_line_below() -> None:
    assert _work(
        "05/2016 bis 09/2019: Meisterin, Optik Voss GmbH\nRefraktion\n"
        "09/2013 bis 04/2016: Gesellin, Kettler\nWerkstatt und Verkauf"
    ) == [("Meisterin", "Optik Voss GmbH", "2016-05", "2019-09"), ("Gesellin", "Kettler", "2013-09", "2016-04")]


@pytest.mark.parametrize(
    ("body", "title", "organization"),
    [
        ("(09/2013 – 01/2020) Fisioterapista, Ospedale San Zeno, Arco", "Fisioterapista", "Ospedale San Zeno"),
        ("(stagione estiva: estate 2010) Bagnino, Lido Azzurro", "Bagnino", "Lido Azzurro"),
        ("Lab Assistant, Department of Botany, Aldham University (2021 - 2022)", "Lab Assistant", "Aldham University"),
        ("2011 – 2013 — грузчик на складе «Ромашка»", "грузчик", "Ромашка"),
    ],
)
def test_brackets_departments_and_quotes(body: str, title: str, organization: str) -> None:
    ((found_title, found_organization, *_),) = _work(body)
    assert (found_title, found_organization) == (title, organization)


def test_lines_before_the_first_date_are_its_header() -> None:
    assert _work(
        "Tidewater Shipyard, Norham\nWelder, third class to first class\n2012-06 to 2019-08\nStructural welds\n"
        "Tidewater Shipyard\nWelding Inspector\n2019-09 to present"
    ) == [
        ("Welder", "Tidewater Shipyard", "2012-06", "2019-08"),
        ("Welding Inspector", "Tidewater Shipyard", "2019-09", None),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "Employer: Town of Norham\nPosition: Lifeguard\nDates: 2014 - 2018\nDuties: pool safety\n"
        "Employer: Norham Library\nPosition: Page\nDates: 2012 - 2014\nDuties: shelves",
        "• Date (da – a) Dal 2014 al 2018\n• Nome e indirizzo del datore di lavoro Town of Norham, Via Roma 1\n"
        "• Tipo di azienda o settore Sport\n• Tipo di impiego Lifeguard\n"
        "• Principali mansioni e responsabilità sicurezza\n"
        "• Date (da – a) Dal 2012 al 2014\n• Nome e indirizzo del datore di lavoro Norham Library, Norham\n"
        "• Tipo di impiego Page",
        "Town of Norham\nCargo: Lifeguard\nPeriodo: 2014 – 2018\nFunciones: piscina\n"
        "Norham Library\nCargo: Page\nPeriodo: 2012 – 2014\nFunciones: libros",
    ],
)
def test_form_names_positions_behind_labels(body: str) -> None:
    assert _work(body) == [
        ("Lifeguard", "Town of Norham", "2014", "2018"),
        ("Page", "Norham Library", "2012", "2014"),
    ]


def test_rows_of_a_table_with_numbers_and_columns() -> None:
    assert _work(
        "Sl. Period Employer Position\n1 Nov 2019 till date Sadaf Contracting LLC Quantity Surveyor\n"
        "2 Mar 2015 - Sep 2019 Meridian Consultants WLL Site Engineer"
    ) == [
        ("Quantity Surveyor", "Sadaf Contracting LLC", "2019-11", None),
        ("Site Engineer", "Meridian Consultants WLL", "2015-03", "2019-09"),
    ]
    assert _work(
        "No | Organisation | Designation | From | To\n"
        "1 | Surya Textiles Pvt Ltd, Surat | Manager | Apr-2018 | Till date\n"
        "2 | Kaveri Mills, Erode | Engineer | Jun-2013 | Mar-2018"
    ) == [
        ("Manager", "Surya Textiles Pvt Ltd", "2018-04", None),
        ("Engineer", "Kaveri Mills", "2013-06", "2018-03"),
    ]


@pytest.mark.parametrize(
    ("body", "title", "organization", "months"),
    [
        ("Stage bij Provincie Merland\n4 maanden", "Stage", "Provincie Merland", 4),
        ("Lavapiatti presso Trattoria Zufolo\n8 mesi", "Lavapiatti", "Trattoria Zufolo", 8),
        ("Bundesheer, Kaserne Gablen 6 Monate\nGrundwehrdiener", "Grundwehrdiener", "Bundesheer", 6),
        ("在校期间　甜果奶茶店　店员（共8个月）", "店员", "甜果奶茶店", 8),
    ],
)
def test_position_with_a_length_of_time_alone(body: str, title: str, organization: str, months: int) -> None:
    found = _entries(f"Clerk, Orbis Ltd, 2018 – 2020\n{body}")
    assert [(each.title, each.organization, each.months) for each in found] == [
        ("Clerk", "Orbis Ltd", None),
        (title, organization, months),
    ]


@pytest.mark.parametrize(
    "line", ["UH-60 Blackhawk 3 years.\nSupervisor: B. Hale", "Promoted to Manager within 12 months"]
)
def test_length_of_time_in_passing_is_no_position(line: str) -> None:
    assert [each.title for each in _entries(f"Clerk, Orbis Ltd, 2018 – 2020\n{line}")] == ["Clerk"]


def test_same_employer_is_the_one_before() -> None:
    assert _work("2018 – 2020 Electrician, Orbis Ltd\n2014 – 2018 Apprentice electrician, same company") == [
        ("Electrician", "Orbis Ltd", "2018", "2020"),
        ("Apprentice electrician", "Orbis Ltd", "2014", "2018"),
    ]


def test_what_was_done_is_no_employer_of_the_next_position() -> None:
    assert _work(
        "Nadleśnictwo Brzezina\nleśniczy, od 1.06.2019 do dziś\nhodowla lasu\nsprzedaż drewna, rozliczenia\n"
        "podleśniczy, 04.2015 – 05.2019"
    ) == [
        ("leśniczy", "Nadleśnictwo Brzezina", "2019-06-01", None),
        ("podleśniczy", "Nadleśnictwo Brzezina", "2015-04", "2019-05"),
    ]


@pytest.mark.parametrize(
    ("header", "title"),
    [
        (
            "Company Name City , State\nLaboratory Technician II\nJuly 2007 to September 2012",
            "Laboratory Technician II",
        ),
        (
            "Administrative Assistant\nJanuary 2000 to May 2001 Company Name Provided support for the team.",
            "Administrative Assistant",
        ),
        ("Cashier\nMay 2013 to June 2014 Company Name Responsibilities Served guests and kept the till", "Cashier"),
        ("May 2013 to June 2014 Company Name City , State 66062 913.555.0139", None),
    ],
)
def test_what_follows_a_stand_in_is_no_position(header: str, title: str | None) -> None:
    assert [each.title for each in _entries(header)] == [title]


@pytest.mark.parametrize(
    "body",
    [
        "Kaufhaus Tamm, Ulm (08/2015–heute)\nAbteilungsleiterin (seit 2019)\nVerkäuferin (08/2015–2019)",
        "Kaufhaus Tamm\n10 Jahre\nAbteilungsleiterin\n2019 – heute\nUlm\nVerkäuferin\n08/2015 – 2019\nUlm",
    ],
)
def test_employer_with_the_whole_time_there_is_no_position_of_its_own(body: str) -> None:
    assert _work(f"{body}\nModehaus Stritt\nAushilfe\n2011 – 2015") == [
        ("Abteilungsleiterin", "Kaufhaus Tamm", "2019", None),
        ("Verkäuferin", "Kaufhaus Tamm", "2015-08", "2019"),
        ("Aushilfe", "Modehaus Stritt", "2011", "2015"),
    ]


def test_as_many_lines_make_a_header_as_the_first_one_has() -> None:
    assert _work(
        "Transportes Iriarte\nConductor\n2016 - presente\nRutas escolares y discrecionales\n"
        "Mensajería Veloz\nRepartidor\n2013 - 2016\nReparto urbano"
    ) == [
        ("Conductor", "Transportes Iriarte", "2016", None),
        ("Repartidor", "Mensajería Veloz", "2013", "2016"),
    ]


@pytest.mark.parametrize(
    ("body", "title", "organization"),
    [
        ("2013-2017 NORHAM CITY COLLEGE Campus Safety Officer", "Campus Safety Officer", "NORHAM CITY COLLEGE"),
        (
            "Przedszkole nr 4 w Ełku – nauczyciel wychowania przedszkolnego – od 09.2013 do 06.2017",
            "nauczyciel wychowania przedszkolnego",
            "Przedszkole nr 4 w Ełku",
        ),
        ("Assistant Manager Hale & Fell Outdoors, Keswick 2013–2017", "Assistant Manager", "Hale & Fell Outdoors"),
        ("Hoffmeister Technik GmbH, Kiel | Teamleiterin | 2013–2017", "Teamleiterin", "Hoffmeister Technik GmbH"),
        ("Magazynier\nOkres: 2013 – 06.2017\nFirma: Hurtownia Kram", "Magazynier", "Hurtownia Kram"),
        (
            "Trainee Engineer\nMorgan Vale Ltd · Internship\nJun 2013 - Aug 2017 · 3 mos",
            "Trainee Engineer",
            "Morgan Vale Ltd",
        ),
        ('2013 – 2017   גן ילדים "שקד", נס ציונה\nסייעת', "סייעת", 'גן ילדים "שקד"'),
    ],
)
def test_headers_in_other_orders(body: str, title: str, organization: str) -> None:
    ((found_title, found_organization, *_),) = _work(body)
    assert (found_title, found_organization) == (title, organization)


def test_who_was_above_somebody_is_no_part_of_a_position() -> None:
    assert _work("FERN Inc. Oregon, America 2012 – 2014\nSummer Intern Manager: B. Hale\n- tests") == [
        ("Summer Intern", "FERN Inc. Oregon", "2012", "2014")
    ]


def test_single_month_beside_an_employer_above_a_position() -> None:
    assert _work("2016 / 09 - University of Aldham\nJavascript Engineer\nInvented a classroom") == [
        ("Javascript Engineer", "University of Aldham", "2016-09", None)
    ]


def test_two_positions_that_are_called_alike_are_two_where_each_tells_something_else() -> None:
    header = "Volunteer 09/2012 to 12/2012 Company Name City , State"
    assert len(_work(f"{header}\nMet a client of the hospice.\n{header}\nWrote to the papers for a museum.")) == 2
    assert len(_work(f"{header}\nMet a client of the hospice.\n{header}\nMet a client of the hospice.")) == 1


def test_rows_of_positions_under_a_heading_that_was_taken_for_skills() -> None:
    body = (
        "Credits by employer\n* Quiet Audio | Sound Editor | Mar 2018 → Jan 2020\n- mixed drama\n"
        "* Hale Post Group | Dialogue Editor | Jan 2014 → Feb 2018"
    )
    text = f"{body}\nExperience\nLecturer, Aldham College, 2021 – 2022"
    start = text.index("Experience")
    sections = [Section(0, start, "Credits", "skills"), Section(start, len(text), "Experience", "experience")]
    found = find_entries(StoredText("resume", text, date(2025, 6, 15)), sections, [])
    assert [(each.title, each.organization) for each in found] == [
        ("Sound Editor", "Quiet Audio"),
        ("Dialogue Editor", "Hale Post Group"),
        ("Lecturer", "Aldham College"),
    ]


def test_a_line_whose_only_comma_stands_within_a_number_breaks_nothing() -> None:
    body = "ETL with Datastage 8.5,9.1\nPersonal Care Assistant Jan 2017 to Current\n- shopping"
    assert [(entry.title, entry.from_) for entry in _entries(body)] == [("Personal Care Assistant", "2017-01")]
