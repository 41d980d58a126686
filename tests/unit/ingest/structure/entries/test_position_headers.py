"""A position's header is read in whatever lines and columns people set it."""

from __future__ import annotations

from datetime import date

import pytest

from libs.contracts.structure import Entry, Section
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
