"""shortlist parse: what would be stored of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.cli.addressing import JsonOption
from services.cli.service_entry import run_module


def parse(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A PDF, DOCX or text file.")],
    as_json: JsonOption = False,
) -> None:
    """Show what would be stored of a file: its text, title, sections, and what was left out and why.

    Needs no running stack, stores nothing.
    """
    run_module("services.ingest", "parse", str(file), *(["--json"] if as_json else []))
