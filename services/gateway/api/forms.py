"""Forms with a file (`multipart/form-data`), read piece by piece within bounds of their own.

RFC 7578. The parser is the one that the framework uses too; it is fed here so that a file over the limit ends the
reading at once, no part is written to a disk, and every refusal is in our own words.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from multipart import MultipartSegment, ParserError, ParserLimitReached, PushMultipartParser

from libs.contracts.documents import MAX_FILE_BYTES, METADATA_BYTES
from services.gateway.api.files import MAX_NAME_CHARS
from services.gateway.problems import Problem

MAX_PARTS = 20
MAX_PART_HEADERS = 8
MAX_PART_HEADER_BYTES = 4_096
MAX_BOUNDARY_CHARS = 70
MAX_PART_NAME_CHARS = 100
# Escaped and indented, metadata take more than they may have.
MAX_TEXT_BYTES = 8 * METADATA_BYTES


@dataclass(slots=True)
class Part:
    """One part of a form. `filename` is None for a text part; `content_type` is as sent, None where there is none."""

    name: str
    filename: str | None
    content_type: str | None
    content: bytearray = field(default_factory=bytearray)

    def text(self) -> str:
        """A text part's content. Raises Problem (`invalid_body`)."""
        try:
            return self.content.decode()
        except UnicodeDecodeError:
            raise Problem(
                "invalid_body", f"the part {self.name} of the form is not UTF-8", pointer=f"/{self.name}"
            ) from None


async def read_form(pieces: AsyncIterator[bytes], parameters: dict[str, str]) -> list[Part]:
    """The parts of a form; `parameters` are those of its content type.

    Raises Problem: `invalid_body` where it is none or not whole, `too_large` where a part is, or there are too many.
    """
    boundary = parameters.get("boundary", "")
    if not boundary:
        raise Problem("invalid_body", "the Content-Type names no boundary between the parts", header="Content-Type")
    if len(boundary) > MAX_BOUNDARY_CHARS or not boundary.isascii():
        raise Problem(
            "invalid_body",
            f"the boundary in the Content-Type must be 1 to {MAX_BOUNDARY_CHARS} characters of ASCII",
            header="Content-Type",
        )
    parts: list[Part] = []
    try:
        with PushMultipartParser(
            boundary,
            max_header_size=MAX_PART_HEADER_BYTES,
            max_header_count=MAX_PART_HEADERS,
            max_segment_count=MAX_PARTS,
        ) as parser:
            async for piece in pieces:
                if piece and not parser.closed:
                    _take_in(parser.parse(piece), parts)
    except ParserLimitReached:
        raise Problem(
            "too_large",
            f"the form has too many or too large parts: at most {MAX_PARTS}, each with {MAX_PART_HEADERS} headers of "
            f"{MAX_PART_HEADER_BYTES:,} bytes",
        ) from None
    except (ParserError, UnicodeError, LookupError):
        raise Problem(
            "invalid_body", "the form cannot be read: it is damaged, or it does not go on to its last boundary"
        ) from None
    return parts


def _take_in(found: object, parts: list[Part]) -> None:
    for each in found:  # type: ignore[attr-defined]  # the parser has no types
        if isinstance(each, MultipartSegment):
            parts.append(_begun(each))
        elif each:
            parts[-1].content += each
            _check_size(parts[-1])


def _begun(segment: MultipartSegment) -> Part:
    name, filename = str(segment.name), segment.filename
    if len(name) > MAX_PART_NAME_CHARS:
        raise Problem("invalid_body", f"a part's name has {len(name):,} characters; {MAX_PART_NAME_CHARS} are allowed")
    if filename is not None and len(filename) > 4 * MAX_NAME_CHARS:
        raise Problem("invalid_body", f"the file's name has {len(filename):,} characters; {MAX_NAME_CHARS} are kept")
    headers = {each.lower(): value for each, value in segment.headerlist}
    return Part(name, filename or None, headers.get("content-type"))


def _check_size(part: Part) -> None:
    limit = MAX_TEXT_BYTES if part.filename is None else MAX_FILE_BYTES
    if len(part.content) > limit:
        what = "the file" if part.filename is not None else f"the part {part.name}"
        raise Problem("too_large", f"{what} has more than {limit:,} bytes", pointer=f"/{part.name}")
