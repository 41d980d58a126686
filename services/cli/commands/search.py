"""shortlist search: resumes or jobs by free text."""

from __future__ import annotations

from typing import Annotated

import typer

from libs.contracts.identifiers import Kind
from services.cli import tables
from services.cli.addressing import JsonOption, LimitOption, UrlOption
from services.cli.console import console, print_json
from services.cli.gateway_client import Json, with_gateway


def search(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to look for, in your own words.")],
    kind: Annotated[Kind, typer.Option(help="Look among resumes or among jobs.")],
    limit: LimitOption = 10,
    url: UrlOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find resumes or jobs by free text, e.g. shortlist search "registered nurse" --kind resume.

    In the text, "quoted words" must stand side by side, -word must not be there, and OR, AND, NOT and parentheses
    combine words; all others only rank. Scores (0 to 100) compare the results of one search only.
    """
    answer: Json = with_gateway(url, lambda client: client.search(text, kind, limit))
    if as_json:
        print_json(answer)
    else:
        tables.print_search(console(), answer, text)
