"""shortlist demo: the main job on the project's own samples, from nothing to ranked matches and back to nothing."""

from __future__ import annotations

import asyncio
import math
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from libs.contracts.identifiers import Kind
from services.cli import tables
from services.cli.commands.demo_stack import DemoStack
from services.cli.console import console
from services.cli.faults import CommandFault
from services.cli.gateway_client import GatewayClient, Json
from services.cli.load.progress import LoadProgress
from services.cli.load.report import Report, print_report
from services.cli.load.run import load
from services.cli.load.sources import Item, survey

SAMPLES = Path(__file__).parents[3] / "deploy" / "samples"
SEARCHES: tuple[tuple[str, Kind], ...] = (
    ("registered nurse with intensive care experience", "resume"),
    ("backend developer for event-driven Java services", "job"),
)
JOBS_SHOWN = 2
RESUMES_SHOWN = 4
FOUND_SHOWN = 4
# Short, so that the time until a document can be found is measured and not the time between two looks.
LOOK_SECONDS = 0.1


def demo(
    samples: Annotated[
        Path, typer.Option(metavar="DIR", help="Other samples: DIR/resumes (files) and DIR/jobs.jsonl.")
    ] = SAMPLES,
) -> None:
    """See everything work: start a stack of its own, load sample resumes and jobs, match, search, stop.

    Needs nothing running and leaves nothing behind: its data lies in a temporary folder.
    """
    out = console()
    began = time.monotonic()
    items = _samples(samples)
    signal.signal(signal.SIGTERM, _interrupt)
    _heading(out, "Starting the stack: PostgreSQL, Valkey, a Kafka-compatible broker and four services")
    with DemoStack() as gateway:
        out.print(f"Ready at {gateway.url} after {time.monotonic() - began:.1f} s.")
        asyncio.run(_main_job(out, GatewayClient(gateway), items))
        _heading(out, "Stopping the stack")
    out.print(f"Stopped; nothing is left behind. The demo took {time.monotonic() - began:.1f} s.")
    _heading(out, "With documents of your own")
    command = _command()
    out.print(f"{command} up                             in one terminal: a stack that keeps its data", soft_wrap=True)
    out.print(f"{command} load FOLDER --kind resume      in another: files, folders, JSON Lines", soft_wrap=True)
    out.print(f'{command} search "a nurse" --kind resume', soft_wrap=True)


async def _main_job(out: Console, client: GatewayClient, items: Sequence[Item]) -> None:
    async with client:
        report = await _load(out, client, items)
        out.print(
            "\nScores go from 0 to 100. A match shows what the job asks for, whether the resume meets it, and the line "
            "of the resume that says so; “missing” means that no line does."
        )
        for job in [item for item in items if item.kind == "job"][:JOBS_SHOWN]:
            await _matches(out, client, job.id)
        for query, kind in SEARCHES:
            await _search(out, client, query, kind)
        _heading(out, "Health, in detail")
        tables.print_health(out, await client.detailed_health())
        _heading(out, "Time from upload to searchable")
        out.print(
            f"p50 {percentile(report.waits, 50):.2f} s, p95 {percentile(report.waits, 95):.2f} s: from the moment the "
            f"gateway accepted a document until it could be found, {len(report.waits)} documents sent at once."
        )


async def _load(out: Console, client: GatewayClient, items: Sequence[Item]) -> Report:
    resumes = sum(item.kind == "resume" for item in items)
    _heading(out, f"Loading {resumes} resumes and {len(items) - resumes} jobs through the gateway")
    with LoadProgress(out, len(items)) as progress:
        report = await load(client, items, progress, interval=LOOK_SECONDS, patience=120.0)
    print_report(out, report)
    if report.failures:
        raise CommandFault(f"{len(report.failures)} of the {len(items)} samples were not indexed: see the table above")
    return report


async def _matches(out: Console, client: GatewayClient, job_id: str) -> None:
    job = await client.document("job", job_id)
    answer = await client.matches("job", job_id, RESUMES_SHOWN)
    title = job["title"] if job else job_id
    _heading(out, f"The best resumes for the job “{title}”, with the lines that answer what it asks for")
    _require(answer, f"the job {job_id}")
    tables.print_matches(out, answer)


async def _search(out: Console, client: GatewayClient, query: str, kind: Kind) -> None:
    _heading(out, f"Searching {kind}s for “{query}”")
    answer = await client.search(query, kind, FOUND_SHOWN)
    _require(answer, f"the search “{query}”")
    tables.print_search(out, answer, query)


def _require(answer: Json, what: str) -> None:
    """The demo fails where it would only look as if everything worked."""
    if not answer["results"]:
        raise CommandFault(f"{what} found nothing, though every sample is indexed")
    if answer.get("degraded"):
        raise CommandFault(f"{what} was answered by words alone: the embedding service does not work")


def _samples(folder: Path) -> list[Item]:
    resumes = survey([folder / "resumes"], "resume")
    jobs = survey([folder / "jobs.jsonl"], "job")
    wrong = [*resumes.rejected, *jobs.rejected]
    if wrong:
        raise CommandFault(f"the samples in {folder} are not complete: {wrong[0].source}: {wrong[0].message}")
    return [*resumes.items, *jobs.items]


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` % of all do not exceed (nearest rank). Raises ValueError on none."""
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def _command() -> str:
    """How a person calls this command here: as it was called now, or by its name where a module was run."""
    called = Path(sys.argv[0])
    return sys.argv[0] if called.name == "shortlist" else "shortlist"


def _heading(out: Console, text: str) -> None:
    out.print(f"\n{text}", style="bold")


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
