"""DOCX, through python-docx: headers, body, text boxes, notes and footers in the order of a reader."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import PartFactory
from docx.oxml.parser import parse_xml
from docx.package import Package
from docx.parts.document import DocumentPart
from lxml import etree

from libs.contracts.documents import Note
from libs.contracts.errors import ErrorCode, RecordRejected
from services.ingest.parsing.content import RawText
from services.ingest.parsing.hidden_text import hidden_text_notes
from services.ingest.parsing.parsers.docx_colours import paper
from services.ingest.parsing.parsers.docx_formats import Formats
from services.ingest.parsing.parsers.docx_package import check_package
from services.ingest.parsing.parsers.docx_text import Reader
from services.ingest.parsing.parsers.hidden_lines import not_in_sight
from services.ingest.parsing.parsers.looks import BLANK, TextLine, line_styles

_MACRO_MAIN = "application/vnd.ms-word.document.macroEnabled.main+xml"
_TEMPLATE_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
for _type in (_MACRO_MAIN, _TEMPLATE_MAIN):
    PartFactory.part_type_for[_type] = DocumentPart

_SEPARATORS = frozenset({"separator", "continuationSeparator", "continuationNotice"})
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def parse(data: bytes) -> RawText:
    """Headers, then paragraphs and tables in document order, footnotes and endnotes, then footers.

    A text box follows the paragraph it hangs on. The same header on several kinds of page counts once.
    Raises RecordRejected: `too_large`, `encrypted`, `invalid_content`, `scanned_no_text`, `empty`.
    """
    check_package(data)
    main = _main_part(data)
    reader = Reader(Formats(_styles(main)), paper(main.element))
    parts = [
        *_related(main, RELATIONSHIP_TYPE.HEADER, reader),
        list(reader.part(main.element)),
        *_related(main, RELATIONSHIP_TYPE.FOOTNOTES, reader),
        *_related(main, RELATIONSHIP_TYPE.ENDNOTES, reader),
        *_related(main, RELATIONSHIP_TYPE.FOOTER, reader),
    ]
    lines = list(_joined(parts))
    if not lines:
        raise _without_text(main)
    text = "\n".join(line.text for line in lines)
    notes = [*_notes(main), *hidden_text_notes(not_in_sight(reader.hidden, lines))]
    return RawText(text=text, styles=line_styles(lines), notes=notes)


def _joined(parts: Iterable[list[TextLine]]) -> Iterator[TextLine]:
    """The lines of all parts that hold something, a blank one between two; blank paragraphs are gaps as well."""
    first = True
    for part in parts:
        if not any(line.text.strip() for line in part):
            continue
        if not first:
            yield BLANK
        first = False
        blank = 0
        for line in part:
            yield msgspec.structs.replace(line, gap=line.gap + blank) if line.text.strip() else BLANK
            blank = 0 if line.text.strip() else blank + 1


def _main_part(data: bytes) -> Any:
    try:
        main = Package.open(io.BytesIO(data)).main_document_part
    except MemoryError:
        raise
    except Exception as error:
        _pass_on_memory(error)
        raise RecordRejected(ErrorCode.INVALID_CONTENT, "the DOCX is damaged: its parts do not fit together") from error
    if not isinstance(main, DocumentPart):
        raise RecordRejected(ErrorCode.INVALID_CONTENT, "the DOCX is damaged: it has no document in it")
    return main


def _styles(main: Any) -> Any:
    """The root of the styles part; None where there is none that can be read."""
    for related in main.rels.values():
        if related.reltype == RELATIONSHIP_TYPE.STYLES and not related.is_external:
            return _root(related.target_part)
    return None


def _related(main: Any, relationship: str, reader: Reader) -> Iterator[list[TextLine]]:
    """The lines of the parts so related, the same text once."""
    seen: set[str] = set()
    for related in main.rels.values():
        if related.reltype != relationship or related.is_external:
            continue
        lines = list(_part_lines(related.target_part, reader))
        text = "\n".join(line.text for line in lines).strip()
        if text not in seen:
            seen.add(text)
            yield lines


def _part_lines(part: Any, reader: Reader) -> Iterator[TextLine]:
    root = _root(part)
    if root is None:
        return
    if root.tag in (f"{_W}footnotes", f"{_W}endnotes"):
        for note in root:
            if note.get(f"{_W}type") not in _SEPARATORS:
                yield from reader.part(root, note)
    else:
        yield from reader.part(root)


def _root(part: Any) -> Any:
    return part.element if hasattr(part, "element") else _parsed(part.blob)


def _parsed(blob: bytes) -> Any:
    try:
        return parse_xml(blob)
    except etree.XMLSyntaxError as error:
        _pass_on_memory(error)
        return None


def _pass_on_memory(error: Exception) -> None:
    """lxml tells of an allocation that failed by a code only."""
    if isinstance(error, etree.XMLSyntaxError) and error.code == etree.ErrorTypes.ERR_NO_MEMORY:
        raise MemoryError from error


def _images(main: Any) -> bool:
    # A package's thumbnail lies elsewhere.
    parts = (part for part in main.package.iter_parts() if part.partname.startswith("/word/"))
    return any(part.content_type.startswith("image/") for part in parts)


def _without_text(main: Any) -> RecordRejected:
    if _images(main):
        return RecordRejected(
            ErrorCode.SCANNED_NO_TEXT, "the DOCX holds pictures but no text; send one whose text can be selected"
        )
    return RecordRejected(ErrorCode.EMPTY, "the DOCX holds no text")


def _notes(main: Any) -> Iterator[Note]:
    kinds = {related.reltype for related in main.rels.values()}
    if RELATIONSHIP_TYPE.A_F_CHUNK in kinds:
        yield Note("embedded_document_left_out", "a document of another format inside the DOCX was not read")
    if kinds & {RELATIONSHIP_TYPE.PACKAGE, RELATIONSHIP_TYPE.OLE_OBJECT}:
        yield Note("attachments_left_out", "files embedded in the DOCX were not read")
    if RELATIONSHIP_TYPE.COMMENTS in kinds:
        yield Note("comments_left_out", "comments were not read")
