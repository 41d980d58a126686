"""Harms to the network between the parts."""

from __future__ import annotations

import random
import time

from tests.chaos.fault import Fault, Strike, now_ms
from tests.chaos.proxy import Mode
from tests.chaos.system import System

SECONDS = 6.0


def harm(towards: str, mode: Mode) -> Strike:
    """The way to a part is harmed for some seconds; queries are asked meanwhile, so that it is used."""

    def strike(system: System, rng: random.Random) -> list[int]:
        proxy = system.network[towards]
        before, struck = proxy.harmed, []
        proxy.set(mode)
        end = time.monotonic() + SECONDS
        try:
            while time.monotonic() < end:
                at = now_ms()
                answer = system.stack.http.post(
                    "/matching/similarity-search", json={"query": f"nurse {rng.random()}", "kind": "resume"}
                )
                # An answer or a word that there is none now; never one that is made up.
                assert answer.status_code in (200, 503), answer.text
                # Nobody counts the calls that are refused: only the asking side sees them.
                if mode == "refuse" and (answer.status_code == 503 or answer.json()["degraded"]):
                    struck.append(at)
                elif proxy.harmed > before:
                    before = proxy.harmed
                    struck.append(at)
                time.sleep(0.2)
        finally:
            proxy.set("pass")
        return struck[:1]

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
