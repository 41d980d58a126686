"""How many statements writing takes: few for a document, as many for a batch, whatever is stored already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from libs.contracts.revision import Revision
from libs.database.transactions import Writing
from services.matching.writing.vectors_batch import write_vectors
from tests.fakes.documents import vectors_event
from tests.fakes.matching_arrivals import vectors_arrival
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

# Of a document that is not known yet, beside the beginning and the end of its transaction.
MOST_OF_A_NEW_ONE = 14
# Of one that is replaced by a new text.
MOST_OF_A_REPLACED_ONE = 19


class Counting(Writing):
    """A transaction that counts the statements of another."""

    def __init__(self, within: Writing) -> None:
        self._within = within
        self.statements: list[str] = []

    async def fetch(self, statement: str, *values: Any) -> Sequence[Any]:
        self.statements.append(statement)
        return await self._within.fetch(statement, *values)

    async def fetchrow(self, statement: str, *values: Any) -> Any:
        self.statements.append(statement)
        return await self._within.fetchrow(statement, *values)

    async def fetchval(self, statement: str, *values: Any) -> Any:
        self.statements.append(statement)
        return await self._within.fetchval(statement, *values)

    async def execute(self, statement: str, *values: Any) -> int:
        self.statements.append(statement)
        return await self._within.execute(statement, *values)

    async def executemany(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        self.statements += [statement] * len(rows)
        await self._within.executemany(statement, rows)


async def _statements(matching: Matching, numbers: Sequence[int], *, stamp: int = 1000) -> list[str]:
    """Those that writing documents of these numbers took, in one transaction; each stamp has texts of its own."""
    arrivals = [
        vectors_arrival(
            vectors_event(
                f"default/resume/r{number}",
                Revision(stamp, number),
                f"Welder of hull {number}\nTIG welding since {stamp}",
                metadata={"stage": "applied", "number": number, "tags": [f"t{stamp}", "x"]},
            )
        )
        for number in numbers
    ]
    async with matching.database.writing("default") as connection:
        counting = Counting(connection)
        await write_vectors(counting, arrivals)
    return counting.statements


async def test_a_new_document_takes_few_statements_however_many_are_stored(matching: Matching) -> None:
    first = await _statements(matching, [1])
    await _statements(matching, range(2, 60))
    later = await _statements(matching, [60])
    assert len(first) <= MOST_OF_A_NEW_ONE
    assert later == first


async def test_a_batch_of_new_documents_takes_the_statements_of_one(matching: Matching) -> None:
    assert await _statements(matching, range(2, 52)) == await _statements(matching, [1])


async def test_replaced_documents_take_as_many_statements_in_a_batch_as_alone(matching: Matching) -> None:
    await _statements(matching, range(1, 52))
    alone = await _statements(matching, [1], stamp=2000)
    assert len(alone) <= MOST_OF_A_REPLACED_ONE
    assert await _statements(matching, range(2, 52), stamp=2000) == alone


async def test_the_texts_of_statements_are_the_same_for_all_documents(matching: Matching) -> None:
    """So the server plans each once for every connection."""
    distinct = {text for number in (1, 2, 3) for text in await _statements(matching, [number])}
    assert len(distinct) <= MOST_OF_A_NEW_ONE
