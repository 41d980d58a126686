"""What embedding answers over HTTP, with the engine that needs no model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace

import numpy as np
import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar

from libs.contracts.vectors import PackedVectors
from services.embedding import api as api_module
from services.embedding.api import MAX_TEXTS, Api, routes
from services.embedding.service import EmbeddingService
from tests.fakes.faulty_engine import FaultyEngine, raising

pytestmark = pytest.mark.unit


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
async def loading(api: Api) -> AsyncIterator[AsyncClient]:
    """The application while its model is not there."""
    app = Litestar(routes(api), openapi_config=None, logging_config=None)
    # In the test's own event loop, where the model's lane lives.
    async with AsyncClient(transport=ASGITransport(app), base_url="http://embedding") as client:
        yield client


@pytest.fixture
def client(loading: AsyncClient, api: Api, service: EmbeddingService) -> AsyncClient:
    api.service = service
    return loading


async def test_texts_become_vectors_in_their_order(client: AsyncClient) -> None:
    answer = await client.post("/embed", json={"texts": ["a nurse", "a welder"]})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["space"], body["model"], body["dimension"]) == (FaultyEngine().space, "hash", 384)
    vectors = np.frombuffer(PackedVectors(**body["vectors"]).raw(), "<f4").reshape(2, 384)
    assert np.array_equal(vectors, FaultyEngine().embed(["a nurse", "a welder"]))


@pytest.mark.parametrize(
    "body",
    [{"texts": []}, {"texts": ["x"] * (MAX_TEXTS + 1)}, {"texts": [" \n"]}, {"texts": [""]}, {"texts": [7]}, {}, []],
    ids=["none", "too many", "blank", "empty", "a number", "no texts", "a list"],
)
async def test_what_cannot_be_embedded_is_the_callers_mistake(client: AsyncClient, body: object) -> None:
    assert (await client.post("/embed", json=body)).status_code == 400


async def test_while_the_model_loads_every_route_says_come_again(loading: AsyncClient) -> None:
    for answer in (
        await loading.post("/embed", json={"texts": ["a nurse"]}),
        await loading.get("/space"),
        await loading.get("/probe"),
    ):
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert "not loaded" in answer.json()["detail"]


async def test_a_model_that_fails_is_503(client: AsyncClient, engine: FaultyEngine) -> None:
    engine.fault = raising
    answer = await client.post("/embed", json={"texts": ["a nurse"]})
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1


async def test_too_many_queries_are_429(api: Api, client: AsyncClient, engine: FaultyEngine) -> None:
    assert api.service is not None
    engine.hold()
    held = [asyncio.ensure_future(api.service.queries([f"query {number}"])) for number in range(2)]
    async with asyncio.timeout(10):
        while api.service._lane._queries_under_way < 2 or not engine.running.is_set():
            await asyncio.sleep(0.001)
    answer = await client.post("/embed", json={"texts": ["one too many"]})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    engine.release()
    await asyncio.gather(*held)
    assert (await client.post("/embed", json={"texts": ["one too many"]})).status_code == 200


async def test_the_space_is_told(client: AsyncClient) -> None:
    assert (await client.get("/space")).json() == {
        "space": FaultyEngine().space,
        "model": "hash",
        "dimension": 384,
        "max_tokens": 254,
    }


async def test_a_probe_runs_the_model_at_most_once_in_five_seconds(
    client: AsyncClient, engine: FaultyEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    # The module's clock only: the event loop lives by the same function.
    monkeypatch.setattr(api_module, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    answers = await asyncio.gather(*(client.get("/probe") for _ in range(4)))
    assert len(engine.calls) == 1
    body = answers[0].json()
    assert (body["status"], body["space"], body["dimension"], body["model"]) == ("ok", engine.space, 384, "hash")
    assert {"latency_ms", "texts_per_second", "texts_computed"} <= body.keys()
    assert (body["cache"]["status"], body["cache"]["latency_ms"]) == ("off", None)
    clock[0] += 4.9
    assert (await client.get("/probe")).json()["age_seconds"] == 4.9
    assert len(engine.calls) == 1
    clock[0] += 0.2
    assert (await client.get("/probe")).json()["age_seconds"] == 0.0
    assert len(engine.calls) == 2


async def test_a_probe_of_a_broken_model_says_what_is_wrong(client: AsyncClient, engine: FaultyEngine) -> None:
    engine.fault = raising
    body = (await client.get("/probe")).json()
    assert body["status"] == "failed"
    assert "memory is gone" in body["reason"]
