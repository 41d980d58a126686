"""Every statement of an answer uses its index, as the service role under row level security, among 25,000 documents."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from libs.contracts.identifiers import DocumentKey
from services.matching.answers.cursors import cursor_at
from services.matching.answers.lists import Listing
from services.matching.answers.storage_report.stored import StoredFigures
from services.matching.index.filters.conditions import Condition, parse_filters
from services.matching.index.vectors import nearest
from services.matching.index.vectors.sizes import Sizes
from services.matching.service import MatchingService
from tests.fakes.copied_documents import FIRST_NUMBER, copied
from tests.fakes.documents import SPACE
from tests.fakes.explained_plans import ExplainedDatabase, Plan, assert_by_index
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

JOB, RESUME = DocumentKey("default", "job", "j0"), DocumentKey("default", "resume", "r0")
FEW, SOME, MOST = {"thousand": 3}, {"ten": 3}, {"all": "same"}
LATELY, LONG_AGO = datetime(2026, 1, 14, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
# How many rows of a table a statement may look at: what an answer of a thousand candidates takes, and
# some more that words are exactly counted of.
CANDIDATES = 1_500
# Of those that count, or read all that passes a filter or is of a name: so many as the tenant has of a kind.
ALL_OF_A_KIND = 20_005
# Statements that count, whatever the answer is.
COUNTING = ("AS counted", "GROUP BY kind, status")

Answer = Callable[[MatchingService], Awaitable[Any]]


@asynccontextmanager
async def answering(matching: Matching, generic: bool) -> AsyncIterator[tuple[ExplainedDatabase, MatchingService]]:
    """A service that has been asked nothing yet, over a database that keeps its plans."""
    database = ExplainedDatabase(matching.dsns.matching, generic=generic)
    await database.open()
    yield database, MatchingService(database, matching.service._search._embedding)
    await database.close()


@pytest.fixture(autouse=True)
def no_sizes_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of tenants of the same names in other tests."""
    monkeypatch.setattr(nearest, "_SIZES", Sizes())


def condition(filters: dict[str, Any] | None) -> Condition | None:
    return None if filters is None else parse_filters(filters)


def search(query: str, filters: dict[str, Any] | None = None, kind: Any = "resume") -> Answer:
    return lambda service: service.search("default", query, kind, 10, condition(filters))


def matches(key: DocumentKey, filters: dict[str, Any] | None = None) -> Answer:
    return lambda service: service.matches(key, 10, condition(filters))


def similar(key: DocumentKey, filters: dict[str, Any] | None = None) -> Answer:
    return lambda service: service.similar(key, 10, condition(filters))


def applicants() -> Answer:
    asked = [copied(FIRST_NUMBER + number) for number in range(900)]
    return lambda service: service.applicants(JOB, [*asked, "nobody"])


def listed(**narrowed: Any) -> Answer:
    """The second page of a list, or the only one."""

    async def answer(service: MatchingService) -> Any:
        asked = {"status": None, **narrowed}
        first = await service.page("default", "resume", limit=50, cursor=None, **asked)
        return await service.page("default", "resume", limit=200, cursor=first.next_cursor, **asked)

    return answer


# Answers, how many rows each statement may look at beside those that count.
ANSWERS: list[tuple[Answer, int]] = [
    (lambda service: service.document(RESUME), 1),
    (lambda service: service.document(JOB), 1),
    (lambda service: service.figures("default", {}), 1),
    (lambda service: service.calculate(JOB, RESUME), 1),
    (applicants(), CANDIDATES),
    (search("nurse spanish"), CANDIDATES),
    (search("nurse AND spanish"), CANDIDATES),
    (search("nurse -surgery"), CANDIDATES),
    (search('spanish "wound care"'), 4_001),
    (search("spanish AND surgery"), 4_001),
    (search("nurse spanish", kind="job"), 2_002),
    (search("nurse spanish", FEW), CANDIDATES),
    (search("nurse spanish", SOME), 2_000),
    (search("nurse spanish", MOST), ALL_OF_A_KIND),
    (search("nurse spanish", {**MOST, "ten": {"not": 3}}), ALL_OF_A_KIND),
    (matches(JOB), CANDIDATES),
    (matches(RESUME), 2_002),
    (matches(JOB, FEW), CANDIDATES),
    (matches(JOB, SOME), 2_000),
    (matches(JOB, MOST), ALL_OF_A_KIND),
    (similar(RESUME), CANDIDATES),
    (similar(RESUME, FEW), CANDIDATES),
    (similar(RESUME, SOME), 2_000),
    (similar(JOB), 2_002),
]
# Lists count to 10,000 and read all of a name; their pages are of 200.
LISTS: list[tuple[Answer, int]] = [
    (listed(), ALL_OF_A_KIND),
    (listed(status="indexed"), ALL_OF_A_KIND),
    (listed(status="failed"), CANDIDATES),
    (listed(updated_since=LATELY), 1_286),
    (listed(updated_since=LONG_AGO), ALL_OF_A_KIND),
    (listed(status="failed", updated_since=LATELY), 1_286),
    (listed(filters=FEW), CANDIDATES),
    # Nine of ten are passed by on the way along the ids.
    (listed(filters=SOME), 2_500),
    (listed(filters=MOST), ALL_OF_A_KIND),
    (listed(filters=FEW, status="failed"), CANDIDATES),
    (listed(filters=MOST, status="failed"), ALL_OF_A_KIND),
    (listed(filters=MOST, status="indexed"), ALL_OF_A_KIND),
    (listed(filters=MOST, updated_since=LATELY), ALL_OF_A_KIND),
    (listed(filters=SOME, updated_since=LATELY), ALL_OF_A_KIND),
    (listed(q=f"person{FIRST_NUMBER + 77}"), CANDIDATES),
    # Of two words each may be read whole: which one is rarer, a plan for any words cannot know.
    (listed(q=f"maria person{FIRST_NUMBER + 77}"), ALL_OF_A_KIND),
    (listed(q="maria"), ALL_OF_A_KIND),
    (listed(q="maria", status="failed"), ALL_OF_A_KIND),
    (listed(q="maria", updated_since=LATELY), ALL_OF_A_KIND),
    (listed(q="maria", filters=SOME, status="indexed"), ALL_OF_A_KIND),
]


