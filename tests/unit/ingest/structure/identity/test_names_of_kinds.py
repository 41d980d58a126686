"""Names in two scripts, behind labels, in sentences and at the end are found; firms and goods named so stay."""

from __future__ import annotations

from datetime import date

import pytest

from services.ingest.structure.identity.identity import find_identity
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit

BODY = "\n\nEXPERIENCE\nSite Engineer, Skanska, Austin, TX, 2019 - present\n"


def of_type(kind: str, text: str) -> list[str]:
    spans = find_identity(StoredText(kind="resume", text=text, as_of=date(2026, 1, 1)), [])
    return [text[span.start : span.end] for span in spans if span.type == kind]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("广田哲也 Hirota Tetsuya", ["广田哲也", "Hirota Tetsuya"]),
        ("남은경 Nam Eunkyung", ["남은경", "Nam Eunkyung"]),
        ("Name in own script: Мар'яна Сокольська", ["Мар'яна Сокольська"]),
        ("Name in Latin letters: Hou Ruoxi", ["Hou Ruoxi"]),
        ("From: Farhad Zandieh", ["Farhad Zandieh"]),
        ("First name: B.", ["B"]),
        ("Personal details\nSurname Baker", ["Baker"]),
        ("Hello, I am T. N. Ramanujachari.", ["T. N. Ramanujachari"]),
        ("Hello, I am Maarten van 't Hof.", ["Maarten van 't Hof"]),
        ("Меня зовут Анна Кузнецова, я повар", ["Анна Кузнецова"]),
        ("s. venkataraman", ["s. venkataraman"]),
        ("Dima Zu'bi", ["Dima Zu'bi"]),
    ],
)
def test_a_name_is_found(line: str, names: list[str]) -> None:
    assert of_type("name", f"{line}{BODY}") == names


def test_a_name_below_a_closing_phrase_is_found_in_front_of_a_number() -> None:
    assert of_type("name", f"SUMMARY\nCooks.{BODY}\nYours faithfully,\nAminu Bichi\n+234 809 555 0205") == [
        "Aminu Bichi"
    ]


def test_a_word_between_two_of_a_name_belongs_to_it() -> None:
    text = f"Begoña Ruiz\nbegona.ruiz@mail.example{BODY}Award of 2019 for Begoña Larrañaga Ruiz"
    assert of_type("name", text) == ["Begoña Ruiz", "Begoña Larrañaga Ruiz"]


@pytest.mark.parametrize("firm", ["Mrs. Fields", "Mr Price", "Mr. Coffee", "Dr. Martens", "Madame Tussauds"])
def test_a_firm_with_a_title_is_nobody(firm: str) -> None:
    assert of_type("name", f"Velora Quintash{BODY}{firm}, counter and oven") == ["Velora Quintash"]


def test_a_house_with_a_name_and_a_street_are_nobody() -> None:
    text = f"Me llamo Lucía\nAnna Nagar West, Chennai{BODY}Camarera, Bar Lucía"
    assert of_type("name", text) == ["Lucía"]


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("0722 000 111 / 0733 000 222", ["0722 000 111", "0733 000 222"]),
        ("1-800-FLOWERS", ["1-800-FLOWERS"]),
        ("0351 / 65 43 21 - 17", ["0351 / 65 43 21 - 17"]),
        ("876.555.0134 ext. 22", ["876.555.0134 ext. 22"]),
        ("CEP 80020-090", []),
        ("2019 2020 2021", []),
    ],
)
def test_numbers_of_a_line_are_found_one_by_one(line: str, numbers: list[str]) -> None:
    assert of_type("phone", f"Velora Quintash\n{line}{BODY}") == numbers
