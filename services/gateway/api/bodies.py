"""What callers send: JSON, a form with a file, or a file's own bytes, read and checked into one shape.

Everything here raises Problem with the code that says what to change.
"""

from __future__ import annotations

import asyncio
import uuid
from base64 import b32encode
from typing import Any

import msgspec
from litestar import Request

from libs.contracts.cloudevents import JSON
from libs.contracts.documents import MAX_FILE_BYTES, InvalidMetadata, Metadata, check_metadata, read_metadata
from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.json_forms import is_other_form, unknown_form
from libs.contracts.json_reading import pointer_to
from libs.contracts.metadata_patch import check_patch
from libs.contracts.standing import EXPIRES_AT, NAMES_NOTHING, STATE, NamedStanding, given_fields
from services.gateway.api.files import MULTIPART, OCTETS, check_file, check_file_type, plain_name
from services.gateway.api.forms import read_form
from services.gateway.api.json_objects import fitted, read_any_object
from services.gateway.api.schemas import JobBody, ResumeBody
from services.gateway.api.standing import change_in, standing_in, standing_of_parts
from services.gateway.api.text_limits import check_job, check_text
from services.gateway.documents.changing import Change
from services.gateway.documents.submitting import Submission
from services.gateway.problems import Problem, invalid_metadata

# A form's boundaries, part headers and metadata come on top of the file.
MAX_BODY_BYTES = MAX_FILE_BYTES + 131_072
MERGE_PATCH = "application/merge-patch+json"
# Metadata have 16 KiB; escaped and indented they take more.
MAX_CHANGE_BYTES = 131_072
# What a PATCH may name.
CHANGEABLE = ("metadata", EXPIRES_AT, STATE)
# An order of scores names 1,000 resumes, a search a text of 20,000 characters; escaped and indented they take more.
MAX_ORDER_BYTES = 1_048_576

AnyRequest = Request[Any, Any, Any]


def key_of(
    tenant: str, kind: Kind, document_id: str, *, pointer: str | None = None, parameter: str = "document_id"
) -> DocumentKey:
    """The key of a document that the caller named: in the body at `pointer`, else in the address as `parameter`."""
    try:
        return DocumentKey(tenant, kind, document_id)
    except ValueError as error:
        in_address = parameter if pointer is None else None
        raise Problem("invalid_id", str(error), pointer=pointer, parameter=in_address) from None


def new_id() -> str:
    """An id for a document whose caller gave none: a random UUID in 26 characters."""
    return b32encode(uuid.uuid4().bytes).decode().rstrip("=").lower()


async def read_submission(request: AnyRequest, kind: Kind, max_chars: int, *, raw_files: bool) -> Submission:
    """The document in a request's body; `raw_files`: whether the body may be a file's own bytes (PUT).

    A body above the limit is refused by its announced length, or as soon as it passes the limit.
    """
    media_type = request.content_type[0]
    if media_type == JSON:
        return await read_document(await request.body(), kind, max_chars)
    if media_type == MULTIPART:
        return await _from_form(request, kind, max_chars)
    if not raw_files:
        raise Problem(
            "unsupported_type",
            f"send {JSON} or {MULTIPART}, not {media_type[:80] or 'a body of no type'}",
            header="Content-Type",
        )
    check_file_type(media_type)
    data = await request.body()
    content_type = request.headers.get("content-type", "")
    return await _file(data, content_type, None, kind, max_chars, id=None, metadata=None)


async def read_change(body: bytes, content_type: str, kind: Kind) -> Change:
    """The change that a PATCH asks for: a merge patch of the document that names nothing but its metadata, its
    `expires_at` and, of a job, its `state`."""
    if content_type != MERGE_PATCH:
        raise Problem(
            "unsupported_type",
            f"send {MERGE_PATCH}, not {content_type[:80] or 'a body of no type'}",
            header="Content-Type",
        )
    if len(body) > MAX_CHANGE_BYTES:
        raise Problem("too_large", f"the body has {len(body):,} bytes; {MAX_CHANGE_BYTES:,} are allowed")
    given = await read_any_object(body)
    others = [name for name in given if name not in CHANGEABLE]
    if others or not given:
        named = ", ".join(name[:40] for name in others[:8]) or "nothing"
        raise Problem(
            "invalid_body",
            f"only {', '.join(CHANGEABLE)} can be changed alone, and the body names {named}: send the document with "
            "PUT",
            pointer=pointer_to(others[0][:60]) if others else "",
        )
    standing = change_in(given, kind)
    try:
        return Change(check_patch(given.get("metadata", {})), standing)
    except InvalidMetadata as error:
        raise invalid_metadata(error) from None


