"""What callers send: JSON, a form with a file, or a file's own bytes, read and checked into one shape.

Everything here raises Problem with the code that says what to change.
"""

from __future__ import annotations

import asyncio
import json
import math
import uuid
from base64 import b32encode
from collections.abc import Callable
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, TypeVar

import msgspec
from litestar import Request
from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException

from libs.contracts.cloudevents import JSON
from libs.contracts.documents import MAX_FILE_BYTES, Metadata, check_metadata, read_metadata, read_whole_number
from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.json_forms import is_other_form, unknown_form
from libs.contracts.metadata_patch import check_patch
from libs.contracts.standing import EXPIRES_AT, NAMES_NOTHING, STATE, NamedStanding, given_fields
from libs.contracts.text_preparation import without_forbidden
from services.gateway.api.schemas import JobBody, ResumeBody
from services.gateway.api.standing import change_in, standing_in, standing_of_parts
from services.gateway.api.text_limits import check_job, check_resume
from services.gateway.documents.changing import Change
from services.gateway.documents.submitting import Submission
from services.gateway.problems import Problem

# A form's boundaries, part headers and metadata come on top of the file.
MAX_BODY_BYTES = MAX_FILE_BYTES + 131_072
MULTIPART = "multipart/form-data"
MERGE_PATCH = "application/merge-patch+json"
# Metadata have 16 KiB; escaped and indented they take more.
MAX_CHANGE_BYTES = 131_072
# What a PATCH may name.
CHANGEABLE = ("metadata", EXPIRES_AT, STATE)
OCTETS = "application/octet-stream"
# Types that no file of text has; an event is no file: it is the body itself.
_NO_FILE = ("image/", "audio/", "video/", "font/", "multipart/", "message/", "application/cloudevents")
_NO_FILE_TYPES = frozenset({"application/x-www-form-urlencoded"})
_FILE_ADVICE = "send a PDF, DOCX, HTML, JSON or plain text with its own type, or application/octet-stream"

AnyRequest = Request[Any, Any, Any]


def key_of(tenant: str, kind: Kind, document_id: str) -> DocumentKey:
    """The key of a document that the caller named."""
    try:
        return DocumentKey(tenant, kind, document_id)
    except ValueError as error:
        raise Problem("invalid_id", str(error)) from None


def new_id() -> str:
    """An id for a document whose caller gave none: a random UUID in 26 characters."""
    return b32encode(uuid.uuid4().bytes).decode().rstrip("=").lower()


async def read_submission(request: AnyRequest, kind: Kind, max_chars: int, *, raw_files: bool) -> Submission:
    """The document in a request's body; `raw_files`: whether the body may be a file's own bytes (PUT).

    A body above the limit is refused by its announced length, or as soon as it passes the limit.
    """
    media_type = request.content_type[0]
    if media_type == JSON:
        return await _from_json(await request.body(), kind, max_chars)
    if media_type == MULTIPART:
        return await _from_form(request, kind)
    if not raw_files:
        raise Problem("unsupported_type", f"send {JSON} or {MULTIPART}, not {media_type[:80] or 'a body of no type'}")
    check_file_type(media_type)
    data = await request.body()
    return _file(data, request.headers.get("content-type", ""), None, id=None, metadata=None)


def read_object(body: bytes, content_type: str, form: type[Form]) -> Form:
    """A JSON body of the given form."""
    if content_type != JSON:
        raise Problem("unsupported_type", f"send {JSON}, not {content_type[:80] or 'a body of no type'}")
    return _decoded(body, form, any_number=_finite)


Form = TypeVar("Form")


