"""shortlist dead-letters: the records that could not be worked on, and putting them back."""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli import tables
from services.cli.addressing import JsonOption
from services.cli.console import console, print_json
from services.cli.faults import CommandFault
from services.cli.kafka import kafka_settings

if TYPE_CHECKING:
    from libs.messaging.records import Record
    from services.cli.dead_letters.reading import Reference

# Kafka's client is imported inside the functions: it takes longer to import than most commands to run.

dead_letters = typer.Typer(no_args_is_help=True)
SHOWN_CHARS = 4_000
ServiceOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Of this service only: ingest, embedding or matching.")
]
FilterOption = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        metavar="NAME=VALUE",
        help="Only where it holds, as code=internal, key='acme/*', topic=…, service=…, since=2h, until=…; "
        "given more than once, all must hold.",
    ),
]


@dead_letters.callback()
def of_dead_letters() -> None:
    """Records that could not be worked on: what they are, why, and putting them back.

    Asks Kafka itself (KAFKA_BOOTSTRAP, or the running stack's).
    """


@dead_letters.command("list")
def list_them(service: ServiceOption = None, filters: FilterOption = None, as_json: JsonOption = False) -> None:
    """List the dead letters, each with its reason. The first column names it for `show` and `replay`."""
    rows = [_row(record) for record in _chosen([], service, filters or [])]
    if as_json:
        print_json(rows)
    elif not rows:
        console().print("There are no dead letters.")
    else:
        shown = tables.table("dead letter", "when", "key", "error", "why", "attempts", right=("attempts",))
        for row in rows:
            shown.add_row(
                *(tables.told(row[name]) for name in ("reference", "time", "key", "code", "message", "attempts"))
            )
        console().print(shown)


@dead_letters.command()
def show(
    reference: Annotated[str, typer.Argument(metavar="SERVICE/PARTITION/OFFSET", help="As `list` names it.")],
    as_json: JsonOption = False,
) -> None:
    """Show one dead letter: its headers and its content."""
    (record,) = _chosen([reference], None, [])
    headers = [[name, None if value is None else value.decode("utf-8", "replace")] for name, value in record.headers]
    if as_json:
        value = None if record.value is None else base64.b64encode(record.value).decode()
        print_json({**_row(record), "headers": headers, "value_base64": value})
        return
    out = console()
    shown = tables.table("header", "value")
    for name, value in headers:
        shown.add_row(tables.told(name), tables.told(value))
    out.print(f"Key: {_row(record)['key']}")
    out.print(shown)
    out.print(_readable(record.value))


@dead_letters.command()
def replay(
    references: Annotated[
        list[str] | None, typer.Argument(metavar="[SERVICE/PARTITION/OFFSET]...", help="As `list` names them.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All dead letters.")] = False,
    service: ServiceOption = None,
    filters: FilterOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would come of it.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Put records back where they came from, for another try, and tell what came of each.

    For after the cause is gone. A record keeps the revision it had: what was superseded or erased meanwhile stays
    so, and a second replay changes nothing. A dead letter stays listed until it expires after 30 days.
    """
    from services.cli.dead_letters.replaying import replay as put_back
    from services.cli.dead_letters.replaying import would_replay

    chosen = everything or bool(filters)
    if bool(references) == chosen:
        raise CommandFault("say which to put back, or --filter, or --all for all of them", exit_code=2)
    letters = _chosen(references or [], service, filters or [])
    told = asyncio.run((would_replay if dry_run else put_back)(kafka_settings(), letters)) if letters else []
    rows = [{"reference": _row(letter)["reference"], "outcome": one} for letter, one in zip(letters, told, strict=True)]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        console().print(f"{row['reference']}: {row['outcome']}")
    if not rows:
        console().print("There are no dead letters." if everything else "There are no dead letters of that kind.")


def _row(record: Record) -> dict[str, Any]:
    from libs.messaging import dead_letters as names
    from services.cli.dead_letters.reading import Reference

    return {
        "reference": str(Reference.of(record)),
        "time": record.header(names.TIME),
        "key": None if record.key is None else record.key.decode("utf-8", "replace"),
        "code": record.header(names.ERROR_CODE),
        "message": record.header(names.ERROR_MESSAGE),
        "attempts": record.header(names.ATTEMPTS),
        "source": "/".join(record.header(name) or "?" for name in (names.TOPIC, names.PARTITION, names.OFFSET)),
    }


def _readable(value: bytes | None) -> str:
    if value is None:
        return "No content (a null value)."
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return f"{len(value):,} bytes that are no text; --json gives them in base64."
    return text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]}\n… {len(text):,} characters in all"


def _chosen(references: list[str], service: str | None, filters: list[str]) -> list[Record]:
    """The dead letters that were named, or all that the service and the filters let through, oldest first."""
    from services.cli.dead_letters.filters import condition

    holds = condition(filters)
    found = asyncio.run(_named(references) if references else _all(service))
    return [letter for letter in found if holds(letter)]


async def _all(service: str | None) -> list[Record]:
    from services.cli.dead_letters.reading import read_all

    found = [record async for record in read_all(kafka_settings(), service)]
    return sorted(found, key=lambda record: (record.timestamp, record.topic, record.partition, record.offset))


async def _named(references: list[str]) -> list[Record]:
    from services.cli.dead_letters.reading import Reference, read_some

    named: list[Reference] = [Reference.parse(text) for text in references]
    return await read_some(kafka_settings(), named)
