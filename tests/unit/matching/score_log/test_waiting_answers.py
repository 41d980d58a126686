"""Answers wait within a bound of bytes, tenant by tenant in turn, as they were."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from services.matching.score_log.waiting_answers import WaitingAnswers
from tests.fakes.score_logs import shown_answer

pytestmark = pytest.mark.unit

MIB = 1024 * 1024


def test_answers_come_back_as_they_were_first_come_first_written() -> None:
    waiting = WaitingAnswers(most_bytes=MIB)
    answers = [shown_answer("r1", "r2", score=None), shown_answer("r3", job="j2")]
    for each in answers:
        waiting.note(each)
    assert waiting.first(100) == answers
    assert waiting.rows == 3


def test_tenants_take_turns() -> None:
    waiting = WaitingAnswers(most_bytes=MIB)
    for tenant in ("a", "a", "b", "a"):
        waiting.note(shown_answer("r1", tenant=tenant))
    turns = []
    while first := waiting.first(2):
        turns.append([each.tenant for each in first])
        waiting.removed(first)
    assert turns == [["a", "a"], ["b"], ["a"]]
    assert waiting.rows == 0


def test_an_answer_larger_than_a_batch_is_a_batch() -> None:
    waiting = WaitingAnswers(most_bytes=MIB)
    waiting.note(shown_answer(*(f"r{number}" for number in range(1000))))
    waiting.note(shown_answer("r1"))
    assert [len(each.scores) for each in waiting.first(10)] == [1000]


def test_what_waits_takes_no_more_memory_than_it_may() -> None:
    names = [f"resume-{number}" for number in range(100)]
    tracemalloc.start()
    try:
        waiting = WaitingAnswers(most_bytes=2 * MIB)
        while not waiting.lost_rows:
            waiting.note(shown_answer(*names))
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert waiting.rows > 5_000
    assert taken < 2.2 * MIB


def test_an_answer_without_scores_is_nothing_to_log() -> None:
    waiting = WaitingAnswers(most_bytes=MIB)
    waiting.note(shown_answer())
    assert waiting.first(10) == []


def test_a_loss_is_told_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = WaitingAnswers(most_bytes=1)
    assert not waiting.lost_lately(10)
    waiting.note(shown_answer("r1"))
    now = time.monotonic()
    assert waiting.lost_lately(10)
    monkeypatch.setattr(time, "monotonic", lambda: now + 11)
    assert not waiting.lost_lately(10)
