"""DOCX, through python-docx: headers, body, text boxes, notes and footers in the order of a reader."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import PartFactory
from docx.oxml.parser import parse_xml
from docx.package import Package
from docx.parts.document import DocumentPart
from lxml import etree

from libs.contracts.documents import Note
from libs.contracts.errors import ErrorCode, RecordRejected
from services.ingest.parsing.content import RawText
from services.ingest.parsing.parsers.docx_package import check_package
from services.ingest.parsing.parsers.docx_text import blocks

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
    texts = [
        *_related(main, RELATIONSHIP_TYPE.HEADER),
        "\n".join(blocks(main.element)),
        *_related(main, RELATIONSHIP_TYPE.FOOTNOTES),
        *_related(main, RELATIONSHIP_TYPE.ENDNOTES),
        *_related(main, RELATIONSHIP_TYPE.FOOTER),
    ]
    text = "\n\n".join(text for text in texts if text.strip())
    if not text.strip():
        raise _without_text(main)
    return RawText(text=text, notes=list(_notes(main)))


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


def _related(main: Any, relationship: str) -> Iterator[str]:
    """The texts of the parts so related, each once."""
    seen: set[str] = set()
    for related in main.rels.values():
        if related.reltype != relationship or related.is_external:
            continue
        text = "\n".join(_part_blocks(related.target_part)).strip()
        if text not in seen:
            seen.add(text)
            yield text


def _part_blocks(part: Any) -> Iterator[str]:
    element = part.element if hasattr(part, "element") else _parsed(part.blob)
    if element is None:
        return
    if element.tag in (f"{_W}footnotes", f"{_W}endnotes"):
        for note in element:
            if note.get(f"{_W}type") not in _SEPARATORS:
                yield from blocks(note)
    else:
        yield from blocks(element)


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
