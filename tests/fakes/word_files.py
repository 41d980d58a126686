"""DOCX files for tests: real packages by python-docx, with raw WordprocessingML where it has no words for it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import docx
from docx.oxml import parse_xml

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ALL = (
    f'{W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


def word_file(write: Callable[[Any], None]) -> bytes:
    """The bytes of a DOCX that `write` filled."""
    document = docx.Document()
    write(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def append_xml(document: Any, xml: str) -> None:
    """Appends an element, given as text with an end tag, to the end of the body; all usual prefixes are bound."""
    head, rest = xml.split(">", 1)
    element = parse_xml(f"{head} {ALL}>{rest}")
    document.element.body.insert(len(document.element.body) - 1, element)


def with_entries(data: bytes, entries: dict[str, bytes]) -> bytes:
    """The package with entries added or replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in entries:
                new.writestr(name, old.read(name))
        for name, content in entries.items():
            new.writestr(name, content)
    return buffer.getvalue()
