"""A stored text gives the same structure again as when it was submitted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from libs.contracts.events import SourceEvent, TextEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.inner.structure import StructureOrder, order_of
from libs.contracts.revision import Revision
from services.ingest.parsing import derived_again as module
from services.ingest.parsing.content import Content
from services.ingest.parsing.derived_again import derived_again
from services.ingest.records.submission import Subject, Submission
from services.ingest.service import IngestService
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.structure import find_structure
from tests.fakes.in_process_parser import InProcessParser
from tests.fakes.pdf_files import lines, pdf_file

pytestmark = pytest.mark.unit


async def submitted(kind: Any, data: bytes, content_type: str) -> TextEvent:
    subject = Subject(DocumentKey("default", kind, "1"), Revision(1, 1), SourceEvent("/ats", "1"))
    content = Content(kind=kind, data=data, as_of="2025-06-30", content_type=content_type)
    return await IngestService(InProcessParser()).parse(Submission(subject, content, {}, "2026-11-01T00:00:00Z"))


JOBS: list[dict[str, Any]] = [
    {"title": "Welder", "description": "Dry docks.\n\nNights.", "requirements": ["TIG", "Diving"]},
    {"title": "Senior\n Welder  (m/f)", "description": "Dry docks."},
    {"title": "word " * 200, "requirements": "TIG\nDiving"},
    {"title": "Welder"},
    {"title": "Welder", "description": ""},
    {"title": " ", "description": "Welder\n\nDry docks."},
    {"description": "Welder\n\nDry docks.", "requirements": ["TIG"]},
    {"requirements": ["TIG", "", "Diving"]},
    {"text": "Welder\n\nDry docks."},
    {"description": "Welder\nDry docks."},
    {
        "title": "Welder &amp; diver",
        "description": "<p>Dry docks.</p><p>Nights.</p>",
        "requirements": "<ul><li>TIG</li></ul>",
    },
    {"description": "<h2>Welder</h2><ul><li>Dry docks.</li></ul>", "requirements": ["<b>TIG</b>", "Diving"]},
]


@pytest.mark.parametrize("job", JOBS, ids=lambda job: "+".join(job))
async def test_a_job_in_parts_with_its_given_title(job: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[StoredText] = []
    event = await submitted("job", json.dumps(job).encode(), "application/json")

    def noting(stored: StoredText) -> Any:
        read.append(stored)
        return find_structure(stored)

    monkeypatch.setattr(module, "find_structure", noting)
    found = derived_again(order_of(event))
    assert (found.title, found.sections, found.mentions) == (event.title, event.sections, event.mentions)
    assert (found.requirements_found, found.notes) == (event.requirements_found, event.notes)
    assert (read[0].given_title is not None) == bool(job.get("title", "").strip())
    assert read[0].as_of.isoformat() == "2025-06-30"


@pytest.mark.parametrize("kind", ["resume", "job"])
async def test_a_file(kind: str) -> None:
    event = await submitted(kind, pdf_file(lines("Ada Example", "Welder", "Skills", "TIG welding")), "application/pdf")
    found = derived_again(order_of(event))
    assert (found.title, found.language, found.sections) == (event.title, event.language, event.sections)
    assert (found.identity_spans, found.entries) == (event.identity_spans, event.entries)


def test_a_day_that_is_none_is_no_reason_to_fail() -> None:
    assert derived_again(StructureOrder(kind="resume", text="Ada", as_of="yesterday")).version > 0
