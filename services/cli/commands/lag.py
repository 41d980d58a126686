"""shortlist lag: how far the services are behind."""

from __future__ import annotations

import asyncio

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


async def _lags() -> dict[str, dict[str, int]]:
    # Imported here: Kafka's client takes longer to import than most commands to run.
    from libs.messaging.admin.lag import all_lags

    return await all_lags(kafka_settings())
