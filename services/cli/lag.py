"""shortlist lag: how far the services are behind."""

from __future__ import annotations

import asyncio
import re

from libs.contracts.topics import (
    GROUP_EMBEDDING,
    GROUP_INGEST,
    GROUP_MATCHING,
    STATUS,
    SUBMITTED_PATTERN,
    TEXT,
    VECTORS,
    VECTORS_PATTERN,
)
from services.cli import tables
from services.cli.addressing import JsonOption
from services.cli.console import console, print_json
from services.cli.kafka import kafka_settings


def lag(as_json: JsonOption = False) -> None:
    """Show how many records each service has still to work on, per topic.

    Asks Kafka itself (KAFKA_BOOTSTRAP, or the running stack's), so it answers while services are down.
    """
    lags = asyncio.run(_lags())
    if as_json:
        print_json(lags)
    else:
        tables.print_lag(console(), lags)


def groups_of(topics: list[str]) -> dict[str, list[str]]:
    """The services' consumer groups and what each of them reads, among the topics that exist."""
    vectors = [topic for topic in topics if re.fullmatch(VECTORS_PATTERN, topic)]
    groups = {
        GROUP_INGEST: [topic for topic in topics if re.fullmatch(SUBMITTED_PATTERN, topic)],
        GROUP_EMBEDDING: [TEXT],
        GROUP_MATCHING: [STATUS, *vectors],
    }
    for topic in vectors:
        if topic != VECTORS:
            groups[f"{GROUP_EMBEDDING}.{topic.removeprefix(VECTORS + '.')}"] = [TEXT]
    return groups


async def _lags() -> dict[str, dict[str, int]]:
    # Imported here: Kafka's client takes longer to import than most commands to run.
    from libs.messaging.cluster import partitions
    from libs.messaging.lag import group_lag

    settings = kafka_settings()
    groups = groups_of(sorted(await partitions(settings)))
    return {group: await group_lag(settings, group, topics) for group, topics in groups.items()}
