"""shortlist dead-letters: the records that were set aside, and putting them back."""

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
    from services.cli.dead_letter_reading import Reference

# Kafka's client is imported inside the functions: it takes longer to import than most commands to run.

dead_letters = typer.Typer(no_args_is_help=True)
SHOWN_CHARS = 4_000
ServiceOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Of this service only: ingest, embedding or matching.")
]


@dead_letters.callback()
def of_dead_letters() -> None:
    """Records that could not be worked on: what they are, why, and putting them back.

    Asks Kafka itself (KAFKA_BOOTSTRAP, or the running stack's).
    """


@dead_letters.command("list")
def list_them(service: ServiceOption = None, as_json: JsonOption = False) -> None:
    """List what was set aside, with the reason. The first column names each for `show` and `replay`."""
    rows = [_row(record) for record in asyncio.run(_all(service))]
    if as_json:
        print_json(rows)
    elif not rows:
        console().print("Nothing was set aside.")
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
    """Show one record that was set aside: its headers and its content."""
    (record,) = asyncio.run(_named([reference]))
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
    everything: Annotated[bool, typer.Option("--all", help="All that were set aside.")] = False,
    service: ServiceOption = None,
) -> None:
    """Put records back where they came from, untouched, for another try.

    For after the cause is gone. What was set aside stays listed until it expires after 30 days.
    """
    if bool(references) == everything:
        raise CommandFault("say which to put back, or --all for all of them", exit_code=2)
    records = asyncio.run(_replayed(references or [], service))
    for record, topic in records:
        console().print(f"{_row(record)['reference']}: back on {topic}")
    if not records:
        console().print("Nothing was set aside.")


def _row(record: Record) -> dict[str, Any]:
    from libs.messaging import dead_letters as names
    from services.cli.dead_letter_reading import Reference

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


async def _all(service: str | None) -> list[Record]:
    from services.cli.dead_letter_reading import read_all

    found = [record async for record in read_all(kafka_settings(), service)]
    return sorted(found, key=lambda record: (record.timestamp, record.place))


async def _named(references: list[str]) -> list[Record]:
    from services.cli.dead_letter_reading import Reference, read_some

    named: list[Reference] = [Reference.parse(text) for text in references]
    return await read_some(kafka_settings(), named)


async def _replayed(references: list[str], service: str | None) -> list[tuple[Record, str]]:
    from libs.messaging.publishing import KafkaPublisher
    from services.cli.dead_letter_reading import original

    records = await _named(references) if references else await _all(service)
    publisher = KafkaPublisher(kafka_settings())
    await publisher.start()
    try:
        outgoing = [original(record) for record in records]
        await publisher.publish_all(outgoing)
    finally:
        await publisher.stop()
    return [(record, sent.topic) for record, sent in zip(records, outgoing, strict=True)]
