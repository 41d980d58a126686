"""shortlist search and shortlist match: what a recruiter asks."""

from __future__ import annotations

from typing import Annotated

import typer

from libs.contracts.identifiers import Kind
from services.cli import tables
from services.cli.addressing import JsonOption, UrlOption
from services.cli.console import console, print_json
from services.cli.gateway_client import Json, in_gateway

LimitOption = Annotated[int, typer.Option(min=1, max=100, help="How many to show at most.")]


def search(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to look for, in your own words.")],
    kind: Annotated[Kind, typer.Option(help="Look among resumes or among jobs.")],
    limit: LimitOption = 10,
    url: UrlOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find resumes or jobs by free text, e.g. shortlist search "registered nurse" --kind resume.

    Scores (0 to 100) compare the results of one search only.
    """
    answer: Json = in_gateway(url, lambda client: client.search(text, kind, limit))
    if as_json:
        print_json(answer)
    else:
        tables.print_search(console(), answer)


def match(
    job_id: Annotated[str, typer.Argument(metavar="JOB_ID", help="The id of a job that was loaded.")],
    limit: LimitOption = 10,
    url: UrlOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rank the resumes for a job, with the lines of each resume that answer the job's requirements.

    Scores (0 to 100) are absolute: a pair's score does not depend on what else is stored.
    """
    answer: Json = in_gateway(url, lambda client: client.matches("job", job_id, limit))
    if as_json:
        print_json(answer)
    else:
        tables.print_matches(console(), answer)
