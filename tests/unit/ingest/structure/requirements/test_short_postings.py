"""Short and plainly written postings: lists without a heading, one-line advertisements, sentences about somebody."""

from __future__ import annotations

from datetime import date

import pytest

from libs.contracts.structure import Requirement
from libs.contracts.text_preparation import prepare
from services.ingest.structure.requirements.requirements import find_requirements
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit


def found(text: str) -> list[Requirement]:
    return find_requirements(StoredText("job", prepare(text), date(2026, 11, 1)), [])[0]


def asked(text: str) -> list[str]:
    return [requirement.text for requirement in found(text)]


def things(text: str) -> list[str]:
    """Each part of each requirement, and those without parts."""
    return [part.text for requirement in found(text) for part in requirement.parts or [requirement]]


def test_in_a_list_without_a_heading_what_stands_beside_lines_that_ask_is_asked():
    assert asked("Gardener\n- Pruning and grafting\n- Spraying certificate\n- Own van\n- Greenhouse climate") == [
        "Pruning and grafting",
        "Spraying certificate",
        "Own van",
        "Greenhouse climate",
    ]
    assert asked("Night auditor\nDouble-entry bookkeeping\nTwo years at a hotel desk\nGerman C1") == [
        "Double-entry bookkeeping",
        "Two years at a hotel desk",
        "German C1",
    ]
    assert asked("Statistician\n- R\n- survey data") == ["R", "survey data"]


@pytest.mark.parametrize("heading", ["We would be pleased about:", "Added value:", "Also appreciated", "Plus points:"])
def test_headings_of_what_is_wished(heading):
    requirements = found(f"Nurse\nRequirements\n- nursing diploma\n- German B2\n{heading}\n- wound care\n- own car")
    assert [each.necessity for each in requirements] == ["must", "must", "nice", "nice"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tischler\n- Treppenbau\n- Gesellenbrief\n- Deutsch B1", ["Treppenbau", "Gesellenbrief", "Deutsch B1"]),
        ("Fleuriste\n- bouquets de mariage\n- permis B\n- deux ans en boutique",
         ["bouquets de mariage", "permis B", "deux ans en boutique"]),
        ("Peluquera\n- Mechas y balayage\n- Inglés A2\n- Dos años en salón",
         ["Mechas y balayage", "Inglés A2", "Dos años en salón"]),
    ],
)  # fmt: skip
def test_in_other_languages_too(text, expected):
    assert asked(text) == expected


def test_tasks_terms_and_facts_in_such_a_list_are_not_asked():
    assert asked(
        "Baker\n- Clean the ovens\n- Two years in a bakery\n- Sourdough\n- Tuesday to Saturday, 2.00 to 10.00\n- Rye"
    ) == ["Two years in a bakery", "Sourdough", "Rye"]
    assert asked("Baker\n- Clean the ovens\n- Carry the trays\n- Serve customers\n- Sourdough") == []


@pytest.mark.parametrize(
    "text",
    [
        "Rider\n- Ride to customers in the old town\n- Carry boxes up the stairs\n- Bike provided",
        "About us\n\nOur shops\n- Haarlem, 1903\n- Gouda, 1911\n\nVisit us\n- Main Street 4\n- Harbour market",
        "Helper\n\nPay\n- £12.40\n- tips\n\nWhere\n- Leeds\n- York",
        "We are looking for a cook who will run our new kitchen in spring.",
        "Our bakery is sixty years old. We are a team of five. Our kitchen is new.",
    ],
)
def test_what_asks_for_nothing_stays_so(text):
    assert asked(text) == []


def test_a_heading_of_what_is_asked_leaves_other_lists_alone():
    text = (
        "Florist\n\nAbout the shop\n- Three rooms\n- Driving licence office next door\n\nYou need\n- Wiring\n- Ribbons"
    )
    assert asked(text)[-2:] == ["Wiring", "Ribbons"]
    assert "Three rooms" not in asked(text)


