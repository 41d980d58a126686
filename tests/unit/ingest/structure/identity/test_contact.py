"""E-mail addresses, telephone numbers and links are found as people write them; other numbers and dots stay."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pytest

from services.ingest.structure.identity.identity import find_identity
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit


def of_type(kind: str, text: str, document: Literal["resume", "job"] = "resume") -> list[str]:
    spans = find_identity(StoredText(kind=document, text=text, as_of=date(2026, 1, 1)), [])
    return [text[span.start : span.end] for span in spans if span.type == kind]


def in_the_head(line: str) -> str:
    return f"Velora Quintash\n{line}\n\nEXPERIENCE\nSkanska, 2019 - present\n"


def in_the_body(line: str) -> str:
    return f"Velora Quintash\nChef\n\nEXPERIENCE\nSkanska, 2019 - present\n{line}\n"


@pytest.mark.parametrize(
    ("line", "email"),
    [
        ("velora.quintash+cv@mail.example", "velora.quintash+cv@mail.example"),
        ("E-Mail: v_quintash@mail.co.uk.", "v_quintash@mail.co.uk"),
        ("velora (at) mail (dot) example", "velora (at) mail (dot) example"),
        ("velora[at]mail.example", "velora[at]mail.example"),
        ("velora at mail dot example", "velora at mail dot example"),
        ("velora . quintash @ mail . example", "velora . quintash @ mail . example"),
        ("velora.quintash@\nmail.example", "velora.quintash@\nmail.example"),
        ("velora.quintash@exam\nple.com", "velora.quintash@exam\nple.com"),
        ("邮箱：velora@mail.example", "velora@mail.example"),
        ("mailto:müller@bücher.example", "müller@bücher.example"),
    ],
)
def test_an_e_mail_address_is_found_however_it_is_written(line: str, email: str) -> None:
    assert of_type("email", in_the_head(line)) == [email]


def test_an_e_mail_address_ends_where_the_sentence_does() -> None:
    assert of_type("email", in_the_body("Write to me@mail.example. Then call.")) == ["me@mail.example"]
    assert of_type("email", in_the_body("Sold apples @ 3 dollars, looked at many dots")) == []


@pytest.mark.parametrize(
    "number",
    [
        "+1 415 555 0133",
        "(512) 555-0194",
        "251-555-0151",
        "+44 (0)117 496 0131",
        "07700 900142",
        "0171/5550110",
        "+49 30 5550110",
        "06 55 50 01 83",
        "07.00.00.65.32",
        "655 550 120",
        "(81) 95550-0119",
        "+351 239 555 114",
        "71 555 01 46",
        "8 (843) 555-01-05",
        "010-5550-0149",
        "13800555214",
        "052-555-0144",
        "0532 555 01 69",
        "90000 01234",
        "0803 555 0105",
        "+٩٦٦ ٥٠ ٥٥٥ ٠١٢٣",
        "+1 (408) 555-0178 ext. 2862",
    ],
)
def test_a_telephone_number_is_found_in_the_form_of_its_country(number: str) -> None:
    assert of_type("phone", in_the_head(f"velora@mail.example | {number}")) == [number]


@pytest.mark.parametrize(
    "label", ["Tel.", "Mobile:", "Handy:", "Téléphone :", "Cel:", "Тел.:", "电话：", "هاتف:", "טלפון:"]
)
def test_a_label_makes_a_number_a_telephone_number_anywhere(label: str) -> None:
    assert of_type("phone", in_the_body(f"{label} 5550110134")) == ["5550110134"]


@pytest.mark.parametrize(
    "line",
    [
        "2015 - 2017, 06/2015 - 08/2017, 12.03.2018, 2018-03-12",
        "Revenue of 1 200 000 and 12.500.000 and $3,450,000.00",
        "ISBN 978-3-16-148410-0, certificate no. 20240102-55",
        "License 1234567890, patent 10555123",
        "Grew sales from 100000 to 250000 in 2019 2020 2021",
        "IP 192.168.10.12, ISO 27001, 24/7",
    ],
)
def test_years_amounts_and_identifiers_are_no_telephone_numbers(line: str) -> None:
    assert of_type("phone", in_the_body(line)) == []


@pytest.mark.parametrize(
    "link",
    [
        "linkedin.com/in/velora-quintash-4b2",
        "https://www.linkedin.com/in/velora/",
        "github.com/vquintash",
        "https://www.xing.com/profile/Velora_Quintash",
        "velora.github.io",
        "www.veloraquintash.example",
        "https://quintash.dev/portfolio",
        "behance.net/velora",
    ],
)
def test_a_link_to_a_profile_or_an_own_site_is_found(link: str) -> None:
    assert of_type("link", in_the_head(f"velora@mail.example | {link}")) == [link]


def test_a_link_cut_at_a_lines_end_goes_on() -> None:
    text = in_the_head("velora@mail.example\nlinkedin.com/in/velora-\nquintash-42")
    assert of_type("link", text) == ["linkedin.com/in/velora-\nquintash-42"]


@pytest.mark.parametrize(
    "line",
    [
        "Used ASP.NET, Node.js, Socket.io and example.py",
        "Ran www.skanska.example for a client",
        "linkedin.com/company/skanska",
        "Own hand tools.In addition",
    ],
)
def test_programs_files_and_firms_sites_are_no_links_of_a_person(line: str) -> None:
    assert of_type("link", in_the_body(line)) == []


def test_a_job_has_contact_data_too() -> None:
    text = "Cook wanted\nContact: Jane Umbeki, jane@tavola.example, (512) 555-0199\n"
    assert of_type("email", text, "job") == ["jane@tavola.example"]
    assert of_type("phone", text, "job") == ["(512) 555-0199"]
