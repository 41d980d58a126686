"""JSON bodies: a resume's text or a JSON Resume, a job's fields in our form or another system's."""

from __future__ import annotations

from typing import Any

import msgspec

from libs.contracts.documents import Metadata, Note
from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.identifiers import Kind
from libs.contracts.json_forms import JobForm, is_json_resume, job_form, unknown_form
from libs.contracts.text_preparation import holds_text, job_text, without_forbidden
from services.ingest.parsing.content import RawText
from services.ingest.parsing.hidden_text import hidden_text_notes
from services.ingest.parsing.markup.plain_form import PlainText, plain_form, plain_line
from services.ingest.parsing.parsers import json_job, json_resume
from services.ingest.parsing.parsers.json_job import Posting
from services.ingest.parsing.parsers.json_values import (
    metadata_field,
    name_of,
    read_object,
    standing_fields,
    text_field,
    wrong_type,
)
from services.ingest.parsing.plain_requirements import plain_requirements


def parse(data: bytes, kind: Kind) -> RawText:
    """The text of a resume (`text`, or a JSON Resume), or of a job: description and requirements below its title.

    HTML in any of them is read as plain text. A field that is null counts as absent; unknown fields are ignored beside
    known ones. Raises RecordRejected (`invalid_content`) with a sentence for what is not JSON, no object, of a wrong
    type, or of a form that nothing is known of.
    """
    body = read_object(data)
    raw = _resume(body) if kind == "resume" else _job(body)
    raw = msgspec.structs.replace(raw, standing=standing_fields(body, kind))
    if holds_text(raw.text) or holds_text(raw.title or "") or (sentence := unknown_form(body, kind)) is None:
        return raw
    raise RecordRejected(ErrorCode.INVALID_CONTENT, without_forbidden(sentence))


def _resume(body: dict[str, Any]) -> RawText:
    metadata = metadata_field(body)
    given = text_field(body, "text")
    if is_json_resume(body):
        resume = json_resume.read(body)
        return RawText(text=resume.text, metadata=metadata, notes=hidden_text_notes(resume.hidden))
    plain = plain_form(given or "")
    return RawText(text=plain.text, metadata=metadata, notes=hidden_text_notes(plain.hidden))


def _job(body: dict[str, Any]) -> RawText:
    form = job_form(body)
    posting = _own(body) if form == "own" else json_job.read(body, form)
    given = _requirements(body)
    plain_title = plain_line(posting.title or "")
    description = plain_form(posting.description or "")
    requirements = plain_requirements(given)
    below = "\n\n".join(part.text for part in [description, *posting.parts])
    return RawText(
        text=job_text(None, below, requirements.plain),
        title=None if posting.title is None else plain_title.text,
        description=posting.description,
        requirements=given,
        plain_requirements=requirements.plain,
        metadata=_metadata(body, form),
        notes=_notes([plain_title, description, *posting.parts], requirements.hidden),
    )


def _own(body: dict[str, Any]) -> Posting:
    return Posting(text_field(body, "title"), _description(body))


def _description(body: dict[str, Any]) -> str | None:
    """`description`, and `text`, which means the same; where a sender fills both, nothing is lost."""
    description, text = text_field(body, "description"), text_field(body, "text")
    if not text or not description or text == description:
        return description or text
    return f"{description}\n\n{text}"


def _requirements(body: dict[str, Any]) -> str | list[str] | None:
    value = body.get("requirements")
    if isinstance(value, list):
        wrong = next((entry for entry in value if not isinstance(entry, str)), None)
        if wrong is not None or None in value:
            raise wrong_type("requirements", "a text or a list of texts", value, f"a list that holds {name_of(wrong)}")
        return [without_forbidden(entry) for entry in value]
    if value is not None and not isinstance(value, str):
        raise wrong_type("requirements", "a text or a list of texts", value)
    return None if value is None else without_forbidden(value)


def _metadata(body: dict[str, Any], form: JobForm) -> Metadata | None:
    """The body's metadata. Greenhouse has a list of its own under that name."""
    if form != "own" and not isinstance(body.get("metadata"), dict):
        return None
    return metadata_field(body)


def _notes(parts: list[PlainText], hidden: list[str]) -> list[Note]:
    return hidden_text_notes([stretch for part in parts for stretch in part.hidden] + hidden)
