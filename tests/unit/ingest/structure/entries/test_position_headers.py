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
