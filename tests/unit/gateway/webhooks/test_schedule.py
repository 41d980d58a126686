"""When a delivery is tried again, given up, and a webhook paused: three days within a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.gateway.webhooks.outgoing.sender import Attempt
from services.gateway.webhooks.schedule import Standing, Verdict, judge

pytestmark = pytest.mark.unit

BEGAN = datetime(2026, 12, 1, 9, tzinfo=UTC)
PATIENCE = timedelta(hours=72)
FAILED = Attempt(0.1, 500, "the endpoint answered 500")


def judged(
    attempt: Attempt, *, attempts: int = 1, standing: Standing | None = None, after: float = 0, chance: float = 0.5
) -> Verdict:
    """The verdict, `after` so many seconds."""
    return judge(
        attempt,
        attempts=attempts,
        give_up_at=BEGAN + PATIENCE,
        standing=standing or Standing(0, None),
        now=BEGAN + timedelta(seconds=after),
        patience=PATIENCE,
        chance=lambda: chance,
    )


def test_what_was_delivered_is_done_and_forgives_all_failures() -> None:
    verdict = judged(Attempt(0.1, 204), standing=Standing(7, BEGAN))
    assert (verdict.state, verdict.standing, verdict.paused_for) == ("delivered", Standing(0, None), None)


def test_an_endpoint_that_always_fails_is_tried_for_three_days_then_given_up_and_paused() -> None:
    standing, now, attempts, pauses = Standing(0, None), 0.0, 0, []
    while True:
        attempts += 1
        verdict = judged(FAILED, attempts=attempts, standing=standing, after=now)
        standing = verdict.standing
        if verdict.state == "failed":
            break
        assert verdict.paused_for is None
        pauses.append((verdict.due_at - BEGAN).total_seconds() - now)
        now = (verdict.due_at - BEGAN).total_seconds()
    assert pauses == [5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 72 * 3600 - 185_765]
    assert now == PATIENCE.total_seconds()
    assert attempts == 11
    assert verdict.paused_for is not None
    assert "3 days" in verdict.paused_for
    assert "answered 500" in verdict.paused_for


def test_one_delivery_that_fails_does_not_pause_an_endpoint_that_takes_others() -> None:
    verdict = judged(FAILED, attempts=11, after=PATIENCE.total_seconds())
    assert (verdict.state, verdict.paused_for) == ("failed", None)


def test_what_failed_together_comes_back_apart() -> None:
    first, last = (judged(FAILED, attempts=2, chance=chance).due_at - BEGAN for chance in (0, 1))
    assert (first, last) == (timedelta(seconds=48), timedelta(seconds=72))


def test_gone_pauses_at_once_and_keeps_what_is_pending() -> None:
    verdict = judged(Attempt(0.1, 410, "the endpoint answered 410"))
    assert verdict.state == "pending"
    assert verdict.paused_for is not None
    assert "410" in verdict.paused_for


@pytest.mark.parametrize("status", [429, 503])
def test_an_endpoint_that_asks_to_be_left_alone_is_left_alone_as_a_whole(status: int) -> None:
    verdict = judged(Attempt(0.1, status, "busy", retry_after=600))
    assert verdict.due_at == verdict.not_before == BEGAN + timedelta(seconds=600)


def test_what_it_asks_for_is_followed_for_a_day_at_most_and_never_shortens_the_pause() -> None:
    assert judged(Attempt(0.1, 429, "busy", retry_after=1e8)).due_at == BEGAN + timedelta(hours=24)
    assert judged(Attempt(0.1, 429, "busy", retry_after=0), attempts=3).due_at == BEGAN + timedelta(seconds=300)


def test_failures_make_what_waits_behind_wait_a_minute_at_most() -> None:
    rests = [judged(FAILED, standing=Standing(failures, BEGAN)).not_before for failures in (0, 3, 500)]
    assert [(rest - BEGAN).total_seconds() for rest in rests if rest] == [1, 8, 60]
