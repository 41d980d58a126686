"""An answer is of one moment: what is erased while it is worked on is in it whole, or not at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from libs.contracts.revision import Revision
from libs.database.transactions import Reading
from services.matching.service import MatchingService
from tests.fakes.documents import key_of, vectors_event
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

JOB, RESUME = key_of("default/job/ward"), key_of("default/resume/nurse")
TEXT = "Registered nurse for intensive care\nYou must have experience in ventilation\nDocumentation in English"
MOST_STATEMENTS = 20

ANSWERS: dict[str, Callable[[MatchingService], Awaitable[Any]]] = {
    "document": lambda service: service.document(RESUME),
    "page": lambda service: service.page("default", "resume", limit=5, cursor=None, status=None),
    "calculate": lambda service: service.calculate(JOB, RESUME),
    "matches of the job": lambda service: service.matches(JOB, 5),
    "matches of the erased": lambda service: service.matches(RESUME, 5),
    "search": lambda service: service.search("default", "registered nurse", "resume", 5),
}


@pytest.mark.parametrize("asked", ANSWERS)
async def test_an_erasure_between_any_two_statements_of_an_answer_does_not_show_in_it(
    matching: Matching, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    await matching.index(vectors_event(str(JOB), Revision(1000, 1), TEXT))
    interruptions = 0
    for number in range(MOST_STATEMENTS):
        await matching.index(vectors_event(str(RESUME), Revision(2000 + number, 1), TEXT))
        before = _without_times(await ANSWERS[asked](matching.service))
        with monkeypatch.context() as patch:
            erased = _erase_before_statement(number, matching, Revision(2000 + number, 2), patch)
            answer = _without_times(await ANSWERS[asked](matching.service))
        assert answer == before
        if not erased:
            break
        interruptions += 1
    assert interruptions >= 2
    assert interruptions < MOST_STATEMENTS


def _erase_before_statement(
    number: int, matching: Matching, revision: Revision, patch: pytest.MonkeyPatch
) -> list[Revision]:
    """Erases the resume before the statement of that number; what is returned is filled when that happened."""
    erased: list[Revision] = []
    seen = 0
    for name in ("fetch", "fetchrow", "fetchval"):
        plain = getattr(Reading, name)

        async def interrupted(self: Reading, *values: Any, plain: Any = plain) -> Any:
            nonlocal seen
            if type(self) is Reading:
                seen += 1
                if seen == number + 1:
                    erased.append(revision)
                    await matching.writer.erase(RESUME, revision)
            return await plain(self, *values)

        patch.setattr(Reading, name, interrupted)
    return erased


def _without_times(answer: Any) -> Any:
    """The answer without the revision and the moments that another sending of the same text changes."""
    if isinstance(answer, dict):
        changing = {"revision", "indexed_revision", "created_at", "updated_at", "indexed_at"}
        return {name: _without_times(value) for name, value in answer.items() if name not in changing}
    return [_without_times(each) for each in answer] if isinstance(answer, list) else answer
