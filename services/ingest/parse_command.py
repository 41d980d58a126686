"""`python -m services.ingest parse FILE`: what would be stored of a file, parsed in the same sandbox."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

import msgspec

from libs.contracts.documents import MAX_FILE_BYTES
from libs.contracts.errors import DependencyUnavailable, ErrorCode, RecordRejected
from libs.contracts.identifiers import KINDS, Kind
from services.ingest.parsing.content import Content, ParsedDocument
from services.ingest.sandbox.pool import ParserFault, Sandbox
from services.ingest.settings import ParsingSettings

EXIT_FAULT = 1
EXIT_USAGE = 2


def run(arguments: list[str]) -> int:
    """Prints the result, as JSON or for people; returns the exit code: 1 for a document that fails."""
    parser = argparse.ArgumentParser(prog="python -m services.ingest parse", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--kind", choices=KINDS, default="resume", help="whose fields a JSON file has")
    options = parser.parse_args(arguments)
    try:
        document = asyncio.run(_parsed(_content(options.file, options.kind)))
    except OSError as error:
        print(f"{options.file} cannot be read: {error.strerror}", file=sys.stderr)
        return EXIT_USAGE
    except RecordRejected as fault:
        _print_fault(str(fault.code), fault.message, as_json=options.json)
        return EXIT_FAULT
    except (ParserFault, DependencyUnavailable) as error:
        _print_fault(str(ErrorCode.INTERNAL), str(error), as_json=options.json)
        return EXIT_FAULT
    if options.json:
        _print_json(_stored(document))
    else:
        _print_for_people(document)
    return 0


def _content(file: Path, kind: Kind) -> Content:
    size = file.stat().st_size
    if size > MAX_FILE_BYTES:
        raise RecordRejected(ErrorCode.TOO_LARGE, f"the file has {size} bytes; {MAX_FILE_BYTES} are allowed")
    return Content(kind=kind, data=file.read_bytes(), filename=file.name)


async def _parsed(content: Content) -> ParsedDocument:
    settings = ParsingSettings().model_copy(update={"ingest_parsers": 1})
    async with Sandbox(settings) as sandbox:
        return await sandbox.parse(content)


def _stored(document: ParsedDocument) -> dict[str, Any]:
    return {
        "text": document.text,
        "title": document.title,
        "sections": document.sections,
        "language": document.language,
        "identity_spans": [],
        "notes": document.notes,
    }


def _print_fault(code: str, message: str, *, as_json: bool) -> None:
    if as_json:
        _print_json({"error": {"code": code, "message": message}})
    else:
        print(f"{code}: {message}", file=sys.stderr)


def _print_json(value: dict[str, Any]) -> None:
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")


def _print_for_people(document: ParsedDocument) -> None:
    lines = [
        f"title:    {document.title}",
        f"language: {document.language or 'unknown'}",
        f"sections: {', '.join(section.title for section in document.sections) or 'none'}",
        *(f"note:     {note.message}" for note in document.notes),
        "",
        document.text,
    ]
    sys.stdout.buffer.write(("\n".join(lines) + "\n").encode())
