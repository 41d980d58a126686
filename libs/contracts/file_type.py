"""What a content is: by its own bytes first, then by what its sender calls it.

Here because the gateway refuses at once what ingest, which reads it, would.
"""

from __future__ import annotations

import io
import re
import zipfile
from enum import StrEnum
from pathlib import PurePath
from typing import Final

from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.text_bytes import looks_like_text

SUPPORTED = "PDF, DOCX, HTML, JSON and plain text are supported"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"{\\rtf", "an RTF file"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"BM", "a BMP image"),
    (b"%!PS", "a PostScript file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"PK\x05\x06", "an empty ZIP archive"),
)
# Two letters can begin a text as well; these count only where the rest is no text either.
_SHORT_MAGIC = frozenset({b"BM", b"MZ"})
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,1000}?-->\s*|<\?xml[^>]{0,200}>\s*){0,4}<(?:!doctype\s+html|html[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml", re.IGNORECASE)
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
_TEXT_SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ".rst", ".log", ".csv", ".tex"})
_WORD_MAIN = re.compile(
    rb"application/vnd\.(openxmlformats-officedocument\.wordprocessingml|ms-word)\.[^\"']*main\+xml"
)
_SNIFF = 4096
_TYPES_LIMIT = 1_048_576


class FileType(StrEnum):
    """The forms of content that have a parser."""

    PDF = "pdf"
    DOCX = "docx"
    HTML = "html"
    TEXT = "text"
    JSON = "json"


def file_type(data: bytes, content_type: str, filename: str | None) -> FileType:
    """Which parser reads these bytes; `content_type` and `filename` are the sender's claims. Blocks where the bytes are
    a ZIP archive of many entries.

    Raises RecordRejected: `empty` for no bytes at all, `unsupported_type` for what has no parser,
    `encrypted` for a Word file under a password, `invalid_content` for bytes that are not what they
    are called.
    """
    if not data:
        raise RecordRejected(ErrorCode.EMPTY, "the file is empty")
    media_type = content_type.split(";")[0].strip().lower()
    suffix = PurePath(filename or "").suffix.lower()
    found = _by_bytes(data, called_pdf="pdf" in media_type or suffix == ".pdf")
    if found is not None:
        return found
    if media_type == "application/json" or media_type.endswith("+json") or suffix == ".json":
        return FileType.JSON
    _refuse_wrong_names(media_type, suffix)
    if media_type in _HTML_TYPES or suffix in _HTML_SUFFIXES:
        return FileType.HTML
    if media_type.startswith("text/") or suffix in _TEXT_SUFFIXES or looks_like_text(data):
        return FileType.TEXT
    raise RecordRejected(
        ErrorCode.UNSUPPORTED_TYPE, f"the file's type ({suffix or media_type or 'unknown'}) cannot be read; {SUPPORTED}"
    )


def _by_bytes(data: bytes, *, called_pdf: bool) -> FileType | None:
    head = data[:1024]
    if head.lstrip(b"\xef\xbb\xbf\r\n\t \x00").startswith(b"%PDF-") or (called_pdf and b"%PDF-" in head):
        return FileType.PDF
    if head.startswith(b"PK\x03\x04"):
        return _zip_type(data)
    if head.startswith(_OLE):
        _refuse_ole(data)
    for magic, name in _MAGIC:
        if head.startswith(magic) and not (magic in _SHORT_MAGIC and looks_like_text(data)):
            raise _unsupported(name)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        raise _unsupported("a WebP image")
    if _HTML.match(data, 0, _SNIFF) is not None:
        return FileType.HTML
    if _XML.match(head) is not None:
        raise _unsupported("an XML file")
    return None


def _zip_type(data: bytes) -> FileType:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "[Content_Types].xml" in names:
                with archive.open("[Content_Types].xml") as entry:
                    if _WORD_MAIN.search(entry.read(_TYPES_LIMIT)):
                        return FileType.DOCX
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError) as error:
        raise RecordRejected(
            ErrorCode.INVALID_CONTENT, "the file is damaged: it begins like a DOCX or ZIP file but cannot be opened"
        ) from error
    except Exception as error:  # zlib.error and its kin have no common ancestor
        raise RecordRejected(ErrorCode.INVALID_CONTENT, "the file is damaged: it cannot be unpacked") from error
    if any(name.startswith("xl/") for name in names):
        raise _unsupported("an Excel workbook")
    if any(name.startswith("ppt/") for name in names):
        raise _unsupported("a PowerPoint presentation")
    if "mimetype" in names or "content.xml" in names:
        raise _unsupported("an OpenDocument file")
    raise _unsupported("a ZIP archive")


def _refuse_ole(data: bytes) -> None:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise RecordRejected(ErrorCode.ENCRYPTED, "the file is protected by a password; send it without one")
    if "WordDocument".encode("utf-16-le") in data:
        raise _unsupported("a Word document of the old format (.doc)", advice="save it as DOCX or PDF")
    raise _unsupported("an Office file of the old format")


def _refuse_wrong_names(media_type: str, suffix: str) -> None:
    if media_type == "application/pdf" or suffix == ".pdf":
        raise RecordRejected(
            ErrorCode.INVALID_CONTENT, "the file is called a PDF but is none, or its beginning is lost"
        )
    if "officedocument.wordprocessingml" in media_type or suffix in (".docx", ".docm"):
        raise RecordRejected(
            ErrorCode.INVALID_CONTENT, "the file is called a DOCX but is none, or its beginning is lost"
        )
    if media_type.startswith(("image/", "audio/", "video/")):
        raise _unsupported(f"of type {media_type[:80]}")


def _unsupported(what: str, advice: str = "") -> RecordRejected:
    ending = f"; {advice}" if advice else ""
    return RecordRejected(ErrorCode.UNSUPPORTED_TYPE, f"the file is {what}, which cannot be read: {SUPPORTED}{ending}")