def check(plans: list[Plan], most: int) -> None:
    assert plans
    for plan in plans:
        counts = any(each in plan.statement for each in COUNTING)
        assert_by_index(plan, most_rows=max(most, 25_000) if counts else most)


async def test_no_statement_of_an_answer_looks_through_a_table(crowded: Matching) -> None:
    for generic in (False, True):
        for answer, most in ANSWERS:
            async with answering(crowded, generic) as (database, service):
                await answer(service)
                check(database.plans, most)


async def test_no_statement_of_a_list_looks_through_a_table(crowded: Matching) -> None:
    for generic in (False, True):
        for answer, most in LISTS:
            async with answering(crowded, generic) as (database, service):
                await answer(service)
                check(database.plans, most)
    for generic in (False, True):
        async with answering(crowded, generic) as (database, _):
            await StoredFigures(database).report("default")
            check(database.plans, ALL_OF_A_KIND)


@pytest.mark.parametrize("narrowed", [{}, {"filters": MOST}, {"q": "maria"}, {"q": "maria", "filters": MOST}])
async def test_a_page_far_behind_reads_no_more_than_the_first(crowded: Matching, narrowed: dict[str, Any]) -> None:
    filters, q = narrowed.get("filters"), narrowed.get("q")
    after = copied(FIRST_NUMBER + 10_000)
    for generic in (False, True):
        async with answering(crowded, generic) as (database, service):
            listing = Listing("default", "resume", filters=filters, numbers_of=q or "")
            cursor = cursor_at(after, listing.mark)
            page = await service.page("default", "resume", limit=100, cursor=cursor, status=None, filters=filters, q=q)
            assert [each.id for each in page.items] == [copied(FIRST_NUMBER + 10_001 + place) for place in range(100)]
            (found,) = [plan for plan in database.plans if "ORDER BY d.id LIMIT" in plan.statement]
            assert_by_index(found, most_rows=CANDIDATES)


async def test_what_is_derived_in_an_older_form_is_read_by_its_key(crowded: Matching) -> None:
    async with crowded.database.writing("default") as connection:
        await connection.execute(
            f"UPDATE matching.vectors_{SPACE} SET reading_version = 0 WHERE tenant = 'default' AND id = 'r0'"
        )
    for generic in (False, True):
        async with answering(crowded, generic) as (database, service):
            await service.calculate(JOB, RESUME)
            assert any("v.window_spans" in plan.statement for plan in database.plans)
            check(database.plans, 1)


@pytest.mark.parametrize(
    "answer", [search("nurse spanish"), search("nurse spanish", MOST), matches(JOB), similar(RESUME)]
)
async def test_of_a_large_tenant_the_nearest_are_found_by_their_index(crowded: Matching, answer: Answer) -> None:
    for generic in (False, True):
        async with answering(crowded, generic) as (database, service):
            await answer(service)
            (found,) = [plan for plan in database.plans if "<=>" in plan.statement]
            used = {index for index in found.indexes if index.startswith(f"nearest_{SPACE}")}
            assert used, found.shown()
            assert all(index.endswith("_document_idx") for index in used), found.shown()
            assert "Sort" not in found.kinds, found.shown()
