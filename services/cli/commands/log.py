"""shortlist log: which scores of a resume or a job were shown, when and to whom."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli import tables
from services.cli.addressing import JsonOption, UrlOption
from services.cli.console import console, print_json
from services.cli.faults import CommandFault
from services.cli.gateway_client import PAGE, Json, with_gateway

_TIME = "a day YYYY-MM-DD, or a time as 2026-11-30T12:00:00Z"


def log(
    resume: Annotated[str | None, typer.Option(metavar="ID", help="Scores of this resume.")] = None,
    job: Annotated[str | None, typer.Option(metavar="ID", help="Scores for this job.")] = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help=f"Only those shown then or later: {_TIME}.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Only those shown before then.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=PAGE, help="How many to show.")] = 50,
    url: UrlOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show which scores of a resume or a job were shown, when and to whom, the newest first.

    Give --resume, --job, or both for one pair. A document that was deleted since stands under a keyed hash.
    """
    if resume is None and job is None:
        raise CommandFault("say whose scores: --resume ID, --job ID, or both")
    given = {"resume_id": resume, "job_id": job, "since": since, "until": until, "limit": str(limit)}
    params = {name: value for name, value in given.items() if value is not None}
    answer: Json = with_gateway(url, lambda client: client.score_log(params))
    if as_json:
        print_json(answer)
    else:
        tables.print_score_log(console(), answer)
