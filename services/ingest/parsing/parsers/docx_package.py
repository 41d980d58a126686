"""What is checked of a DOCX before any library unpacks it: a small file can be made to grow without end."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Final

from libs.contracts.errors import ErrorCode, RecordRejected

MAX_ENTRIES: Final = 2_000
# All entries unpacked, and those of XML alone, which grow about tenfold once more when they are read.
MAX_BYTES: Final = 64 * 1_048_576
MAX_XML_BYTES: Final = 32 * 1_048_576
_CHUNK = 65_536
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
_OVERLAP = max(map(len, _DOCTYPES)) - 1


def check_package(data: bytes) -> None:
    """Raises RecordRejected where the package is hostile or damaged.

    `too_large` by the count of entries, by what they announce, or by what they really unpack to;
    `encrypted`; `invalid_content` for a DOCTYPE, which no DOCX has, and for what cannot be unpacked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES:
                raise RecordRejected(
                    ErrorCode.TOO_LARGE, f"the DOCX has {len(entries)} parts; {MAX_ENTRIES} are allowed"
                )
            if sum(entry.file_size for entry in entries) > MAX_BYTES:
                raise _too_large()
            total = xml = 0
            for entry in entries:
                if entry.flag_bits & 1:
                    raise RecordRejected(
                        ErrorCode.ENCRYPTED, "the DOCX is protected by a password; send it without one"
                    )
                is_xml = entry.filename.lower().endswith((".xml", ".rels"))
                size = _streamed(archive, entry, MAX_BYTES - total, is_xml=is_xml)
                total += size
                xml += size if is_xml else 0
                if xml > MAX_XML_BYTES:
                    raise _too_large()
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise RecordRejected(ErrorCode.INVALID_CONTENT, "the DOCX is damaged: it cannot be unpacked") from error


def _streamed(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, allowed: int, *, is_xml: bool) -> int:
    """What the entry unpacks to, in bytes."""
    size = 0
    tail = b""
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > allowed:
                raise _too_large()
            if is_xml:
                window = tail + chunk
                if any(doctype in window for doctype in _DOCTYPES):
                    raise RecordRejected(
                        ErrorCode.INVALID_CONTENT, "the DOCX declares a document type (DOCTYPE), which none may"
                    )
                tail = window[-_OVERLAP:]
    return size


def _too_large() -> RecordRejected:
    return RecordRejected(
        ErrorCode.TOO_LARGE, f"the DOCX unpacks to more than is allowed ({MAX_BYTES // 1_048_576} MiB in all)"
    )
