"""Statements as the server plans them, with the values that they are really run with."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from pgvector import HalfVector

from libs.database.transactions import Reading, Writing
from services.matching.storage.database import Database


@dataclass(frozen=True)
class Scan:
    """One table in a plan. `rows`: all that were looked at, also those that a filter then refused."""

    table: str
    kind: str
    index: str | None
    rows: int

    @classmethod
    def of(cls, node: dict[str, Any]) -> Scan:
        """Of a node that reads a table."""
        kept = (
            node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        )
        return cls(node["Relation Name"], node["Node Type"], node.get("Index Name"), round(kept * node["Actual Loops"]))


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
    def scans(self) -> list[Scan]:
        """How each table was read."""
        return [
            Scan.of(node) for node in self.nodes() if "Relation Name" in node and node["Node Type"] != "ModifyTable"
        ]

    def shown(self) -> str:
        """The statement and its plan, a node a line, for whoever is to mend it."""
        return "\n".join([self.statement.strip(), *_lines(self.root, 1)])

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
        # Without types, which are told by where the values stand, as they are for asyncpg.
        await self._connection.execute(f"PREPARE explained AS {statement}")
        literals = ", ".join(_literal(value, type) for value, type in zip(values, types, strict=True))
        found: str = await self._connection.fetchval(f"{explain} EXECUTE explained ({literals})")
        await self._connection.execute("DEALLOCATE explained")
        return found


class ExplainedWriting(Explained, Writing):
    """The same of a transaction that writes: a statement is explained as it is run, and what that wrote is undone
    before it is run again."""

    async def execute(self, statement: str, *values: Any) -> int:
        await self._explain(statement, values)
        return await super().execute(statement, *values)

    async def executemany(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        for row in rows[:1]:
            await self._explain(statement, row)
        await super().executemany(statement, rows)

    async def _explain(self, statement: str, values: tuple[Any, ...]) -> None:
        if statement.split()[0] not in _PLANNED:
            return
        undone = self._connection.transaction()
        await undone.start()
        try:
            await super()._explain(statement, values)
        finally:
            await undone.rollback()


class ExplainedDatabase(Database):
    """A database that explains every statement of its tenants' transactions; `plans` has them in order."""

    def __init__(self, url: str, *, generic: bool) -> None:
        super().__init__(url, connections=2)
        self.generic = generic
        self.plans: list[Plan] = []

    @asynccontextmanager
    async def reading(self, tenant: str) -> AsyncIterator[Reading]:
        async with super().reading(tenant) as connection:
            explained = Explained(connection, generic=self.generic)
            explained.plans = self.plans
            yield explained

    @asynccontextmanager
    async def writing(self, tenant: str) -> AsyncIterator[Writing]:
        async with super().writing(tenant) as connection:
            explained = ExplainedWriting(connection, generic=self.generic)
            explained.plans = self.plans
            yield explained


# Tables that grow with the documents, and not with what waits or with what a tenant is.
_LARGE = re.compile(
    r"documents|vectors_|cards|nearest_[0-9a-f]{8}|filter_values|postings|identity_terms|metadata_changes"
)


def assert_by_index(plan: Plan, *, most_rows: int) -> None:
    """No table of documents, or of what is derived of them, is looked through, and of none so many rows are looked at
    by one of the plan's nodes, whether they are kept or not: an index that finds too much is none."""
    for scan in plan.scans:
        if _LARGE.match(scan.table):
            assert scan.kind != "Seq Scan", f"{scan.table} is looked through:\n{plan.shown()}"
            assert scan.rows <= most_rows, f"{scan.rows} rows of {scan.table} are read:\n{plan.shown()}"


_SHOWN = ("Index Cond", "Recheck Cond", "Hash Cond", "Merge Cond", "Join Filter", "Filter", "Rows Removed by Filter")


def _lines(node: dict[str, Any], depth: int) -> Iterator[str]:
    at = " on ".join(str(node[key]) for key in ("Node Type", "Relation Name") if key in node)
    by = f" using {node['Index Name']}" if "Index Name" in node else ""
    yield f"{'  ' * depth}{at}{by}: {node['Actual Rows']:g} rows, {node['Actual Loops']:g} times"
    yield from (f"{'  ' * depth}  {key}: {node[key]}" for key in _SHOWN if key in node)
    for each in node.get("Plans", []):
        yield from _lines(each, depth + 1)


_PLANNED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


def _literal(value: Any, type: str) -> str:
    text = _text(value, type)
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


def _text(value: Any, type: str) -> str | None:
    """A value as PostgreSQL reads it from text; None is NULL."""
    if value is None:
        return None
    if isinstance(value, list):
        texts = [_text(each, type.removesuffix("[]")) for each in value]
        return "{" + ", ".join("NULL" if each is None else _quoted(each) for each in texts) + "}"
    if isinstance(value, bytes):
        return value.decode() if type == "char" else rf"\x{value.hex()}"
    return str(value.to_text() if isinstance(value, HalfVector) else value)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'
