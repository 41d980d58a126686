"""Positions whose line goes on with what was done."""

from __future__ import annotations

from datetime import date

import pytest

from libs.contracts.structure import Entry
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.structure import find_structure


def _positions(text: str) -> list[Entry]:
    found = find_structure(StoredText("resume", text, date(2026, 11, 1))).entries
    return [entry for entry in found if entry.type == "work"]


@pytest.mark.parametrize(
    ("line", "title", "employer"),
    [
        (
            "Bus driver, Narva Bus, 2019-present. Town and county routes, tickets, a check each morning.",
            "Bus driver",
            "Narva Bus",
        ),
        (
            "Cook at Hotel Seeblick (2019-present): soups and sauces for ninety guests a day.",
            "Cook",
            "Hotel Seeblick",
        ),
        (
            "2019 to present: delivery driver, Prairie Produce. Restaurants and shops, eighteen stops a day.",
            "delivery driver",
            "Prairie Produce",
        ),
        (
            "Since 2019 buyer at Donau Pumpen: orders on paper, yearly negotiation with sixty suppliers.",
            "buyer",
            "Donau Pumpen",
        ),
        (
            "Receptionist, Hotel Miramar, 2019 - today; check-in, night audit, complaints, breakfast on Sundays",
            "Receptionist",
            "Hotel Miramar",
        ),
        (
            "Warehouse operative at Northgate Foods since 2019, loading and picking on nights with a small crew.",
            "Warehouse operative",
            "Northgate Foods",
        ),
    ],
)
def test_what_was_done_hides_no_position(line: str, title: str, employer: str) -> None:
    (found,) = _positions(f"Jane Roe\n{line}\nDriving licence. English, French.")
    assert (found.title, found.organization, found.in_progress) == (title, employer, True)
    assert found.from_ is not None
    assert found.from_.startswith("2019")


def test_what_was_done_belongs_to_its_position() -> None:
    text = (
        "Experience\n"
        "Cook, Harbour Grill, 2021-2024. Fish, sauces and the cold buffet for weddings.\n"
        "Waiter, Blue Boat, 2018-2021. Forty covers, wine, the till in the evening."
    )
    first, second = _positions(text)
    assert text[first.start : first.end].endswith("the cold buffet for weddings.")
    assert text[second.start : second.end].startswith("Waiter, Blue Boat")


@pytest.mark.parametrize(
    "line",
    [
        "From 2015 to 2019 sales grew. The team doubled, and the shop moved twice.",
        "Volunteers, 2015-2019. Helped on Sundays with the soup kitchen.",
    ],
)
def test_a_sentence_without_position_and_employer_stays_whole(line: str) -> None:
    assert not _positions(f"Jane Roe\n{line}")


def test_an_employer_behind_the_dates_belongs_to_the_header() -> None:
    (found,) = _positions("Experience\nSales clerk, part-time, 2015 - 2019. Acme Kitchens Ltd, Leeds\n- the till")
    assert found.organization == "Acme Kitchens Ltd"


def test_a_bracketed_place_and_a_short_form_end_no_header() -> None:
    (found,) = _positions("Experience\n2015 - 2019 Staff Nurse, St. Brigid's Hospital, Cork\nWards and theatre")
    assert found.organization == "St. Brigid's Hospital"


@pytest.mark.parametrize(
    "line",
    [
        "I have worked as nurse at Klinik Nord since 2019. Before that, from 2015 to 2019, I was a cook at Haus Linde.",
        "Nurse, Klinik Nord, 2019 - present: wards, theatre. Cook, Haus Linde, 2015 - 2019: meals for sixty.",
        "Since 2019: Klinik Nord, nurse. 2015-2019: Haus Linde, cook",
    ],
)
def test_positions_told_one_after_the_other_are_several(line: str) -> None:
    found = {(each.title or "").lower(): (each.organization, each.from_) for each in _positions(f"Jane Roe\n{line}")}
    assert found == {"nurse": ("Klinik Nord", "2019"), "cook": ("Haus Linde", "2015")}
