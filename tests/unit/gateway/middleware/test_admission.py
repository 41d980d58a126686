"""More requests than a gateway can work on at once are told so, and its health is always answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response

from services.gateway.middleware.admission import Admission
from services.gateway.middleware.body_arrival import Arrivals, Pace
from services.gateway.middleware.draining import EarlyAnswers
from services.gateway.problems import Problem
from tests.fakes.collecting_work import until

pytestmark = pytest.mark.unit


class Waiting:
    """An application that reads a request's body and whose answers wait for a gate; health answers at once."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.inside = 0
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        status, headers, answer = 200, {}, b"done"
        body, more = b"", scope["method"] in ("POST", "PUT")
        try:
            while more:
                message = await receive()
                body, more = body + message["body"], message["more_body"]
            self.bodies.append(body)
            if not scope["path"].startswith(("/health", "/api/v1/health")):
                self.inside += 1
                await self.gate.wait()
        except Problem as problem:
            status, answer = problem.status_code, json.dumps({"type": problem.type_}).encode()
            headers = {**(problem.headers or {}), "content-type": "application/problem+json"}
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": answer})


@pytest.fixture
def held() -> Waiting:
    return Waiting()


def client(held: Waiting, *, requests: int = 2, body_bytes: int = 1_000, **arrivals: Any) -> AsyncClient:
    bounds = {"count": 4, "total_bytes": 100_000, "largest_body": 90_000, "pace": Pace(stall_seconds=30.0), **arrivals}
    admission = Admission(requests=requests, body_bytes=body_bytes, arrivals=Arrivals(**bounds))
    return AsyncClient(transport=ASGITransport(admission(held)), base_url="http://x")  # type: ignore[arg-type]


def is_overload(answer: Response) -> bool:
    assert answer.status_code == 429
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) >= 1
    return bool(answer.json()["type"] == "urn:shortlist:problem:overloaded")


async def test_one_request_too_many_is_told_so_and_taken_when_another_is_done(held: Waiting) -> None:
    async with client(held) as door:
        inside = [asyncio.create_task(door.get("/jobs")) for _ in range(2)]
        await until(lambda: held.inside == 2)
        assert is_overload(await door.get("/jobs"))
        assert (await door.get("/health/live")).status_code == 200
        held.gate.set()
        assert [answer.status_code for answer in await asyncio.gather(*inside)] == [200, 200]
        assert (await door.get("/jobs")).status_code == 200


async def test_bodies_are_bounded_together_and_one_alone_is_always_taken(held: Waiting) -> None:
    async with client(held, requests=10) as door:
        inside = [asyncio.create_task(door.post("/resumes", content=b"x" * 5_000))]
        await until(lambda: held.inside == 1)
        assert is_overload(await door.post("/resumes", content=b"x" * 200))
        inside.append(asyncio.create_task(door.get("/resumes")))
        await until(lambda: held.inside == 2)
        held.gate.set()
        assert [answer.status_code for answer in await asyncio.gather(*inside)] == [200, 200]


IDS_LIKE_ROUTES = [
    "/api/v1/resumes/metrics-1",
    "/api/v1/resumes/health",
    "/api/v1/jobs/metrics",
    "/jobs/health/matches",
]


@pytest.mark.parametrize("path", IDS_LIKE_ROUTES)
async def test_an_id_that_looks_like_the_health_is_bounded_as_any_other(held: Waiting, path: str) -> None:
    async with client(held) as door:
        inside = [asyncio.create_task(door.get("/jobs")) for _ in range(2)]
        await until(lambda: held.inside == 2)
        async with asyncio.timeout(20):
            assert is_overload(await door.get(path))
        held.gate.set()
        await asyncio.gather(*inside)


@pytest.mark.parametrize("path", ["/health/live", "/health/ready/", "/api/v1/health/ready", "/api/v1/health/detailed"])
async def test_health_is_answered_however_busy(held: Waiting, path: str) -> None:
    async with client(held) as door:
        inside = [asyncio.create_task(door.get("/jobs")) for _ in range(2)]
        await until(lambda: held.inside == 2)
        assert (await door.get(path)).status_code == 200
        held.gate.set()
        await asyncio.gather(*inside)


