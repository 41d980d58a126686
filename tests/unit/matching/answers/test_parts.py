"""What an answer reserves before it reads."""

from __future__ import annotations

import pytest

from services.matching.answers.parts import cost_of_scoring
from services.matching.answers.scored_rows import Size

pytestmark = pytest.mark.unit

LONGEST = Size("j1", text=1_000_000, stored=20_000_000, units=10_000)


def test_the_document_asked_about_is_reserved_for_also_where_nothing_is_compared_with_it() -> None:
    assert cost_of_scoring(LONGEST, [], shown=10) >= LONGEST.stored
    assert cost_of_scoring(None, [], shown=10) == 0
