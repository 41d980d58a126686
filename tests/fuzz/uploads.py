"""`make fuzz`: hostile uploads and questions against a running stack. None may be answered 5xx, or not at all.

    python -m tests.fuzz.uploads --url http://127.0.0.1:8080 [--key KEY] [--count 5000] [--seed N] [--only NUMBER]

Prints the answers by kind of request and status. Exits with 1 where a request was answered 5xx or not at all; 503 with
Retry-After is no fault where the gateway says at that moment that a part is away. `--only` sends one request again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.fuzz.hostile_requests import HostileRequest, described, hostile_request

ANSWER_SECONDS = 60.0
SHOWN_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, 0 where there was none; the head of the answer and what it says."""

    status: int
    head: bytes = b""
    body: bytes = b""


@dataclass(slots=True)
class Outcome:
    """The answers by kind and status, and what must not have been."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def table(self) -> str:
        """The answers as rows of kinds and columns of statuses."""
        statuses = sorted({status for _, status in self.statuses})
        kinds = sorted({kind for kind, _ in self.statuses})
        rows = [["", *(str(status or "none") for status in statuses)]]
        rows += [[kind, *(str(self.statuses[kind, status] or "") for status in statuses)] for kind in kinds]
        rows.append(["all", *(str(sum(self.statuses[kind, status] for kind in kinds)) for status in statuses)])
        return "\n".join("  ".join(f"{cell:>9}" for cell in row) for row in rows)


async def send(request: HostileRequest, host: str, port: int) -> Answer:
    """One request over a connection of its own."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection(host, port, limit=2**24)
            try:
                for piece in request.pieces:
                    if piece:
                        writer.write(piece)
                        await writer.drain()
            except ConnectionError:
                pass  # it may have answered already
            try:
                return await _answer(reader, has_body=not request.pieces[0].startswith(b"HEAD "))
            finally:
                writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        return Answer(0, type(error).__name__.encode())


async def _answer(reader: asyncio.StreamReader, *, has_body: bool) -> Answer:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    if status == 100:
        return await _answer(reader, has_body=has_body)
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    length = int(lengths[0]) if lengths and has_body and status not in (204, 304) else 0
    body = await reader.read(min(length, 4_096)) if length else b""
    return Answer(status, head, body)


async def run(url: str, key: str | None, seed: int, numbers: range, at_once: int) -> Outcome:
    """Sends the requests of these numbers, so many at a time."""
    address = urlsplit(url)
    host, port = address.hostname or "127.0.0.1", address.port or 80
    outcome, waiting = Outcome(), iter(numbers)

    async def lane() -> None:
        for number in waiting:
            request = hostile_request(seed, number, key)
            began = time.monotonic()
            answer = await send(request, host, port)
            outcome.slowest = max(outcome.slowest, time.monotonic() - began)
            outcome.statuses[request.kind, answer.status] += 1
            if await _is_fault(answer, host, port):
                said = answer.body.decode("utf-8", "replace")[:300] or answer.head.decode("utf-8", "replace")
                outcome.faults.append(f"number {number}: {answer.status or 'no answer'} {said}\n  {described(request)}")

    await asyncio.gather(*(lane() for _ in range(at_once)))
    return outcome


async def _is_fault(answer: Answer, host: str, port: int) -> bool:
    if answer.status == 503 and b"retry-after:" in answer.head.lower():
        return await _is_ready(host, port)
    return answer.status == 0 or answer.status >= 500 or _leaks(answer.body)


def _leaks(body: bytes) -> bool:
    """Whether a refusal shows what no caller can act on."""
    return any(each in body for each in (b"Traceback", b'File "', b"codec can't", b"Expected `", b"Input data"))


async def _is_ready(host: str, port: int) -> bool:
    asked = b"GET /api/v1/health/ready HTTP/1.1\r\nHost: fuzz\r\nConnection: close\r\n\r\n"
    ready = await send(HostileRequest("ready", (asked,)), host, port)
    parts = json.loads(ready.body or b"{}").get("parts", {})
    return ready.status == 200 and all(part.get("status") == "ok" for part in parts.values())


def main() -> int:
    """Runs by the command line's arguments. Returns the exit code."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--url", required=True)
    asked.add_argument("--key")
    asked.add_argument("--count", type=int, default=5_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--at-once", type=int, default=8)
    asked.add_argument("--only", type=int)
    given = asked.parse_args()
    numbers = range(given.count) if given.only is None else range(given.only, given.only + 1)
    outcome = asyncio.run(run(given.url, given.key, given.seed, numbers, given.at_once))
    print(outcome.table())
    print(f"seed {given.seed}, {len(numbers)} requests, the slowest answer after {outcome.slowest:.1f} s")
    for fault in outcome.faults[:SHOWN_FAULTS]:
        print(fault)
    print(f"{len(outcome.faults)} answered 5xx, not at all, or with what callers must not see")
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
