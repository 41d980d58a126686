"""`shortlist parse` for people: all that colours say is said in words too."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from libs.contracts.documents import Note
from libs.contracts.structure import (
    AskedNumber,
    DisclaimedSpan,
    Entry,
    IdentitySpan,
    Mention,
    Requirement,
    RequirementPart,
    Section,
)
from services.cli.parsed_document import StoredDocument, print_stored

pytestmark = pytest.mark.unit

TEXT = "Ada Example · ada@example.org\nBern\n\nSkills\n• TIG welding in docks\nWork\nDock 4 since 2016"


def document(**fields: Any) -> StoredDocument:
    given: dict[str, Any] = {
        "text": TEXT,
        "title": "Welder",
        "language": "en",
        "as_of": "2026-11-01",
        "structure_version": 1,
        "sections": [],
        "identity_spans": [],
        "entries": [],
        "mentions": [],
        "disclaimed_spans": [],
        "requirements_found": [],
        "notes": [],
    }
    return StoredDocument(**given | fields)


def span(part: str) -> dict[str, int]:
    start = TEXT.index(part)
    return {"start": start, "end": start + len(part)}


def printed(shown: StoredDocument, *, terminal: bool = False, width: int = 120) -> str:
    file = io.StringIO()
    colours = "standard" if terminal else None
    print_stored(Console(file=file, width=width, force_terminal=terminal, color_system=colours, markup=False), shown)
    return file.getvalue()


def rows(text: str) -> list[list[str]]:
    """The words of each line, two spaces or more apart."""
    return [[cell for cell in line.strip().split("  ") if cell.strip()] for line in text.splitlines()]


def test_identity_is_marked_by_its_type_where_it_stands():
    spans = [IdentitySpan(**span("Ada Example"), type="name"), IdentitySpan(**span("ada@example.org"), type="email")]
    assert "[name: Ada Example] · [email: ada@example.org]\n" in printed(document(identity_spans=spans))


def test_a_span_over_several_lines_is_marked_on_each():
    shown = printed(document(identity_spans=[IdentitySpan(**span("ada@example.org\nBern"), type="address")]))
    assert "[address: ada@example.org]\n" in shown
    assert "[address: Bern]\n" in shown


def test_every_line_of_the_text_is_there_as_it_is_stored():
    shown = [line[15:] for line in printed(document(), width=20).splitlines()]
    assert shown[-len(TEXT.split("\n")) :] == TEXT.split("\n")


def test_the_kind_of_a_section_stands_beside_its_heading():
    sections = [
        Section(**span("Skills\n• TIG welding in docks"), title="Skills", kind="skills"),
        Section(**span("Work\nDock 4 since 2016"), title="Work", kind="experience"),
    ]
    shown = [line.split() for line in printed(document(sections=sections)).splitlines()]
    assert ["skills", "Skills"] in shown
    assert ["experience", "Work"] in shown


def test_a_terminal_gets_colours_and_the_same_words():
    sections = [Section(**span("Skills\n• TIG welding in docks"), title="Skills", kind="skills")]
    shown = printed(
        document(sections=sections, identity_spans=[IdentitySpan(**span("Ada Example"), type="name")]), terminal=True
    )
    assert "\x1b[" in shown
    assert "[name: Ada Example]" in shown
    assert "skills" in shown


def test_entries_say_when_they_began_and_whether_they_last():
    entries = [
        Entry(**span("Dock 4"), type="work", title="Welder", organization="Dock 4", from_="2016", in_progress=True),
        Entry(**span("Bern"), type="education", title="BSc", to="2015-06", level="bachelor", subject="Metallurgy"),
    ]
    shown = [" | ".join(cell.strip() for cell in row) for row in rows(printed(document(entries=entries)))]
    assert "work | Welder | Dock 4 | 2016 | present" in shown
    assert "education | BSc | 2015-06 | bachelor, Metallurgy" in shown


def test_mentions_are_grouped_and_say_what_is_not_had():
    mentions = [
        Mention(**span("TIG welding"), type="skill", name="TIG welding"),
        Mention(**span("TIG welding"), type="skill", name="TIG welding"),
        Mention(**span("Dock 4"), type="skill", name="Diving", state="denied"),
        Mention(**span("Bern"), type="language", name="German", level="C1", state="other_person"),
    ]
    shown = printed(document(mentions=mentions))
    assert "TIG welding ×2, Diving [denied]" in shown
    assert "German C1 [other person]" in shown


def test_what_is_disclaimed_is_told_with_how():
    spans = [DisclaimedSpan(**span("Dock 4"), state="denied"), DisclaimedSpan(**span("Bern"), state="other_person")]
    shown = [" | ".join(cell.strip() for cell in row) for row in rows(printed(document(disclaimed_spans=spans)))]
    assert "denied | Dock 4" in shown
    assert "other person | Bern" in shown


def test_requirements_say_their_necessity_numbers_and_parts():
    years = AskedNumber(**span("2016"), value=5, at_most=7, unit="years")
    part = RequirementPart(**span("docks"), text="docks", necessity="nice")
    asked = Requirement(**span("TIG welding in docks"), text="TIG welding in docks", numbers=[years], parts=[part])
    shown = [" | ".join(cell.strip() for cell in row) for row in rows(printed(document(requirements_found=[asked])))]
    assert "must | TIG welding in docks | 5-7 years" in shown
    assert "nice | - docks" in shown


def test_what_was_left_out_is_told_and_nothing_is_read_as_markup():
    note = Note("hidden_text", "White text was left out: [bold]nurse[/bold]")
    shown = printed(document(notes=[note], title="[red]Welder"))
    assert "White text was left out: [bold]nurse[/bold] (hidden_text)" in shown
    assert "[red]Welder" in shown
