"""What ingest answers of a stored text: its structure, or why there is none now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest
from httpx import ASGITransport, AsyncClient, Response
from litestar import Litestar

from libs.contracts.errors import DependencyUnavailable, ErrorCode, RecordRejected
from libs.contracts.inner import paths
from libs.contracts.inner.structure import StructureOrder
from libs.contracts.structure import STRUCTURE_VERSION, Structure
from libs.telemetry.health import Health
from services.ingest.api import Api, routes
from services.ingest.sandbox.pool import ParserFault
from services.ingest.service import STRUCTURES_WAITING, IngestService
from tests.fakes.in_process_parser import InProcessParser

pytestmark = pytest.mark.unit

ORDER = StructureOrder(kind="resume", text="Ada\nWelder\n\nSKILLS\nTIG welding", as_of="2026-11-01")


class SlowParser(InProcessParser):
    """Answers once it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = asyncio.Event()
        self.at_once = self.most_at_once = 0

    async def structure(self, order: StructureOrder) -> Structure:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await self.goes_on.wait()
        self.at_once -= 1
        return await super().structure(order)


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
async def client(api: Api) -> AsyncIterator[AsyncClient]:
    app = Litestar(routes(api, Health("ingest")), openapi_config=None, logging_config=None)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://ingest") as client:
        yield client


async def ask(client: AsyncClient, order: StructureOrder = ORDER) -> Response:
    headers = {"content-type": "application/json"}
    return await client.post(paths.STRUCTURE, content=msgspec.json.encode(order), headers=headers)


async def test_a_stored_text_is_answered_with_its_structure(api: Api, client: AsyncClient) -> None:
    api.service = IngestService(InProcessParser())
    answer = await ask(client)
    assert answer.status_code == 200
    found = msgspec.json.decode(answer.content, type=Structure)
    assert (found.version, [section.title for section in found.sections]) == (STRUCTURE_VERSION, ["SKILLS"])


async def test_before_the_parsers_are_there_it_says_so(client: AsyncClient) -> None:
    answer = await ask(client)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (RecordRejected(ErrorCode.LIMIT_TIME, "it takes too long"), 422, "limit_time"),
        (ParserFault("KeyError: 7"), 422, "internal"),
        (DependencyUnavailable("sandbox", "no process can be started"), 503, "unavailable"),
    ],
)
async def test_why_there_is_none_is_told(
    api: Api, client: AsyncClient, fault: Exception, status: int, code: str
) -> None:
    parser = InProcessParser()
    parser.faults.append(fault)
    api.service = IngestService(parser)
    answer = await ask(client)
    assert (answer.status_code, answer.json()["title"]) == (status, code)
    assert (await ask(client)).status_code == 200


async def test_stored_texts_leave_parsers_to_submissions_and_too_many_are_refused(
    api: Api, client: AsyncClient
) -> None:
    parser = SlowParser()
    api.service = IngestService(parser, structures_at_once=2)
    asked = [asyncio.create_task(ask(client)) for _ in range(2 + STRUCTURES_WAITING)]
    async with asyncio.timeout(10):
        while api.service._structures < len(asked):
            await asyncio.sleep(0)
    assert (await ask(client)).status_code == 429
    parser.goes_on.set()
    assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}
    assert parser.most_at_once == 2
    assert (await ask(client)).status_code == 200


async def test_what_is_no_order_is_refused(api: Api, client: AsyncClient) -> None:
    api.service = IngestService(InProcessParser())
    answer = await client.post(paths.STRUCTURE, json={"kind": "letter", "text": "x", "as_of": "2026-11-01"})
    assert answer.status_code == 400
