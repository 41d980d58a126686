"""shortlist load: files, folders and JSON Lines through the gateway, watched until they can be found."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from libs.contracts.identifiers import Kind
from services.cli.addressing import JsonOption, UrlOption
from services.cli.console import console, print_json
from services.cli.gateway_client import GatewayClient, with_gateway
from services.cli.load.progress import LoadProgress
from services.cli.load.report import Failure, Report, print_report
from services.cli.load.run import load as load_items
from services.cli.load.sources import Survey, survey


def load(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            help="Files (PDF, DOCX, text), folders of them (with all folders inside), and JSON Lines (.jsonl, .ndjson: "
            "one document a line).",
        ),
    ],
    kind: Annotated[Kind, typer.Option(help="What the documents are.")],
    id_prefix: Annotated[str, typer.Option(metavar="P", help="Put before every id, e.g. 'pdf-'.")] = "",
    patience: Annotated[
        float, typer.Option(min=1, help="Seconds without any news after which what is left counts as failed.")
    ] = 600.0,
    url: UrlOption = None,
    as_json: JsonOption = False,
) -> None:
    """Load resumes or jobs and wait until each of them can be found.

    A document's id is its line's "id", else its file's name without suffix, else a hash of its content. A document
    loaded again under the same id replaces the earlier one. In JSON Lines "text" (for jobs also "title",
    "description" and "requirements") is the document; everything else on the line is kept as metadata. A line that is
    a JSON Resume, or a job in Greenhouse's, Lever's or schema.org's form, is read as that.

    Ends with a table of what failed and why. Exit code 0 if everything was indexed, 1 if something failed.
    """
    found = survey(paths, kind, id_prefix)
    report: Report = with_gateway(url, lambda client: _load(client, found, patience)) if found.items else Report()
    report.failures[:0] = [Failure(None, one.source, one.code, one.message) for one in found.rejected]
    report.same = found.same
    if as_json:
        print_json(report.as_json())
    else:
        print_report(console(), report)
    if report.failures:
        raise typer.Exit(1)


async def _load(client: GatewayClient, found: Survey, patience: float) -> Report:
    await client.live()
    with LoadProgress(console(stderr=True), len(found.items)) as progress:
        return await load_items(client, found.items, progress, patience=patience)
