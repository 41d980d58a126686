"""Closed jobs are read, listed and scored as all others, and left out of rankings unless they are asked for."""

from __future__ import annotations

import pytest

from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.standing import AskedState
from services.matching.index.filters.conditions import parse_filters
from tests.fakes.documents import changed, key_of, vectors_event
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

RESUME, OPEN, CLOSED, ASKED = (
    DocumentKey("default", kind, id)
    for kind, id in (("resume", "r1"), ("job", "open"), ("job", "closed"), ("job", "asked"))
)
WORDS = "Registered nurse for intensive care\nSix years of experience"


@pytest.fixture
async def stored(matching: Matching) -> Matching:
    await matching.index(
        vectors_event(str(RESUME), Revision(1, 1), WORDS),
        vectors_event(str(OPEN), Revision(1, 1), WORDS),
        vectors_event(str(CLOSED), Revision(1, 1), WORDS, state="closed", metadata={"city": "Bern"}),
        vectors_event(str(ASKED), Revision(1, 1), WORDS),
    )
    return matching


async def ranked(
    matching: Matching, state: AskedState | None, filters: dict[str, object] | None = None
) -> list[set[str]]:
    """The jobs in matches, among those like one, and in a search."""
    condition = parse_filters(filters or {})
    matches = await matching.service.matches(RESUME, 10, condition, state=state)
    similar = await matching.service.similar(ASKED, 10, condition, state=state)
    search = await matching.service.search("default", "intensive care nurse", "job", 10, condition, state=state)
    return [{each.id for each in found.results} - {"asked"} for found in (matches, similar, search)]


@pytest.mark.parametrize(
    ("state", "filters", "expected"),
    [
        (None, None, {"open"}),
        ("open", None, {"open"}),
        ("closed", None, {"closed"}),
        ("any", None, {"open", "closed"}),
        (None, {"@state": "closed"}, {"closed"}),
        (None, {"@state": ["open", "closed"]}, {"open", "closed"}),
        (None, {"@state": {"not": "open"}}, {"closed"}),
        (None, {"city": "Bern"}, set()),
        ("any", {"city": "Bern"}, {"closed"}),
        ("open", {"@state": "closed"}, set()),
    ],
)
async def test_rankings_have_open_jobs_unless_others_are_asked_for(
    stored: Matching, state: AskedState | None, filters: dict[str, object] | None, expected: set[str]
) -> None:
    assert await ranked(stored, state, filters) == [expected] * 3


async def test_a_closed_job_has_matches_and_scores_of_its_own(stored: Matching) -> None:
    assert [each.id for each in (await stored.service.matches(CLOSED, 10)).results] == ["r1"]
    assert (await stored.service.calculate(CLOSED, RESUME)).score is not None
    assert [each.id for each in (await stored.service.similar(CLOSED, 10)).results] == ["asked", "open"]
    document = await stored.service.document(CLOSED)
    assert document is not None
    assert document.status == "indexed"


async def test_a_change_counts_at_once_in_rankings_and_lists(stored: Matching) -> None:
    await stored.read(
        changed(str(OPEN), Revision(1, 2), state="closed"), changed(str(CLOSED), Revision(1, 2), state=None)
    )
    assert await ranked(stored, None) == [{"closed"}] * 3
    assert await listed(stored, "closed") == ["open"]


async def listed(matching: Matching, state: AskedState | None) -> list[str]:
    page = await matching.service.page("default", "job", limit=10, cursor=None, status=None, state=state)
    return [each.id for each in page.items]


@pytest.mark.parametrize(
    ("state", "expected"),
    [(None, ["asked", "closed", "open"]), ("any", ["asked", "closed", "open"]), ("open", ["asked", "open"]),
     ("closed", ["closed"])],
)  # fmt: skip
async def test_lists_have_all_unless_a_state_is_asked_for(
    stored: Matching, state: AskedState | None, expected: list[str]
) -> None:
    assert await listed(stored, state) == expected


async def test_a_cursor_goes_with_the_state_it_was_given_for(stored: Matching) -> None:
    page = await stored.service.page("default", "job", limit=1, cursor=None, status=None, state="open")
    rest = await stored.service.page("default", "job", limit=5, cursor=page.next_cursor, status=None, state="open")
    assert [each.id for each in (*page.items, *rest.items)] == ["asked", "open"]
    with pytest.raises(ValueError, match="cursor"):
        await stored.service.page("default", "job", limit=5, cursor=page.next_cursor, status=None)


async def test_resumes_have_no_state_that_a_filter_could_ask_for(stored: Matching) -> None:
    found = await stored.service.search("default", "nurse", "resume", 10, parse_filters({"@state": {"exists": True}}))
    assert found.results == []
    found = await stored.service.search("default", "nurse", "resume", 10)
    assert [each.id for each in found.results] == ["r1"]


async def test_metadata_of_that_name_are_no_state(matching: Matching) -> None:
    await matching.index(vectors_event(str(OPEN), Revision(1, 1), WORDS, metadata={"@state": "closed", "state": "CA"}))
    document = await matching.service.document(key_of(str(OPEN)))
    assert document is not None
    assert document.metadata == {"@state": "closed", "state": "CA"}
    assert await listed(matching, "open") == ["open"]
    found = await matching.service.search("default", "nurse", "job", 10, parse_filters({"state": "CA"}))
    assert [each.id for each in found.results] == ["open"]
