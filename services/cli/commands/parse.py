"""shortlist parse: what would be stored of a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from libs.contracts.documents import is_day
from services.cli.addressing import JsonOption
from services.cli.console import console
from services.cli.parsed_document import StoredDocument, print_stored
from services.cli.service_entry import output_of


def parse(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A PDF, DOCX, text or JSON file.")],
    kind: Annotated[Literal["resume", "job"], typer.Option(help="What the file is read as.")] = "resume",
    as_of: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help='The day that "present" means in it; today if not given.')
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what would be stored of a file: its text and what is found in it, and what was left out and why.

    Names and the like, which are left out of what is compared, stand in brackets. Needs no running stack, stores
    nothing.
    """
    if as_of is not None and not is_day(as_of):
        raise typer.BadParameter(f"{as_of!r} is no day of the form YYYY-MM-DD", param_hint="--as-of")
    given = ["--kind", kind, *(["--as-of", as_of] if as_of is not None else []), *(["--json"] if as_json else [])]
    printed = output_of("services.ingest", "parse", *given, "--", str(file), shown_on_failure=as_json)
    if as_json:
        sys.stdout.buffer.write(printed)
    else:
        print_stored(console(), msgspec.json.decode(printed, type=StoredDocument))
