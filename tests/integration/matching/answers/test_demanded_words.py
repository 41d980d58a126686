"""What a query demands and refuses holds for every document that is found, however few they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any as Whatever

import pytest
from msgspec import UNSET

from libs.contracts.revision import Revision
from services.matching.answers import search
from services.matching.answers.candidates import restriction
from services.matching.answers.candidates.pools import Pool
from services.matching.index.words.expression import All, Any, Expression, Not, Term
from services.matching.scoring.terms import terms_of
from services.matching.service import MatchingService
from tests.fakes.documents import vectors_arrived, vectors_event
from tests.fakes.matching_parts import Matching
from tests.fakes.mixed_texts import PHRASES, TRADES, mixed_text

pytestmark = pytest.mark.integration

REVISION = Revision(1000, 1)
DOCUMENTS = 60
TEXTS = {f"r{number}": mixed_text(number) for number in range(DOCUMENTS)}


@dataclass(frozen=True)
class Query:
    """A query, as it was read."""

    plain: str
    required: Expression | None = None
    excluded: Expression | None = None
    phrases: tuple[tuple[str, ...], ...] = ()
    read_as: str = "query"

    @property
    def terms(self) -> tuple[str, ...]:
        return tuple(terms_of(self.plain))

    @property
    def expression(self) -> Expression | None:
        parts = [] if self.required is None else [self.required]
        parts += [] if self.excluded is None else [Not(self.excluded)]
        return None if not parts else parts[0] if len(parts) == 1 else All(tuple(parts))

    def satisfied_by(self, visible_text: str) -> bool:
        return all(" ".join(phrase) in visible_text for phrase in self.phrases)


def term(word: str) -> Term:
    (found,) = terms_of(word)
    return Term(found)


def those(*trades: str) -> set[str]:
    return {id for id, text in TEXTS.items() if text.partition(" ")[0].lower() in trades}


@pytest.fixture
async def service(matching: Matching, monkeypatch: pytest.MonkeyPatch) -> MatchingService:
    events = [vectors_event(f"default/resume/{id}", REVISION, text) for id, text in TEXTS.items()]
    await matching.read(*(vectors_arrived(event) for event in events))
    return MatchingService(matching.database, matching.service._search._embedding, searched=Pool(6, 3))


async def _found(service: MatchingService, monkeypatch: pytest.MonkeyPatch, query: Query, limit: int = 60) -> Whatever:
    monkeypatch.setattr(search, "parsed", lambda _: query)
    return await service.search("default", "as it was asked", "resume", limit)


@pytest.mark.parametrize("most_listed", [0, 100_000], ids=["looked at by row", "listed"])
async def test_only_documents_that_hold_what_is_demanded_are_found_and_as_many_as_there_are(
    service: MatchingService, monkeypatch: pytest.MonkeyPatch, most_listed: int
) -> None:
    monkeypatch.setattr(restriction, "MOST_COMPARED", most_listed)
    monkeypatch.setattr(search, "LEAST_COMPARED", 60)
    nurses = those("nurse")
    assert 3 <= len(nurses) <= 20
    found = await _found(service, monkeypatch, Query("nurse", required=term("nurse")), len(nurses))
    allowed = {result.id for result in found.results}
    assert allowed == nurses if most_listed else allowed <= nurses and len(allowed) >= 6
    either = Query("nurse cook", required=Any((term("nurse"), term("cook"))))
    assert {each.id for each in (await _found(service, monkeypatch, either)).results} <= those("nurse", "cook")
    if most_listed:
        assert (found.total, found.total_at_least) == (len(nurses), UNSET)


async def test_documents_that_hold_what_is_refused_are_not_found_and_the_limit_is_filled(
    service: MatchingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    nurses = those("nurse")
    query = Query("registered nurse", excluded=term("nurse"))
    found = await _found(service, monkeypatch, query, 6)
    assert len(found.results) == 6
    assert not {result.id for result in found.results} & nurses
    assert (found.total, found.total_at_least) == (DOCUMENTS - len(nurses), UNSET)


async def test_a_phrase_that_few_have_is_found_beyond_the_first_candidates(
    service: MatchingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    holding = {id for id, text in TEXTS.items() if f"{TRADES[1].capitalize()} number" in text and PHRASES[4] in text}
    assert 1 <= len(holding) <= 8
    query = Query("Python", phrases=((TRADES[1].capitalize(), "number"), (*PHRASES[4].split(),)))
    found = await _found(service, monkeypatch, query)
    assert {result.id for result in found.results} == holding
    assert (found.total, found.total_at_least) == (UNSET, len(holding))


async def test_the_answer_says_how_the_query_was_read(
    service: MatchingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await _found(service, monkeypatch, Query("nurse", read_as="words"))).read_as == "words"
