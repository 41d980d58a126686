"""shortlist topics: the Kafka topics that the services need."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from libs.contracts.topics import DEFAULT_PARTITIONS
from services.cli.console import console
from services.cli.faults import CommandFault
from services.cli.kafka import kafka_settings

topics = typer.Typer(no_args_is_help=True)


@topics.callback()
def of_topics() -> None:
    """The Kafka topics that the services need."""


@topics.command()
def apply(
    partitions: Annotated[
        int,
        typer.Option(
            min=1,
            max=1000,
            envvar="TOPIC_PARTITIONS",
            help="Partitions of topics that are made; those that exist keep theirs.",
        ),
    ] = DEFAULT_PARTITIONS,
) -> None:
    """Create the topics that are missing and correct the settings of those that differ.

    The number of partitions of a topic that exists is never changed: where it is another, that is said.
    May be run again at any time. The brokers' address is taken from KAFKA_BOOTSTRAP, or from the running stack.
    """
    said, refused = asyncio.run(_apply(partitions))
    for sentence in said:
        console().print(sentence)
    if refused:
        raise CommandFault("\n".join(refused))
    if not said:
        console().print("Every topic is as it must be.")


async def _apply(partitions: int) -> tuple[list[str], list[str]]:
    """What was done, and what must not be."""
    # Imported here: Kafka's client takes longer to import than most commands to run.
    from libs.messaging.topic_admin import apply_topics, partition_faults

    settings = kafka_settings(topic_partitions=partitions)
    return await apply_topics(settings), await partition_faults(settings)
