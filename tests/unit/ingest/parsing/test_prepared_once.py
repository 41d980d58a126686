"""Each text is brought into its stored form once on its way from the bytes to the text event."""

from __future__ import annotations

import json
import unicodedata
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts import text_preparation
from libs.contracts.text_preparation import job_text, prepare
from services.ingest.parsing.content import Content
from services.ingest.parsing.parsing import parse
from tests.fakes.pdf_files import lines, pdf_file

pytestmark = pytest.mark.unit

ANYTHING = st.text(
    st.one_of(
        st.characters(categories=["L", "N", "Cs", "Cc", "Mn", "Zs"]),
        st.sampled_from(" \t\n\r\x00\x0b\x0c\x85\u2028\u00a0\u0301\u0327aeé\ud800"),
    ),
    max_size=20,
)
FIELD = st.none() | ANYTHING
REQUIREMENTS = FIELD | st.lists(ANYTHING, max_size=4)


@pytest.mark.parametrize(
    ("kind", "data", "content_type"),
    [
        ("resume", b"Ada Example\n\nWelder in dry docks.", "text/plain"),
        ("resume", pdf_file(lines("Ada Example", "Welder in dry docks")), "application/pdf"),
        ("resume", json.dumps({"text": "Ada Example\n\nWelder."}).encode(), "application/json"),
        (
            "job",
            json.dumps({"title": "Welder", "description": "Dry docks.", "requirements": ["TIG", "Diving"]}).encode(),
            "application/json",
        ),
        ("job", json.dumps({"title": "Welder", "requirements": "TIG\nDiving"}).encode(), "application/json"),
    ],
    ids=["text", "pdf", "json resume", "json job", "json job with pasted requirements"],
)
def test_no_character_of_a_document_is_normalized_twice(kind, data, content_type):
    normalized = 0

    def counted(form: str, text: str) -> str:
        nonlocal normalized
        normalized += len(text)
        return unicodedata.normalize(form, text)

    with mock.patch.object(text_preparation, "unicodedata", mock.Mock(wraps=unicodedata, normalize=counted)):
        document = parse(Content(kind=kind, as_of="2026-11-01", data=data, content_type=content_type), 200_000)
    # A parser may give line breaks that the stored form does without.
    assert len(document.text.replace("\n", "")) <= normalized <= len(document.text) + 2


@given(FIELD, FIELD, REQUIREMENTS)
def test_a_jobs_text_is_what_its_fields_joined_would_come_to(title, description, requirements):
    """Fields as they are joined before they are prepared, each entry of a list prepared by itself."""
    listed = requirements
    if isinstance(requirements, list):
        listed = "\n".join(prepare(entry).replace("\n", " ") for entry in requirements)
    whole = prepare("\n\n".join(part for part in (title, description, listed) if part and part.strip()))
    assert prepare(job_text(title, description, requirements)) == whole
    apart = (prepare(title or ""), prepare(job_text(None, description, requirements)))
    assert "\n\n".join(part for part in apart if part.strip()) == whole
