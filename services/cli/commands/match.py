"""shortlist match: the resumes for a job, best first."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli import tables
from services.cli.addressing import JsonOption, LimitOption, UrlOption
from services.cli.console import console, print_json
from services.cli.gateway_client import Json, with_gateway


def match(
    job_id: Annotated[str, typer.Argument(metavar="JOB_ID", help="The id of a job that was loaded.")],
    limit: LimitOption = 10,
    url: UrlOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rank the resumes for a job, with the lines of each resume that answer the job's requirements.

    Scores (0 to 100) are absolute: a pair's score does not depend on what else is stored.
    """
    answer: Json = with_gateway(url, lambda client: client.matches("job", job_id, limit))
    if as_json:
        print_json(answer)
    else:
        tables.print_matches(console(), answer)
