"""Files as they are sent: what they are by their content, how long the text in them is, and their names.

What ingest would refuse for certain is refused here at once; where only a parser can tell, the file is taken, and a
reader of the document is told why it failed.
"""

from __future__ import annotations

import asyncio
import codecs
import re
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import msgspec

from libs.contracts.documents import MAX_FILE_BYTES
from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.file_type import SUPPORTED, FileType, file_type
from libs.contracts.identifiers import Kind
from libs.contracts.json_forms import is_other_form
from libs.contracts.json_reading import UnreadableJson, read_json
from libs.contracts.text_bytes import looks_like_text
from services.gateway.api.schemas import JobBody, ResumeBody
from services.gateway.api.text_limits import check_job, check_text
from services.gateway.problems import Problem

MULTIPART = "multipart/form-data"
OCTETS = "application/octet-stream"
MAX_NAME_CHARS = 255
# Types that no file of text has; an event is no file: it is the body itself.
_NO_FILE = ("image/", "audio/", "video/", "font/", "multipart/", "message/", "application/cloudevents")
_NO_FILE_TYPES = frozenset({"application/x-www-form-urlencoded"})
_FILE_ADVICE = "send a PDF, DOCX, HTML, JSON or plain text with its own type, or application/octet-stream"
# What ingest finds as well, but only the document's owner can do something about: the document fails, with the reason.
_LEFT_TO_INGEST = frozenset({ErrorCode.INVALID_CONTENT, ErrorCode.ENCRYPTED})
_CHARSET = re.compile(r"charset\s*=", re.IGNORECASE)
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def check_file_type(media_type: str) -> None:
    """Raises Problem (`unsupported_type`) for types that can't be a document's file; the bytes are judged later."""
    unfit = (
        media_type in _NO_FILE_TYPES
        or media_type.startswith(_NO_FILE)
        or (media_type.endswith("+xml") and media_type != "application/xhtml+xml")
    )
    if unfit:
        raise Problem(
            "unsupported_type",
            f"a file of type {media_type[:80]} is no document: {_FILE_ADVICE}",
            header="Content-Type",
        )


async def check_file(data: bytes, content_type: str, filename: str | None, kind: Kind, max_chars: int) -> None:
    """Raises Problem where a file's bytes cannot become a document: `empty`, `too_large` (in bytes, or a text file in
    characters), `unsupported_type`."""
    if not data:
        raise Problem("empty", "the file is empty")
    if len(data) > MAX_FILE_BYTES:
        raise Problem("too_large", f"the file has {len(data):,} bytes; {MAX_FILE_BYTES:,} are allowed")
    await asyncio.to_thread(_check_content, data, content_type, filename, kind, max_chars)


def plain_name(filename: str | None) -> str | None:
    """The name without folders, as some browsers send, and without what a header cannot carry."""
    if not filename:
        return None
    name = PureWindowsPath(PurePosixPath(filename).name).name
    shown = "".join(char for char in name if char.isprintable()).encode("utf-8", "replace").decode()
    return shown[:MAX_NAME_CHARS] or None


def _check_content(data: bytes, content_type: str, filename: str | None, kind: Kind, max_chars: int) -> None:
    try:
        found = file_type(data, content_type, filename)
    except RecordRejected as error:
        if error.code in _LEFT_TO_INGEST:
            return
        raise Problem(str(error.code), error.message) from None
    if found is FileType.TEXT:
        _check_text(data, content_type, max_chars)
    elif found is FileType.JSON:
        _check_json(data, kind, max_chars)


def _check_text(data: bytes, content_type: str, max_chars: int) -> None:
    is_marked = data.startswith(_MARKS) or _CHARSET.search(content_type) is not None
    if not is_marked and not looks_like_text(data):
        raise Problem("unsupported_type", f"the file is called text but holds other bytes: {SUPPORTED}")
    # Of other encodings than these ingest has to find out which.
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return
    check_text(text, max_chars)


def _check_json(data: bytes, kind: Kind, max_chars: int) -> None:
    """Our own form alone; what else is in such a file, and what is wrong with it, ingest finds."""
    try:
        given: Any = read_json(data, refuses_repeats=False)
        if not isinstance(given, dict) or is_other_form(given, kind):
            return
        if kind == "resume":
            check_text(msgspec.convert(given, ResumeBody).text, max_chars)
        else:
            job = msgspec.convert(given, JobBody)
            check_job(job.title, job.description or job.text, job.requirements, max_chars)
    except (UnreadableJson, msgspec.ValidationError):
        return
