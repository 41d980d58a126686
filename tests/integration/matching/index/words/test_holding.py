"""Boolean expressions hold exactly, over packed, waiting and replaced documents."""

from __future__ import annotations

import random

import pytest

from services.matching.index.words import holding
from services.matching.index.words.expression import All, Any, Expression, Not, Term
from tests.integration.matching.index.words.conftest import Words

pytestmark = pytest.mark.integration

TERMS = ["java", "cobol", "tax", "weld", "audit"]


def _holds(wanted: Expression, terms: set[str]) -> bool:
    match wanted:
        case Term(term):
            return term in terms
        case All(parts):
            return all(_holds(part, terms) for part in parts)
        case Any(parts):
            return any(_holds(part, terms) for part in parts)
        case Not(part):
            return not _holds(part, terms)


def _expression(chosen: random.Random, depth: int = 3) -> Expression:
    if depth == 0 or chosen.random() < 0.2:
        return Term(chosen.choice([*TERMS, "nowhere"]))
    parts = tuple(_expression(chosen, depth - 1) for _ in range(chosen.randint(0, 3)))
    return chosen.choice([All(parts), Any(parts), Not(_expression(chosen, depth - 1))])


@pytest.mark.parametrize("one_by_one", [1000, 0])
async def test_any_expression_holds_for_exactly_the_documents_it_says(
    words: Words, monkeypatch: pytest.MonkeyPatch, one_by_one: int
) -> None:
    monkeypatch.setattr(holding, "_ASKED_ONE_BY_ONE", one_by_one)
    chosen = random.Random(3)
    texts: dict[str, set[str]] = {}
    for round_ in range(4):
        new = {
            f"r{place}": set(chosen.sample(TERMS, chosen.randint(0, 4)))
            for place in range(10 * round_, 10 * round_ + 20)
        }
        texts |= new  # Half of them replace those of the round before.
        await words.write({document: " ".join(sorted(terms)) for document, terms in new.items()})
        if round_ < 3:
            await words.pack()
    for _ in range(60):
        wanted = _expression(chosen)
        expected = {document for document, terms in texts.items() if _holds(wanted, terms)}
        assert await words.holding(wanted) == expected, wanted
