"""What goes into the parsers and what comes out; also as it passes to and from a child process of the sandbox."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from libs.contracts.documents import Metadata, Note, Section
from libs.contracts.identifiers import Kind


class FileType(StrEnum):
    """The forms of content that have a parser."""

    PDF = "pdf"
    DOCX = "docx"
    TEXT = "text"
    JSON = "json"


class Content(msgspec.Struct, frozen=True):
    """One submission's content as it came. `content_type` and `filename` are the sender's claims."""

    kind: Kind
    data: bytes
    content_type: str = ""
    filename: str | None = None


class RawText(msgspec.Struct, frozen=True, kw_only=True):
    """What a parser found, before text preparation.

    `title`, `description` and `requirements` are a JSON job's, as given, and `text` is what stands below its title;
    `metadata` is None where the form has no place for it.
    """

    text: str
    title: str | None = None
    description: str | None = None
    requirements: str | list[str] | None = None
    metadata: Metadata | None = None
    notes: list[Note] = []


class ParsedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """All that is derived from a content alone. Offsets count code points of `text`, the stored text."""

    file_type: FileType
    text: str
    title: str | None
    description: str | None = None
    requirements: str | list[str] | None = None
    metadata: Metadata | None = None
    language: str | None = None
    sections: list[Section] = []
    notes: list[Note] = []
