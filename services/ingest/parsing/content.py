"""What goes into the parsers and what comes out; also as it passes to and from a child process of the sandbox."""

from __future__ import annotations

import msgspec

from libs.contracts.documents import Metadata, Note
from libs.contracts.file_type import FileType
from libs.contracts.identifiers import Kind
from libs.contracts.standing import NAMES_NOTHING, NamedStanding
from libs.contracts.structure import LineStyle, Structure


class Content(msgspec.Struct, frozen=True):
    """One submission's content as it came. `content_type` and `filename` are the sender's claims.

    `as_of`, `YYYY-MM-DD`, is the day that "present" means in it, unless its own metadata name another.
    """

    kind: Kind
    data: bytes
    as_of: str
    content_type: str = ""
    filename: str | None = None


class RawText(msgspec.Struct, frozen=True, kw_only=True):
    """What a parser found, before text preparation.

    `title` is a JSON job's, in its plain form, and `text` is what stands below it; `description` and `requirements` are
    as given, `plain_requirements` as they stand at the end of `text`: a list's entries are one line each. `metadata`
    is None where the form has no place for it, `standing` names nothing then. `styles`, where there is a page, has one
    for each line of `text`, None for a line that holds nothing.
    """

    text: str
    title: str | None = None
    description: str | None = None
    requirements: str | list[str] | None = None
    plain_requirements: str | list[str] | None = None
    metadata: Metadata | None = None
    standing: NamedStanding = NAMES_NOTHING
    styles: list[LineStyle | None] = []
    notes: list[Note] = []


class ParsedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """All that is derived from a content alone. Offsets count code points of `text`, the stored text.

    `line_styles` has one for each line of `text` that holds something, or none at all; `notes` are the parser's.
    """

    file_type: FileType
    text: str
    as_of: str
    description: str | None = None
    requirements: str | list[str] | None = None
    metadata: Metadata | None = None
    standing: NamedStanding = NAMES_NOTHING
    structure: Structure
    line_styles: list[LineStyle] = []
    notes: list[Note] = []
