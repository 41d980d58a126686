"""Lists of documents: a page in the order of ids, and how many there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from libs.contracts.identifiers import Kind, is_document_id
from libs.contracts.inner.documents import DocumentSummary, JobPage, JobSummary, Page, ResumePage
from libs.contracts.standing import AskedState
from libs.database.transactions import Reading
from services.matching.answers.cursors import InvalidCursor, cursor_at, list_mark, position_in
from services.matching.answers.documents import (
    JOINED_STANDING,
    SUMMARY_FIELDS,
    VISIBLE,
    given,
    joined_vectors,
    summary,
    vector_counts,
)
from services.matching.answers.masking import HIDDEN_WORDS, masked_summary
from services.matching.index.filters.conditions import Condition, of_state, parse_filters, passing, passing_of
from services.matching.index.found import Numbers
from services.matching.retention import ALL_STAY, Retention
from services.matching.storage.spaces_table import Space

MAX_PAGE = 200
MOST_COUNTED = 10_000
# So few documents with a number are looked up for every page; of more, it is quicker to go along the ids.
_LOOKED_UP = 1_000
_ALL = 10_000_000
# In a plan for any values the planner knows neither how many ids are wanted nor how many numbers are given, and would
# look up or sort all that there are. Settings end with the transaction at the latest.
_ALONG_IDS = "SELECT set_config('enable_sort', 'off', true)"
_ANY_WAY = "SELECT set_config('enable_sort', 'on', true)"


@dataclass(frozen=True, slots=True)
class Listing:
    """Which documents a list has: of a status, updated at a moment or later, that pass filters, jobs of a state, of
    these numbers.

    Filters, state and numbers know indexed documents only: with them, no document is listed that was never indexed.
    `numbers_of` says in the cursor what the numbers were found by.
    """

    tenant: str
    kind: Kind
    status: str | None = None
    updated_since: datetime | None = None
    filters: Mapping[str, Any] | None = None
    state: AskedState | None = None
    numbers: Numbers | None = None
    numbers_of: str = ""

    @property
    def mark(self) -> str:
        """What a cursor carries of the list that it belongs to."""
        parts = [self.tenant, self.kind, self.status or ""]
        if self.updated_since or self.filters or self.numbers_of:
            since = "" if self.updated_since is None else self.updated_since.isoformat()
            filters = msgspec.json.encode(self.filters or {}, order="deterministic").decode()
            parts += [since, filters, self.numbers_of]
        if self.state is not None:
            parts.append(self.state)
        return list_mark(parts)

    @property
    def condition(self) -> Condition | None:
        """What filters and state ask for. Raises InvalidFilter."""
        return of_state(parse_filters(self.filters or {}), self.state)

    @property
    def is_of_all(self) -> bool:
        """Whether neither a status nor a time leaves documents out."""
        return self.status is None and self.updated_since is None

    def values(self, after: str, count: int) -> list[Any]:
        """What every statement is given, as $1 to $5."""
        return [self.tenant, self.kind, [self.status] if self.status else list(VISIBLE), after, count]


async def page(
    connection: Reading,
    listing: Listing,
    *,
    limit: int,
    cursor: str | None,
    space: Space | None,
    retention: Retention = ALL_STAY,
    masked: bool = False,
) -> Page:
    """A page of documents in the order of their ids, without texts; `total` is counted to MOST_COUNTED. `masked`: what
    tells who a person is, is left out of titles and of what a job's sender wrote.

    Raises InvalidCursor, also for a cursor of another list; InvalidFilter.
    """
    after = "" if cursor is None else _after(cursor, listing.mark)
    total, ids = await _total_and_ids(connection, listing, after, limit + 1)
    rows = await _rows(connection, listing, ids[:limit], space, masked=masked)
    shown = [_fields(row, listing, space, retention, masked=masked) for row in rows]
    following = cursor_at(ids[limit - 1], listing.mark) if len(ids) > limit else None
    totals = {"total": total} if total <= MOST_COUNTED else {"total_at_least": MOST_COUNTED}
    if listing.kind == "job":
        return JobPage([JobSummary(**fields) for fields in shown], following, **totals)
    return ResumePage([DocumentSummary(**fields) for fields in shown], following, **totals)


def _fields(row: Any, listing: Listing, space: Space | None, retention: Retention, *, masked: bool) -> dict[str, Any]:
    fields = {**summary(row, space, listing.tenant, retention), **(given(row) if listing.kind == "job" else {})}
    return masked_summary(fields, row["hidden_words"]) if masked else fields


async def _total_and_ids(connection: Reading, listing: Listing, after: str, count: int) -> tuple[int, list[str]]:
    """How many documents the list has, MOST_COUNTED + 1 at most, and the ids of the first ones behind `after`.

    Where they are few they are all looked up, by the index that has them. Where they are many, enough of them lie
    behind any id to be found by going along the ids.
    """
    condition, of = listing.condition, (connection, listing.tenant, listing.kind)
    numbers = listing.numbers
    if condition is not None and numbers is not None:
        numbers = await passing_of(*of, condition, numbers)
    elif condition is not None:
        numbers = await passing(*of, condition, at_most=MOST_COUNTED)
    many_pass = condition is not None and numbers is None
    if listing.is_of_all and (many_pass or (numbers is not None and len(numbers) > _LOOKED_UP)):
        # Of documents with a number none is hidden.
        total, ids = MOST_COUNTED + 1 if numbers is None else min(len(numbers), MOST_COUNTED + 1), list[str]()
    else:
        total, ids = await _counted(connection, listing, numbers, None, after, count)
        if condition is not None and many_pass and total <= MOST_COUNTED:
            return await _counted(connection, listing, None, condition, after, count)
        if condition is not None and many_pass:
            every = await passing(*of, condition, at_most=_ALL)
            total, ids = await _counted(connection, listing, every, None, after, count)
        if total <= MOST_COUNTED:
            return total, ids
    statement, values = _along_ids(listing, None if listing.numbers is None else numbers, condition, after, count)
    await connection.fetchval(_ALONG_IDS)
    rows = await connection.fetch(statement, *values)
    await connection.fetchval(_ANY_WAY)
    return total, [row["id"] for row in rows]


async def _counted(
    connection: Reading, listing: Listing, numbers: Numbers | None, condition: Condition | None, after: str, count: int
) -> tuple[int, list[str]]:
    """How many, one more than MOST_COUNTED at most; and the first ids, right where they are no more than that.

    Of these numbers, or of those that pass a condition, in place of the listing's own.
    """
    values = listing.values(after, count)
    documents, cards, passes = "matching.documents d", "", ""
    if listing.updated_since is not None:
        values.append(listing.updated_since)
        # Whatever else is asked for: by the index on updates, which has all that is needed.
        documents = f"""(SELECT tenant, kind, id, status FROM matching.documents
            WHERE tenant = $1 AND kind = $2 AND updated_at >= ${len(values)} OFFSET 0) d"""
    if numbers is not None or condition is not None:
        cards = "JOIN matching.cards c ON c.tenant = $1 AND c.kind = $2 AND c.id = d.id"
    if numbers is not None:
        values.append(numbers.tolist())
        cards += f" JOIN unnest(${len(values)}::bigint[]) AS found (number) ON found.number = c.number"
    if condition is not None:
        sql, more = condition.sql("c.number", len(values) + 1)
        values += more
        passes = f" AND {sql}"
    row = await connection.fetchrow(
        f"""
        WITH listed AS MATERIALIZED (
            SELECT d.id FROM {documents} {cards}
            WHERE d.tenant = $1 AND d.kind = $2 AND d.status = ANY($3){passes} LIMIT {MOST_COUNTED + 1}
        )
        SELECT (SELECT count(*) FROM listed) AS total,
            ARRAY(SELECT id FROM listed WHERE id > $4 ORDER BY id LIMIT $5::integer) AS ids
        """,
        *values,
    )
    return row["total"], list(row["ids"])


def _along_ids(
    listing: Listing, numbers: Numbers | None, condition: Condition | None, after: str, count: int
) -> tuple[str, list[Any]]:
    """The first ids."""
    values = listing.values(after, count)
    cards, tests = "", ["d.tenant = $1 AND d.kind = $2 AND d.status = ANY($3) AND d.id > $4"]
    if listing.updated_since is not None:
        values.append(listing.updated_since)
        tests.append(f"d.updated_at >= ${len(values)}")
    if numbers is not None or condition is not None:
        # That the card's id lies behind the cursor too must be said: else every page reads the cards from the first on.
        cards = "JOIN matching.cards c ON c.tenant = d.tenant AND c.kind = d.kind AND c.id = d.id AND c.id > $4"
    if numbers is not None:
        values.append(numbers.tolist())
        tests.append(f"c.number = ANY(${len(values)}::bigint[])")
    elif condition is not None:
        sql, more = condition.sql("c.number", len(values) + 1)
        values += more
        tests.append(sql)
    statement = f"""
        SELECT d.id FROM matching.documents d {cards} WHERE {" AND ".join(tests)} ORDER BY d.id LIMIT $5::integer
    """
    return statement, values


async def _rows(
    connection: Reading, listing: Listing, ids: Sequence[str], space: Space | None, *, masked: bool
) -> Sequence[Any]:
    return await connection.fetch(
        f"""
        SELECT {SUMMARY_FIELDS}, d.description, d.requirements, {vector_counts(space)}
            {", " + HIDDEN_WORDS if masked else ""}
        FROM matching.documents d {JOINED_STANDING} {joined_vectors(space)}
        WHERE d.tenant = $1 AND d.kind = $2 AND d.id = ANY($3) ORDER BY d.id
        """,
        listing.tenant,
        listing.kind,
        ids,
    )


def _after(cursor: str, this_list: str) -> str:
    document_id = position_in(cursor, this_list, "kind, status, filters, state and time")
    if not is_document_id(document_id):
        raise InvalidCursor("the cursor is not one that a page gave")
    return document_id