async def read_document(body: bytes, kind: Kind, max_chars: int) -> Submission:
    """The document in a JSON body, or in anything else that holds what such a body does."""
    # Which numbers metadata may hold is told field by field, by check_metadata.
    given = await read_any_object(body)
    if is_other_form(given, kind):
        return _as_it_came(body, given, kind)
    if (sentence := unknown_form(given, kind)) is not None:
        raise Problem("invalid_body", sentence)
    fields, given_id, metadata = await (_resume_fields if kind == "resume" else _job_fields)(given, max_chars)
    checked = _checked_metadata(metadata)
    if checked is not None:
        fields["metadata"] = checked
    fields |= given_fields(standing_in(given, kind))
    value = msgspec.json.encode(fields)
    if len(value) > MAX_FILE_BYTES:
        raise Problem("too_large", f"the body has {len(value):,} bytes; {MAX_FILE_BYTES:,} are allowed")
    return Submission(given_id, value, JSON)


async def _resume_fields(given: dict[str, Any], max_chars: int) -> tuple[dict[str, Any], str | None, Any]:
    """What of a resume's body is submitted, its id and its metadata."""
    resume = fitted(given, ResumeBody)
    await asyncio.to_thread(check_text, resume.text, max_chars)
    return {"text": resume.text}, resume.id, resume.metadata


async def _job_fields(given: dict[str, Any], max_chars: int) -> tuple[dict[str, Any], str | None, Any]:
    """What of a job's body is submitted, its id and its metadata."""
    job = fitted(given, JobBody)
    if job.text and job.description and job.text != job.description:
        raise Problem("invalid_body", "text and description mean the same here; send one of them", pointer="/text")
    description = job.description or job.text
    await asyncio.to_thread(check_job, job.title, description, job.requirements, max_chars)
    fields = {"title": job.title, "description": description, "requirements": job.requirements}
    return {name: value for name, value in fields.items() if value is not None}, job.id, job.metadata


def _as_it_came(body: bytes, given: dict[str, Any], kind: Kind) -> Submission:
    """A body of another system's form, which ingest reads; a posting's id is that system's own."""
    if len(body) > MAX_FILE_BYTES:
        raise Problem("too_large", f"the body has {len(body):,} bytes; {MAX_FILE_BYTES:,} are allowed")
    if isinstance(given.get("metadata"), dict) or kind == "resume":
        _checked_metadata(given.get("metadata"))
    standing_in(given, kind)
    given_id = given.get("id") if kind == "resume" else None
    if not isinstance(given_id, str | None):
        raise Problem("invalid_body", "the body's id is no text", pointer="/id")
    return Submission(given_id, body, JSON)


def _checked_metadata(value: Any) -> Metadata | None:
    """Metadata as they are named; None where they are not."""
    if value is None:
        return None
    try:
        return check_metadata(value)
    except InvalidMetadata as error:
        raise invalid_metadata(error) from None


def _read_metadata(text: str) -> Metadata | None:
    try:
        return read_metadata(text) if text.strip() not in ("", "null") else None
    except InvalidMetadata as error:
        raise invalid_metadata(error) from None


async def _from_form(request: AnyRequest, kind: Kind, max_chars: int) -> Submission:
    parts = await read_form(request.stream(), request.content_type[1])
    names = ("file", "id", "metadata", EXPIRES_AT, STATE)
    files, ids, metadata, ends, states = ([part for part in parts if part.name == name] for name in names)
    if len(files) != 1 or files[0].filename is None:
        raise Problem("invalid_body", "the form needs one part named file, with a filename", pointer="/file")
    for named in (ids, metadata, ends, states):
        if len(named) > 1 or any(part.filename is not None for part in named):
            sentence = f"{', '.join(names[1:])} are text parts, at most one of each"
            raise Problem("invalid_body", sentence, pointer=f"/{named[0].name}")
    [file] = files
    content_type = file.content_type or OCTETS
    check_file_type(content_type.split(";")[0].strip().lower())
    return await _file(
        bytes(file.content),
        content_type,
        file.filename,
        kind,
        max_chars,
        id=ids[0].text() if ids else None,
        metadata=_read_metadata(metadata[0].text()) if metadata else None,
        standing=standing_of_parts([part.text() for part in ends], [part.text() for part in states], kind),
    )


async def _file(
    data: bytes,
    content_type: str,
    filename: str | None,
    kind: Kind,
    max_chars: int,
    *,
    id: str | None,
    metadata: Metadata | None,
    standing: NamedStanding = NAMES_NOTHING,
) -> Submission:
    await check_file(data, content_type, filename, kind, max_chars)
    return Submission(id, data, content_type.strip()[:200] or OCTETS, plain_name(filename), metadata, standing)
