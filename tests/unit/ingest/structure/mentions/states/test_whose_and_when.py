"""Names that a text denies, wishes for or says of others, in more ways."""

from datetime import date

import pytest

from services.ingest.structure.mentions.mentions import find_named
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit


def states(text: str) -> list[tuple[str, str]]:
    found = find_named(StoredText("resume", text, date(2026, 11, 1)), [], []).mentions
    return [(mention.name, mention.state) for mention in found]


@pytest.mark.parametrize(
    ("text", "name", "state"),
    [
        ("I use Excel every day; SAP FI I have never worked with.", "SAP FI/CO", "denied"),
        ("In nine years I have worked in every section of a kitchen except pastry.", "pastry", "denied"),
        ("I am not coded in TIG welding", "TIG welding", "denied"),
        ("SAP is new to me", "SAP", "denied"),
        ("Figma, which I have never opened", "Figma", "denied"),
        ("I hold the tanker endorsement (N)", "CDL Tanker Endorsement", "had"),
        ("CPA: three of four sections passed", "Certified Public Accountant", "wished"),
        ("PMP exam booked for December", "Project Management Professional", "wished"),
        ("Looking for a role with React", "React", "wished"),
        ("After years with React, looking for a role in a small team", "React", "had"),
        ("Currently taking a course in wound care", "wound care", "wished"),
        ("Helped to hire React developers", "React", "other_person"),
        ("Passed the frames to the men for TIG welding", "TIG welding", "other_person"),
        ("My colleagues use Salesforce", "Salesforce", "other_person"),
        ("Supported partners with admission to the New York bar", "New York bar admission", "other_person"),
        ("Steuerberater, Prüfung ausstehend", "Steuerberater", "wished"),
    ],
)
def test_a_name_is_had_or_not(text, name, state):
    assert (name, state) in states(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Teaching English as a Foreign Language, 120 hours", "TEFL certificate"),
        ("Construction Skills Certification Scheme card", "CSCS card"),
        ("RTITB reach truck operator", "forklift license"),
        ("Operated the scanning electron microscope", "scanning electron microscopy"),
        ("heating, ventilation and air conditioning", "HVAC"),
        ("hazard analysis and critical control points", "HACCP"),
        ("Early Years Foundation Stage", "Early Years Foundation Stage"),
    ],
)
def test_long_forms_are_the_same_name(text, name):
    assert name in [each for each, _ in states(text)]


@pytest.mark.parametrize(
    "text", ["Depot C and Terminal C", "R&D, Building R", "Master of Physician Assistant Studies", "ball pythons"]
)
def test_what_only_looks_like_a_name_is_none(text):
    assert [name for name, _ in states(text) if name in ("C", "R", "Physician Assistant", "Python")] == []