class Sender:
    """A body that begins to arrive and goes on when it is told to."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.goes_on = asyncio.Event()

    async def pieces(self) -> AsyncIterator[bytes]:
        yield b"the beginning, "
        self.begun.set()
        await self.goes_on.wait()
        yield b"the end"


async def test_a_body_on_its_way_takes_nobodys_place_and_is_worked_on_once_it_is_there(held: Waiting) -> None:
    async with client(held) as door:
        senders = [Sender() for _ in range(3)]
        arriving = [asyncio.create_task(door.put("/resumes/r", content=each.pieces())) for each in senders]
        await asyncio.gather(*(each.begun.wait() for each in senders))
        inside = [asyncio.create_task(door.get("/jobs")) for _ in range(2)]
        await until(lambda: held.inside == 2)
        held.gate.set()
        await asyncio.gather(*inside)
        for each in senders:
            each.goes_on.set()
        assert [answer.status_code for answer in await asyncio.gather(*arriving)] == [200, 200, 200]
        assert held.bodies.count(b"the beginning, the end") == 3


async def test_a_body_that_comes_while_all_places_are_taken_is_told_so(held: Waiting) -> None:
    async with client(held) as door:
        sender = Sender()
        late = asyncio.create_task(door.put("/resumes/r", content=sender.pieces()))
        await sender.begun.wait()
        inside = [asyncio.create_task(door.get("/jobs")) for _ in range(2)]
        await until(lambda: held.inside == 2)
        sender.goes_on.set()
        assert (await late).status_code == 429
        held.gate.set()
        await asyncio.gather(*inside)
        assert (await door.put("/resumes/r", content=b"again")).status_code == 200


async def test_a_body_that_stalls_ends_its_request(held: Waiting) -> None:
    async with client(held, pace=Pace(stall_seconds=0.2)) as door:
        assert (await door.put("/resumes/r", content=Sender().pieces())).status_code == 408


async def test_where_bodies_arrive_beyond_the_bound_the_oldest_makes_room(held: Waiting) -> None:
    held.gate.set()
    async with client(held) as door:
        senders = [Sender() for _ in range(5)]
        arriving = []
        for each in senders:
            arriving.append(asyncio.create_task(door.put("/resumes/r", content=each.pieces())))
            await each.begun.wait()
        assert (await arriving[0]).status_code == 408
        for each in senders:
            each.goes_on.set()
        assert [answer.status_code for answer in await asyncio.gather(*arriving[1:])] == [200, 200, 200, 200]


async def test_where_arriving_bodies_fill_the_memory_the_oldest_makes_room(held: Waiting) -> None:
    held.gate.set()
    async with client(held, total_bytes=1_000, body_bytes=10_000) as door:
        sender = Sender()
        arriving = asyncio.create_task(door.put("/resumes/r", content=sender.pieces()))
        await sender.begun.wait()

        async def large() -> AsyncIterator[bytes]:
            yield bytes(990)
            yield bytes(10)

        assert (await door.put("/resumes/s", content=large())).status_code == 200
        assert (await arriving).status_code == 408


async def test_a_chunked_body_that_also_names_a_length_of_zero_takes_nobodys_place(held: Waiting) -> None:
    """uvicorn's parser takes both headers, and reads chunks then."""
    async with client(held, requests=1) as door:
        sender = Sender()
        headers = {"Content-Length": "0", "Transfer-Encoding": "chunked"}
        arriving = asyncio.create_task(door.put("/resumes/r", content=sender.pieces(), headers=headers))
        await sender.begun.wait()
        held.gate.set()
        assert (await door.get("/jobs")).status_code == 200
        sender.goes_on.set()
        assert (await arriving).status_code == 200


async def test_a_body_whose_time_is_over_at_the_moment_when_its_room_is_needed_ends_no_other() -> None:
    arrivals = Arrivals(count=4, total_bytes=1_000, largest_body=900, pace=Pace(stall_seconds=30.0))
    first, second = asyncio.Queue[Any](), asyncio.Queue[Any]()
    bodies = [asyncio.create_task(arrivals.whole(queue.get)) for queue in (first, second)]
    first.put_nowait({"type": "http.request", "body": bytes(600), "more_body": True})
    await until(lambda: [each.size for each in arrivals._arriving] == [600, 0])
    loop = asyncio.get_running_loop()
    # In one turn of the event loop: a piece comes that needs the first one's room, then the first one's time is over.
    loop.call_soon(second.put_nowait, {"type": "http.request", "body": bytes(600), "more_body": True})
    next(iter(arrivals._arriving)).limit.reschedule(loop.time())
    with pytest.raises(Problem):
        await bodies[0]
    second.put_nowait({"type": "http.request", "body": b"y", "more_body": False})
    assert (await bodies[1]).size == 601


async def test_a_request_that_was_refused_takes_nobodys_place_while_the_rest_of_its_body_is_discarded() -> None:
    """Else 256 senders without a key, who send half a body, would keep everybody out for 15 s, again and again."""

    async def refuse(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 401, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    arrivals = Arrivals(count=4, total_bytes=100_000, largest_body=90_000, pace=Pace(stall_seconds=30.0))
    admission = Admission(requests=1, body_bytes=1_000, arrivals=arrivals)
    door = EarlyAnswers()(admission(refuse))  # type: ignore[arg-type]
    discarding = asyncio.Event()

    async def half_a_body() -> Any:
        discarding.set()
        await asyncio.Event().wait()

    async def ignored(message: Any) -> None:
        return None

    scope: Any = {"type": "http", "path": "/api/v1/resumes/r", "method": "PUT", "headers": [(b"content-length", b"50")]}
    stalled = asyncio.create_task(door(scope, half_a_body, ignored))  # type: ignore[arg-type]
    await asyncio.wait_for(discarding.wait(), 10)
    assert admission.enter(0)
    admission.leave(0)
    stalled.cancel()
    await asyncio.gather(stalled, return_exceptions=True)
    assert [admission.enter(0), admission.enter(0)] == [True, False]
