"""shortlist topics: the Kafka topics that the services need."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from libs.contracts.topics import DEFAULT_PARTITIONS
from services.cli.addressing import find_kafka
from services.cli.console import console

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

    May be run again at any time. The brokers' address is taken from KAFKA_BOOTSTRAP, or from the running stack.
    """
    said = asyncio.run(_apply(find_kafka(), partitions))
    for sentence in said or ["Every topic is as it must be."]:
        console().print(sentence)


async def _apply(bootstrap: str, partitions: int) -> list[str]:
    # Imported here: Kafka's client takes longer to import than most commands to run.
    from libs.messaging.settings import KafkaSettings
    from libs.messaging.topic_admin import apply_topics

    return await apply_topics(KafkaSettings(kafka_bootstrap=bootstrap, topic_partitions=partitions))
