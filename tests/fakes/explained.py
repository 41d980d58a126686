"""Statements as the server plans them, with the values that they are really run with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pgvector import HalfVector

from services.matching.storage.database import Reading


@dataclass
class Plan:
    """What EXPLAIN (ANALYZE) says of one statement."""

    statement: str
    root: dict[str, Any]

    def nodes(self) -> Iterator[dict[str, Any]]:
        """Every node that was run at least once."""
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            waiting += node.get("Plans", [])
            if node["Actual Loops"]:
                yield node

    @property
    def tables(self) -> set[str]:
        return {node["Relation Name"] for node in self.nodes() if "Relation Name" in node}

    @property
    def indexes(self) -> set[str]:
        return {node["Index Name"] for node in self.nodes() if "Index Name" in node}

    @property
    def kinds(self) -> set[str]:
        return {node["Node Type"] for node in self.nodes()}

    @property
    def planned(self) -> set[str]:
        """Every table in the plan, also one that is pruned only when it is run."""
        found, waiting = set(), [self.root]
        while waiting:
            node = waiting.pop()
            waiting += node.get("Plans", [])
            found |= {node["Relation Name"]} if "Relation Name" in node else set()
        return found


@dataclass
class Explained(Reading):
    """A transaction that keeps the plan of every statement it runs; `generic`: as it is planned for any values."""

    def __init__(self, reading: Reading, *, generic: bool = False) -> None:
        super().__init__(reading._connection)
        self.generic = generic
        self.plans: list[Plan] = []

    async def fetch(self, statement: str, *values: Any) -> Any:
        await self._explain(statement, values)
        return await super().fetch(statement, *values)

    async def fetchrow(self, statement: str, *values: Any) -> Any:
        await self._explain(statement, values)
        return await super().fetchrow(statement, *values)

    async def fetchval(self, statement: str, *values: Any) -> Any:
        await self._explain(statement, values)
        return await super().fetchval(statement, *values)

    async def _explain(self, statement: str, values: tuple[Any, ...]) -> None:
        explain = "EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF)"
        if self.generic and values:
            found = await self._explain_generic(explain, statement, values)
        else:
            found = await self._connection.fetchval(f"{explain} {statement}", *values)
        self.plans.append(Plan(statement, json.loads(found)[0]["Plan"]))

    async def _explain_generic(self, explain: str, statement: str, values: tuple[Any, ...]) -> str:
        types = [each.name for each in (await self._connection.prepare(statement)).get_parameters()]
        await self._connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        await self._connection.execute(f"PREPARE explained ({', '.join(types)}) AS {statement}")
        literals = ", ".join(_literal(value) for value in values)
        found: str = await self._connection.fetchval(f"{explain} EXECUTE explained ({literals})")
        await self._connection.execute("DEALLOCATE explained")
        return found


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, HalfVector):
        value = value.to_text()
    elif isinstance(value, list):
        value = "{" + ", ".join(map(str, value)) + "}"
    return "'" + str(value).replace("'", "''") + "'"
