"""shortlist audit: how scores fall on groups of applicants."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from services.cli.addressing import JsonOption, UrlOption
from services.cli.audit.progress import ScoringProgress
from services.cli.audit.reading import Application, read_file
from services.cli.audit.report import SMALL_PERCENT, report_of
from services.cli.audit.scores import Scores, scores_of
from services.cli.audit.tables import print_audit
from services.cli.console import console, print_json
from services.cli.faults import CommandFault
from services.cli.gateway_client import GatewayClient, with_gateway


def audit(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="CSV with the header job_id,resume_id,sex,ethnicity[,decision]; - is standard input."
        ),
    ],
    job: Annotated[str | None, typer.Option("--job", metavar="ID", help="The applications for this job alone.")] = None,
    threshold: Annotated[
        float | None,
        typer.Option(min=0, max=100, metavar="POINTS", help="Selection rates too: a score of POINTS or more."),
    ] = None,
    top: Annotated[
        int | None, typer.Option(min=1, metavar="K", help="Selection rates too: the K best of each job, and ties.")
    ] = None,
    small: Annotated[
        float,
        typer.Option(
            min=0, max=100, metavar="PERCENT", help="Groups below this share of the applications are shown apart."
        ),
    ] = SMALL_PERCENT,
    url: UrlOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compute scoring rates, selection rates and impact ratios by sex, ethnicity and both together.

    FILE says who applied for what and which group each person is of; it stays here, only ids go to the gateway.
    With a column `decision` (yes or no) there are selection rates of what was decided. The figures are no legal
    finding: docs/fairness.md says what they mean.
    """
    found = read_file(file)
    if found.unread_columns:
        console(stderr=True).print(f"Columns that are not read: {', '.join(found.unread_columns)}", soft_wrap=True)
    applications = [each for each in found.each if job in (None, each.job_id)]
    if not applications:
        raise CommandFault(f"no line of {file} is about job {job}")
    scores: Scores = with_gateway(url, lambda client: _asked(client, applications))
    report = report_of(scores, threshold=threshold, top=top, small_percent=small)
    if as_json:
        print_json(msgspec.to_builtins(report))
    else:
        print_audit(console(), report)


async def _asked(client: GatewayClient, applications: Sequence[Application]) -> Scores:
    with ScoringProgress(console(stderr=True), len(applications)) as progress:
        return await scores_of(client, applications, progress.update)