def read_change(body: bytes, content_type: str, kind: Kind) -> Change:
    """The change that a PATCH asks for: a merge patch of the document that names nothing but its metadata, its
    `expires_at` and, of a job, its `state`."""
    if content_type != MERGE_PATCH:
        raise Problem("unsupported_type", f"send {MERGE_PATCH}, not {content_type[:80] or 'a body of no type'}")
    if len(body) > MAX_CHANGE_BYTES:
        raise Problem("too_large", f"the body has {len(body)} bytes; {MAX_CHANGE_BYTES} are allowed")
    given = _decoded(body, dict[str, Any], any_number=float)
    others = [name for name in given if name not in CHANGEABLE]
    if others or not given:
        named = ", ".join(name[:40] for name in others[:8]) or "nothing"
        raise Problem(
            "invalid_body",
            f"only {', '.join(CHANGEABLE)} can be changed alone, and the body names {named}: send the document with "
            "PUT",
        )
    standing = change_in(given, kind)
    try:
        return Change(check_patch(given.get("metadata", {})), standing)
    except ValueError as error:
        raise Problem("invalid_metadata", str(error)) from None


def check_file_type(media_type: str) -> None:
    """Raises Problem (`unsupported_type`) for types that can't be a document's file; the bytes are judged later."""
    unfit = (
        media_type in _NO_FILE_TYPES
        or media_type.startswith(_NO_FILE)
        or (media_type.endswith("+xml") and media_type != "application/xhtml+xml")
    )
    if unfit:
        raise Problem("unsupported_type", f"a file of type {media_type[:80]} is no document: {_FILE_ADVICE}")


def _decoded(body: bytes, form: type[Form], any_number: Callable[[str], float]) -> Form:
    try:
        try:
            return msgspec.json.decode(body, type=form)
        except (msgspec.DecodeError, ValueError):
            # Read once more by the standard library's reader, which lets lone surrogates pass: senders cut texts
            # within an emoji, and as an event the same body is taken.
            read = json.loads(body, parse_int=read_whole_number, parse_float=any_number, parse_constant=any_number)
            return msgspec.convert(_repaired(read), form)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _unexpected(error) from None


def _unexpected(error: Exception) -> Problem:
    return Problem("invalid_body", f"the body is not the JSON object that is expected: {error}")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:40]} is no number of JSON, or too large a one")
    return number


def _repaired(value: Any) -> Any:
    if isinstance(value, str):
        return without_forbidden(value)
    if isinstance(value, list):
        return [_repaired(each) for each in value]
    if isinstance(value, dict):
        return {_repaired(name): _repaired(each) for name, each in value.items()}
    return value


async def _from_json(body: bytes, kind: Kind, max_chars: int) -> Submission:
    # Which numbers metadata may hold is told field by field, by check_metadata.
    given = _decoded(body, dict[str, Any], any_number=float)
    if is_other_form(given, kind):
        return _as_it_came(body, given, kind)
    if (sentence := unknown_form(given, kind)) is not None:
        raise Problem("invalid_body", sentence)
    try:
        fields, given_id, metadata = await (_resume_fields if kind == "resume" else _job_fields)(given, max_chars)
    except msgspec.ValidationError as error:
        raise _unexpected(error) from None
    checked = _checked_metadata(metadata)
    if checked is not None:
        fields["metadata"] = checked
    fields |= given_fields(standing_in(given, kind))
    value = msgspec.json.encode(fields)
    if len(value) > MAX_FILE_BYTES:
        raise Problem("too_large", f"the body has {len(value)} bytes; {MAX_FILE_BYTES} are allowed")
    return Submission(given_id, value, JSON)


async def _resume_fields(given: dict[str, Any], max_chars: int) -> tuple[dict[str, Any], str | None, Any]:
    """What of a resume's body is submitted, its id and its metadata."""
    resume = msgspec.convert(given, ResumeBody)
    await asyncio.to_thread(check_resume, resume.text, max_chars)
    return {"text": resume.text}, resume.id, resume.metadata


