"""Which texts go next where queries and documents wait, and what is shown of those that wait."""

from __future__ import annotations

import asyncio

import pytest

from libs.contracts.errors import DependencyUnavailable
from services.embedding.engines.hash import HashEngine
from services.embedding.metrics import WAITING
from services.embedding.model.queues import QUERIES_IN_A_ROW, Lane, WaitingTexts

pytestmark = pytest.mark.unit

BOTH: tuple[Lane, Lane] = ("query", "document")


class Line(WaitingTexts):
    """Texts of the hash engine."""

    def __init__(self) -> None:
        super().__init__(256)
        self._engine = HashEngine()

    def put(self, lane: Lane, *texts: str) -> asyncio.Future[None]:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.request = self.add(self._engine.prepare(texts, query=lane == "query"), lane, done)
        return done

    def taken(self, *lanes: Lane) -> Lane | None:
        turn = self.take(lanes)
        return turn.lane if turn is not None else None


def shown(lane: Lane) -> float:
    return WAITING.labels(lane)._value.get()


async def test_queries_go_first() -> None:
    line = Line()
    line.put("document", "a resume")
    line.put("query", "a question")
    assert [line.taken(*BOTH) for _ in range(3)] == ["query", "document", None]


async def test_queries_that_never_end_starve_no_document() -> None:
    line = Line()
    line.put("document", "a resume " * 40, "another resume " * 60)
    found = []
    for number in range(2 * (QUERIES_IN_A_ROW + 1)):
        line.put("query", f"question {number}")
        found.append(line.taken(*BOTH))
    assert found == 2 * [*QUERIES_IN_A_ROW * ["query"], "document"]


async def test_a_thread_of_queries_alone_takes_no_document() -> None:
    line = Line()
    line.put("document", "a resume")
    assert line.taken("query") is None


async def test_queries_of_somewhat_different_lengths_go_together_and_documents_do_not() -> None:
    line = Line()
    for lane in BOTH:
        line.put(lane, "nurse " * 8, "nurse " * 9, "nurse " * 10)
    queries = line.take(["query"])
    documents = line.take(["document"])
    assert queries is not None
    assert documents is not None
    assert (len(queries.texts), len(documents.texts)) == (3, 2)


async def test_what_waits_no_longer_is_shown_no_longer() -> None:
    line = Line()
    line.put("document", "one", "two")
    assert shown("document") == 2
    line.drop(line.request, "document")
    assert shown("document") == 0
    done = line.put("document", "three")
    line.fail_all(DependencyUnavailable("model", "is away"))
    assert shown("document") == 0
    assert isinstance(done.exception(), DependencyUnavailable)
