"""A small ingest over HTTP: its structures are what a test says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, post

from libs.contracts.inner import paths
from libs.contracts.inner.problems import PROBLEM_JSON, problem
from libs.contracts.inner.structure import StructureOrder
from libs.contracts.structure import Structure


def nothing(order: StructureOrder) -> Structure:
    return Structure(title=order.title)


@dataclass
class FakeIngest:
    """`find` is what it finds in a text; `refuses` are the texts it answers 422; `away` makes every call a 503, `busy`
    a 429. `before_answer` is called with each order before it is answered."""

    find: Callable[[StructureOrder], Structure] = nothing
    refuses: set[str] = field(default_factory=set)
    away: bool = False
    busy: bool = False
    asked: list[StructureOrder] = field(default_factory=list)
    before_answer: Callable[[StructureOrder], None] = lambda order: None

    def app(self) -> Litestar:
        """Its HTTP application."""
        ingest = self

        @post(paths.STRUCTURE, status_code=200)
        async def structure(request: Request[Any, Any, Any]) -> Response[Any]:
            order = msgspec.json.decode(await request.body(), type=StructureOrder)
            ingest.asked.append(order)
            ingest.before_answer(order)
            if ingest.away:
                return _problem(503, "unavailable")
            if ingest.busy:
                return _problem(429, "busy")
            if order.text in ingest.refuses:
                return _problem(422, "limit_time")
            return Response(ingest.find(order))

        return Litestar([structure], openapi_config=None, logging_config=None)


def _problem(status: int, code: str) -> Response[Any]:
    return Response(problem(status, code, "a test says so"), status_code=status, media_type=PROBLEM_JSON)