async def _job_fields(given: dict[str, Any], max_chars: int) -> tuple[dict[str, Any], str | None, Any]:
    """What of a job's body is submitted, its id and its metadata."""
    job = msgspec.convert(given, JobBody)
    if job.text and job.description and job.text != job.description:
        raise Problem("invalid_body", "text and description mean the same here; send one of them")
    description = job.description or job.text
    await asyncio.to_thread(check_job, job.title, description, job.requirements, max_chars)
    fields = {"title": job.title, "description": description, "requirements": job.requirements}
    return {name: value for name, value in fields.items() if value is not None}, job.id, job.metadata


def _as_it_came(body: bytes, given: dict[str, Any], kind: Kind) -> Submission:
    """A body of another system's form, which ingest reads; a posting's id is that system's own."""
    if len(body) > MAX_FILE_BYTES:
        raise Problem("too_large", f"the body has {len(body)} bytes; {MAX_FILE_BYTES} are allowed")
    if isinstance(given.get("metadata"), dict) or kind == "resume":
        _checked_metadata(given.get("metadata"))
    standing_in(given, kind)
    given_id = given.get("id") if kind == "resume" else None
    if not isinstance(given_id, str | None):
        raise Problem("invalid_body", "the body's id is no text")
    return Submission(given_id, body, JSON)


def _checked_metadata(value: Any) -> Metadata | None:
    """Metadata as they are named; None where they are not."""
    if value is None:
        return None
    try:
        return check_metadata(value)
    except ValueError as error:
        raise Problem("invalid_metadata", str(error)) from None


def _read_metadata(text: str) -> Metadata | None:
    try:
        return read_metadata(text) if text.strip() not in ("", "null") else None
    except ValueError as error:
        raise Problem("invalid_metadata", str(error)) from None


async def _from_form(request: AnyRequest, kind: Kind) -> Submission:
    try:
        form = await request.form()
    except HTTPException as error:
        if error.status_code != 400:
            raise
        raise Problem("invalid_body", f"the form cannot be read: {error.detail}") from None
    except (UnicodeError, LookupError, ValueError, AssertionError) as error:
        raise Problem("invalid_body", f"the form cannot be read: {error}") from None
    uploads = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
    try:
        names = ("file", "id", "metadata", EXPIRES_AT, STATE)
        files, ids, metadata, ends, states = (form.getall(name, []) for name in names)
        if len(files) != 1 or not isinstance(files[0], UploadFile):
            raise Problem("invalid_body", "the form needs one part named file, with a filename")
        texts = (ids, metadata, ends, states)
        if any(len(parts) > 1 or not isinstance(value, str) for parts in texts for value in parts):
            raise Problem("invalid_body", f"{', '.join(names[1:])} are text parts, at most one of each")
        upload = files[0]
        # Litestar fills in text/plain where a part has no type of its own.
        content_type = {name.lower(): text for name, text in upload.headers.items()}.get("content-type", OCTETS)
        check_file_type(content_type.split(";")[0].strip().lower())
        return _file(
            await upload.read(),
            content_type,
            upload.filename,
            id=ids[0] if ids else None,
            metadata=_read_metadata(metadata[0]) if metadata else None,
            standing=standing_of_parts(ends, states, kind),
        )
    finally:
        for opened in uploads:
            await opened.close()


def _file(
    data: bytes,
    content_type: str,
    filename: str | None,
    *,
    id: str | None,
    metadata: Metadata | None,
    standing: NamedStanding = NAMES_NOTHING,
) -> Submission:
    if not data:
        raise Problem("empty", "the file is empty")
    if len(data) > MAX_FILE_BYTES:
        raise Problem("too_large", f"the file has {len(data)} bytes; {MAX_FILE_BYTES} are allowed")
    return Submission(id, data, content_type.strip()[:200] or OCTETS, _plain_name(filename), metadata, standing)


def _plain_name(filename: str | None) -> str | None:
    """The name without folders, as some browsers send, and without what a header cannot carry."""
    if not filename:
        return None
    name = PureWindowsPath(PurePosixPath(filename).name).name
    shown = "".join(char for char in name if char.isprintable()).encode("utf-8", "replace").decode()
    return shown[:255] or None
