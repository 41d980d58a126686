"""Letting what is on the way arrive before a broker that keeps nothing is stopped."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import httpx

from libs.contracts import topics
from libs.contracts.errors import DependencyUnavailable
from libs.messaging.admin.cluster import partitions
from libs.messaging.admin.lag import lags_of
from libs.messaging.connection.settings import KafkaSettings

DRAIN_SECONDS = 60.0
POLL_SECONDS = 0.3
TELL_SECONDS = 5.0


def drain(
    settings: KafkaSettings,
    embedding_url: str,
    token: str,
    *,
    say: Callable[[str], None],
    asked_to_stop: Callable[[], bool],
) -> bool:
    """Waits until no group is behind, DRAIN_SECONDS at most; says whether everything arrived. Blocks.

    `token` is that of calls between services; `asked_to_stop` is asked in between, for a person who does not want to
    wait.
    """
    end = time.monotonic() + DRAIN_SECONDS
    space = _space(embedding_url, token)
    told, empty = end, 0
    while time.monotonic() < end and not asked_to_stop():
        try:
            behind = asyncio.run(_on_the_way(settings, space))
        except DependencyUnavailable as fault:
            say(f"cannot tell what is on the way ({fault}); stopping")
            return False
        # Twice in a row: a submission that the gateway had just accepted may not have been in its topic yet.
        empty = empty + 1 if behind == 0 else 0
        if empty == 2:
            return True
        left = end - time.monotonic()
        if behind and (told == end or told - left >= TELL_SECONDS):
            say(f"letting {behind} records arrive (at most {max(0, left):.0f} s) …")
            told = left
        time.sleep(POLL_SECONDS)
    return False


async def _on_the_way(settings: KafkaSettings, space: str | None) -> int:
    reads = topics.readers(await partitions(settings))
    groups = {group: reads[group] for group in (topics.GROUP_INGEST, topics.GROUP_EMBEDDING, topics.GROUP_MATCHING)}
    own = f"{topics.GROUP_EMBEDDING}.{space}"
    if space is not None:
        groups[own] = [topics.TEXT]
    behind = {group: sum(lag.values()) for group, lag in (await lags_of(settings, groups)).items()}
    if space is not None:
        # A space that is not the first has a group and a topic of its own; the one that reads is less behind.
        behind[topics.GROUP_EMBEDDING] = min(behind[topics.GROUP_EMBEDDING], behind.pop(own))
    return sum(behind.values())


def _space(embedding_url: str, token: str) -> str | None:
    try:
        answer = httpx.get(f"{embedding_url}/space", headers={"authorization": f"Bearer {token}"}, timeout=2.0)
        return str(answer.json()["space"]) if answer.status_code == 200 else None
    except (httpx.HTTPError, ValueError, KeyError):
        return None
