"""Search texts from end to end: which documents they find, by words as they are stored."""

from __future__ import annotations

import pytest
from httpx import AsyncClient

from libs.contracts.revision import Revision
from services.matching.index.words.card_batch import card_batch
from services.matching.scoring.roles.occupations import occupations
from services.matching.scoring.roles.role_marks import marks_of
from services.matching.scoring.term_hashes import shortened, term_hashes
from services.matching.scoring.terms import terms_of
from tests.fakes.documents import vectors_event
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

TEXTS = {
    "lead": "Team lead\nJava and C++ since 2015",
    "led": "Team of seven, lead by others\nPython, R and statistics",
    "intern": "Intern\nC#, .NET and Node.js\nLead of a student team",
    "rd": "Manager of R&D\nGo and Ｋotlin, 8 years",
    "cjk": "Java开发工程师\n机器学习",
}


@pytest.fixture
async def stored(matching: Matching) -> Matching:
    await matching.index(*(vectors_event(f"default/resume/{id}", Revision(1, 1), text) for id, text in TEXTS.items()))
    return matching


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ('"team lead"', {"lead"}),
        ('"TEAM LEAD," OR "8 years"', {"lead", "rd"}),
        ("java AND C++", {"lead"}),
        ("java OR C#", {"lead", "intern", "cjk"}),
        (".NET AND Node.js", {"intern"}),
        ("R AND statistics", {"led"}),
        ("R OR astronaut", {"led"}),
        ("R&D OR astronaut", {"rd"}),
        ("C OR astronaut", set()),
        ("kotlin AND go", {"rd"}),
        ("学习 OR astronaut", {"cjk"}),
        ("java AND NOT (lead OR intern)", {"cjk"}),
    ],
)
async def test_required_words_decide_who_is_found(
    stored: Matching, client: AsyncClient, query: str, ids: set[str]
) -> None:
    for stored.embedding.away in (False, True):
        answer = (await client.post("/search", json={"query": query, "kind": "resume"})).json()
        assert answer["read_as"] == "query"
        assert {result["id"] for result in answer["results"]} == ids


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("team -lead", {"rd", "cjk"}),
        ('team -"team lead"', {"led", "intern", "rd", "cjk"}),
        ("java NOT (lead OR intern)", {"rd", "cjk"}),
        ("programmer -R", {"lead", "intern", "rd", "cjk"}),
        ("programmer -C# -学习", {"lead", "led", "rd"}),
    ],
)
async def test_of_excluded_words_none_is_found(
    stored: Matching, client: AsyncClient, query: str, ids: set[str]
) -> None:
    answer = (await client.post("/search", json={"query": query, "kind": "resume"})).json()
    assert {result["id"] for result in answer["results"]} == ids


@pytest.mark.parametrize("query", ['"team lead', "java OR", "(java"])
async def test_a_malformed_query_still_ranks_and_says_so(stored: Matching, client: AsyncClient, query: str) -> None:
    answer = (await client.post("/search", json={"query": query, "kind": "resume"})).json()
    assert (answer["read_as"], len(answer["results"])) == ("words", len(TEXTS))


@pytest.mark.parametrize("query", ["%", "?!", " \u200b\u2060", "\u3164", "👩\u200d⚕️", "---"])
async def test_a_query_without_a_letter_or_digit_is_refused(client: AsyncClient, query: str) -> None:
    answer = await client.post("/search", json={"query": query, "kind": "resume"})
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:shortlist:problem:invalid_query")
    assert "letter or a digit" in answer.json()["detail"]


async def test_the_model_sees_the_query_without_operators_and_excluded_words(
    stored: Matching, client: AsyncClient
) -> None:
    stored.embedding.asked.clear()
    await client.post("/search", json={"query": '("team lead" OR manager) java -intern', "kind": "resume"})
    assert stored.embedding.asked == ["team lead manager java"]


@pytest.mark.parametrize("id", TEXTS)
async def test_stored_cards_hold_the_words_that_queries_are_made_of(stored: Matching, id: str) -> None:
    cards = "SELECT number, version, length, terms FROM matching.cards WHERE tenant = 'default' AND id = $1"
    rows = [tuple(row.values()) for row in await stored.rows(cards, id)]
    held = set(card_batch(rows).hashes.tolist())
    # Beside these, the occupations that the text names.
    named = marks_of(occupations().near)
    assert held - set(shortened(term_hashes(named)).tolist()) == set(
        shortened(term_hashes(terms_of(TEXTS[id]))).tolist()
    )