@pytest.mark.parametrize(
    "heading",
    ["Profile", "You offer", "We want", "Minimums", "Please have", "Bring:", "What the job takes", "In your toolbox",
     "Gesucht wird", "Ce qu'il vous faut", "Aportas"],
)  # fmt: skip
def test_headings_of_what_is_asked(heading):
    text = f"Widget maker\n\nWe make widgets in Leeds.\n\n{heading}\n- triage\n- drawings\n\nWe add\n- lunch\n- parking"
    assert asked(text) == ["triage", "drawings"]


def test_the_title_is_not_asked():
    assert asked("Registered Nurse, Dialysis\nOakmoor Kidney Centre\n\nEssential\n- cannulation") == ["cannulation"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Chef de partie wanted: fish, HACCP, 3 years", ["fish", "HACCP", "3 years"]),
        ("Dachdecker gesucht: Geselle, Führerschein B, schwindelfrei",
         ["Geselle", "Führerschein B", "schwindelfrei"]),
        ("Menuisier recherché : CAP, pose de fenêtres, permis B", ["CAP", "pose de fenêtres", "permis B"]),
        ("Se busca jardinero: poda en altura, carné B", ["poda en altura", "carné B"]),
        ("Dental receptionist needed - Exact software, phones, Dutch", ["Exact software", "phones", "Dutch"]),
        ("Guard\nSIA licence. Clean record. Dog handling.", ["SIA licence", "Clean record", "Dog handling"]),
        ("Designer\nFigma, user interviews, four years.", ["Figma", "user interviews", "four years"]),
    ],
)  # fmt: skip
def test_one_line_says_whom_it_seeks_and_what_they_bring(text, expected):
    assert things(text) == expected


def test_what_is_needed_is_nobody_who_is_sought():
    whole = "Licence needed, as we tow, mostly on weekdays"
    assert asked(f"Driver\n{whole}.") == [whole]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The lawyer we seek has been admitted, has drafted pleadings, and writes plainly.",
         ["The lawyer we seek has been admitted", "has drafted pleadings", "writes plainly"]),
        ("We seek a cook with a certificate, two years of practice, and good humour.",
         ["a certificate", "two years of practice", "good humour"]),
        ("We want an agent who has worked with tickets, is used to 50 calls a day or more, and writes English.",
         ["worked with tickets", "is used to 50 calls a day or more", "writes English"]),
        ("To apply you need a diploma, two years of practice, and patience.",
         ["a diploma", "two years of practice", "patience"]),
        ("Notre hôtel cherche une gouvernante avec deux ans d'expérience, un bon anglais, et le permis.",
         ["deux ans d'expérience", "un bon anglais", "le permis"]),
    ],
)  # fmt: skip
def test_a_sentence_about_whom_is_sought_is_told_apart(sentence, expected):
    assert things(f"We moved here in spring.\n\n{sentence}") == expected


def test_no_knowledge_of_a_long_name_is_needed():
    assert asked("Agent\n\nNo knowledge of broadband technology is needed. You need patience.") == ["You need patience"]


def test_a_line_that_ends_with_who_leads_to_its_list():
    text = "We are looking for a nurse who\n- holds a licence\n- gives safe handovers\n\nYou will find\n- 32 beds"
    assert asked(text) == ["holds a licence", "gives safe handovers"]


def test_lines_told_off_with_commas_or_all_in_lower_case_are_each_one():
    assert asked("Recruiter\n\nYou have\ntwo years as a recruiter,\nbasic Italian,\na loud voice.") == [
        "two years as a recruiter",
        "basic Italian",
        "a loud voice",
    ]
    lines = ["six or more seasons planning events from start to finish", "a reliable car and a valid licence"]
    assert asked("Planner\n\nYou need:\n" + "\n".join(lines)) == lines


def test_a_number_in_square_brackets_is_a_bullet():
    assert asked("Must have\n[1] switching licence\n[2] motors") == ["switching licence", "motors"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Three years or more of payroll, and pensions", ["Three years or more of payroll", "pensions"]),
        ("Prometheus and Grafana", ["Prometheus", "Grafana"]),
        ("Weekend work, April through November", ["Weekend work, April through November"]),
    ],
)
def test_bounds_are_no_alternatives_and_dates_no_parts(text, expected):
    assert things(f"Requirements\n- {text}") == expected
