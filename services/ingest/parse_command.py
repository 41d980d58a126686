"""`python -m services.ingest parse FILE`: what would be stored of a file, parsed in the same sandbox, as JSON.

`shortlist parse` shows it to people.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from libs.contracts.documents import MAX_FILE_BYTES, is_day
from libs.contracts.errors import DependencyUnavailable, ErrorCode, RecordRejected
from libs.contracts.identifiers import KINDS, Kind
from services.ingest.parsing.content import Content, ParsedDocument
from services.ingest.sandbox.pool import ParserFault, Sandbox
from services.ingest.settings import ParsingSettings

EXIT_FAULT = 1
EXIT_USAGE = 2


def run(arguments: list[str]) -> int:
    """Prints the result as JSON; returns the exit code: 1 for a document that fails."""
    parser = argparse.ArgumentParser(prog="python -m services.ingest parse", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="print a failure as JSON too, not as a sentence on stderr")
    parser.add_argument("--kind", choices=KINDS, default="resume", help="what it is read as")
    today = datetime.now(UTC).date().isoformat()
    parser.add_argument("--as-of", default=today, help='YYYY-MM-DD: what "present" means in it')
    options = parser.parse_args(arguments)
    if not is_day(options.as_of):
        parser.error(f"--as-of: {options.as_of!r} is no day of the form YYYY-MM-DD")
    try:
        document = asyncio.run(_parsed(_content(options.file, options.kind, options.as_of)))
    except OSError as error:
        print(f"{options.file} cannot be read: {error.strerror}", file=sys.stderr)
        return EXIT_USAGE
    except RecordRejected as fault:
        _print_fault(str(fault.code), fault.message, as_json=options.json)
        return EXIT_FAULT
    except (ParserFault, DependencyUnavailable) as error:
        _print_fault(str(ErrorCode.INTERNAL), str(error), as_json=options.json)
        return EXIT_FAULT
    _print_json(_stored(document))
    return 0


def _content(file: Path, kind: Kind, as_of: str) -> Content:
    size = file.stat().st_size
    if size > MAX_FILE_BYTES:
        raise RecordRejected(ErrorCode.TOO_LARGE, f"the file has {size} bytes; {MAX_FILE_BYTES} are allowed")
    return Content(kind=kind, data=file.read_bytes(), as_of=as_of, filename=file.name)


async def _parsed(content: Content) -> ParsedDocument:
    settings = ParsingSettings().model_copy(update={"ingest_parsers": 1})
    async with Sandbox(settings) as sandbox:
        return await sandbox.parse(content)


def _stored(document: ParsedDocument) -> dict[str, Any]:
    structure = document.structure
    return {
        "text": document.text,
        "title": structure.title,
        "sections": structure.sections,
        "language": structure.language,
        "identity_spans": structure.identity_spans,
        "entries": structure.entries,
        "mentions": structure.mentions,
        "disclaimed_spans": structure.disclaimed_spans,
        "requirements_found": structure.requirements_found,
        "as_of": document.as_of,
        "structure_version": structure.version,
        "notes": document.notes + structure.notes,
    }


def _print_fault(code: str, message: str, *, as_json: bool) -> None:
    if as_json:
        _print_json({"error": {"code": code, "message": message}})
    else:
        print(f"{code}: {message}", file=sys.stderr)


def _print_json(value: dict[str, Any]) -> None:
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")
