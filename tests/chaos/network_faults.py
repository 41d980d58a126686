"""Harms to the network between the parts."""

from __future__ import annotations

import random
import time

from tests.chaos.fault import Fault, Strike
from tests.chaos.proxy import Mode
from tests.chaos.system import System

SECONDS = 6.0


def harm(towards: str, mode: Mode) -> Strike:
    """The way to a part is harmed for some seconds; queries are asked meanwhile, so that it is used."""

    def strike(system: System, rng: random.Random) -> None:
        proxy = system.network[towards]
        before = proxy.harmed
        proxy.set(mode)
        end = time.monotonic() + SECONDS
        try:
            while time.monotonic() < end:
                answer = system.stack.http.post(
                    "/matching/similarity-search", json={"query": f"nurse {rng.random()}", "kind": "resume"}
                )
                # An answer or a word that there is none now; never one that is made up.
                assert answer.status_code in (200, 503), answer.text
                time.sleep(0.2)
        finally:
            proxy.set("pass")
        assert proxy.harmed > before, f"nobody went to {towards} meanwhile"

    return strike


WORDS: dict[Mode, str] = {"refuse": "refused", "hang": "hangs", "reset": "reset in mid-answer", "slow": "slow"}
WAYS: tuple[tuple[str, tuple[Mode, ...]], ...] = (
    ("matching", ("refuse", "hang", "reset")),
    ("embedding", ("refuse", "hang", "reset")),
    ("postgres", ("refuse", "hang", "reset", "slow")),
    ("valkey", ("hang", "reset", "slow")),
)
NETWORK_FAULTS = tuple(
    Fault(f"the way to {part} {WORDS[mode]}", harm(part, mode)) for part, modes in WAYS for mode in modes
)
