"""An answer of many lines whose caller takes nothing: waited for while its body comes, then cut off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from services.gateway.api import bulk_answer
from services.gateway.api.bulk_answer import BulkAnswer
from services.gateway.bulk.intake import Intake, Order
from services.gateway.documents.submitting import Submission
from services.gateway.limits.fair_shares import FairShares

pytestmark = pytest.mark.unit


async def read(line: bytes) -> Order:
    return Order(DocumentKey("default", "resume", line.decode()), Submission(None, line, "application/json"))


async def submit(key: DocumentKey, submission: Submission) -> Revision:
    return Revision(1, int(key.id))


class Caller:
    """Takes the head of its answer, and what follows once `takes` is set."""

    def __init__(self) -> None:
        self.takes = asyncio.Event()
        self.came = b""
        self.is_cut_off = False
        self.scope: Any = {"extensions": {"shortlist.cut_off": {"close": self.cut_off}}}

    def cut_off(self) -> None:
        self.is_cut_off = True

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.body":
            await self.takes.wait()
            self.came += message["body"]


async def receive() -> Any:
    raise AssertionError("the body is read by the intake alone")


@pytest.fixture
def caller(monkeypatch: pytest.MonkeyPatch) -> Caller:
    monkeypatch.setattr(bulk_answer, "STALL_SECONDS", 0.05)
    return Caller()


async def test_a_caller_who_takes_nothing_is_cut_off_and_gives_its_place_back(caller: Caller) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"1\n"

    places = FairShares("bulks", 1)
    await asyncio.wait_for(
        BulkAnswer(Intake(body(), read, submit, None), places, "a")(caller.scope, receive, caller.send), 30
    )
    assert (caller.is_cut_off, places.taken) == (True, 0)


async def test_a_caller_who_sends_all_before_it_takes_anything_is_waited_for(caller: Caller) -> None:
    async def body() -> AsyncIterator[bytes]:
        for number in range(1, 21):
            yield b"%d\n" % number
            await asyncio.sleep(0.02)
        caller.takes.set()

    places = FairShares("bulks", 1)
    await asyncio.wait_for(
        BulkAnswer(Intake(body(), read, submit, None), places, "a")(caller.scope, receive, caller.send), 30
    )
    assert not caller.is_cut_off
    assert caller.came.count(b"queued") == 20
