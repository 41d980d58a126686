"""The word index on a real database: documents by their texts, ids instead of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pytest

from libs.contracts.identifiers import Kind
from services.matching.index.words.expression import Expression
from services.matching.index.words.packed_word_index import PackedWordIndex
from services.matching.index.words.upkeep.packing import merge, pack
from tests.fakes.matching_parts import Matching
from tests.fakes.word_documents import weights_of, write_texts


@dataclass
class Words:
    """What is written, packed and found, for one tenant and kind unless said otherwise."""

    matching: Matching
    index: PackedWordIndex = field(default_factory=PackedWordIndex)
    tenant: str = "default"
    kind: Kind = "resume"

    async def write(self, texts: Mapping[str, str]) -> None:
        async with self.matching.database.writing(self.tenant) as connection:
            await connection.execute("INSERT INTO matching.tenants VALUES ($1) ON CONFLICT DO NOTHING", self.tenant)
            await write_texts(connection, texts, tenant=self.tenant, kind=self.kind)

    async def pack(self, texts: Mapping[str, str] | None = None) -> None:
        """Packs all that waits, after writing these."""
        if texts:
            await self.write(texts)
        async with self.matching.database.writing(self.tenant) as connection:
            await pack(connection, self.tenant, self.kind)

    async def merge(self) -> None:
        """All segments become one."""
        async with self.matching.database.writing(self.tenant) as connection:
            await merge(connection, self.tenant, self.kind, await self.segments())

    async def segments(self) -> list[int]:
        rows = await self.rows("SELECT segment FROM matching.segments ORDER BY segment")
        return [int(row["segment"]) for row in rows]

    async def best(
        self, query: str, limit: int = 10, within: list[str] | None = None, *, exact: bool = True
    ) -> list[tuple[str, float]]:
        """Ids and values, best first; "gone" where the document is there no more."""
        ids = await self.ids()
        numbers = {document: number for number, document in ids.items()}
        chosen = None if within is None else np.array(sorted(numbers[each] for each in within), dtype=np.int64)
        async with self.matching.database.reading(self.tenant) as connection:
            asked = connection, self.tenant, self.kind, weights_of(query), limit
            found = await self.index.best(*asked, within=chosen, exact=exact)
        return [(ids.get(each.number, "gone"), each.value) for each in found]

    async def found(self, query: str, limit: int = 10, within: list[str] | None = None) -> list[str]:
        return [document for document, _ in await self.best(query, limit, within)]

    async def holding(self, wanted: Expression) -> set[str]:
        ids = await self.ids()
        async with self.matching.database.reading(self.tenant) as connection:
            found = await self.index.holding(connection, self.tenant, self.kind, wanted)
        assert list(found) == sorted(set(found.tolist()))
        return {ids[number] for number in found.tolist()}

    async def ids(self) -> dict[int, str]:
        rows = await self.rows("SELECT number, id FROM matching.cards WHERE kind = $1", self.kind)
        return {row["number"]: row["id"] for row in rows}

    async def rows(self, statement: str, *values: object) -> list[dict[str, object]]:
        return await self.matching.rows(statement, *values, tenant=self.tenant)  # type: ignore[return-value]

    async def count(self, table: str) -> int:
        (row,) = await self.rows(f"SELECT count(*) AS rows FROM matching.{table} WHERE tenant = $1", self.tenant)
        return int(str(row["rows"]))


@pytest.fixture
async def words(matching: Matching) -> Words:
    return Words(matching)
