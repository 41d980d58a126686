"""shortlist topics: the Kafka topics that the services need."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from libs.contracts.topics import DEFAULT_PARTITIONS, tenant_topic
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
    tenant: Annotated[
        list[str] | None,
        typer.Option(metavar="TENANT", help="Make this tenant's own topic too, for its own producer. May be repeated."),
    ] = None,
) -> None:
    """Create the topics that are missing and correct the settings of those that differ.

    The topics of further models and of tenants, where they exist, are corrected as well; a larger limit on a record's
    size is left. The number of partitions of a topic that exists is never changed: where it is another, that is said.
    May be run again at any time. The brokers' address is taken from KAFKA_BOOTSTRAP, or from the running stack.
    """
    said, refused = asyncio.run(_apply(partitions, tenant or []))
    for sentence in said:
        console().print(sentence)
    if refused:
        raise CommandFault("\n".join(refused))
    if not said:
        console().print("Every topic is as it must be.")


async def _apply(partitions: int, tenants: list[str]) -> tuple[list[str], list[str]]:
    """What was done, and what must not be."""
    # Imported here: Kafka's client takes longer to import than most commands to run.
    from libs.messaging.admin.topics import apply_topics, partition_faults

    settings = kafka_settings(topic_partitions=partitions)
    try:
        own = [tenant_topic(tenant) for tenant in tenants]
    except ValueError as error:
        raise CommandFault(str(error), exit_code=2) from error
    said = [*await apply_topics(settings), *await apply_topics(settings, own)]
    return said, await partition_faults(settings)
