"""A low recall of the index is told, a single bad search is not."""

from __future__ import annotations

from typing import Any

import pytest
from prometheus_client import REGISTRY

from libs.telemetry.health import Health
from services.matching.index.vectors import recall_probe
from services.matching.index.vectors.recall_probe import RecallProbe

pytestmark = pytest.mark.unit


@pytest.fixture
def health() -> Health:
    return Health("matching")


@pytest.fixture
def probe(health: Health) -> RecallProbe:
    nothing: Any = None
    return RecallProbe(nothing, health)


def test_the_mean_of_the_last_searches_is_shown_and_below_the_alarm_said_with_what_to_do(
    probe: RecallProbe, health: Health
) -> None:
    for _ in range(recall_probe.FEWEST):
        probe.note(0.9)
    assert REGISTRY.get_sample_value("shortlist_nearest_recall") == pytest.approx(0.9)
    part = health.parts["nearest"]
    assert part.status == "degraded"
    assert "90%" in (part.reason or "")
    assert "REINDEX" in (part.reason or "")
    for _ in range(recall_probe.REMEMBERED):
        probe.note(1.0)
    assert health.parts["nearest"].status == "ok"
    assert REGISTRY.get_sample_value("shortlist_nearest_recall") == 1.0


def test_few_searches_are_no_reason_to_worry(probe: RecallProbe, health: Health) -> None:
    for _ in range(recall_probe.FEWEST - 1):
        probe.note(0.0)
    assert health.parts["nearest"].status == "ok"


def test_of_many_searches_offered_at_once_one_is_taken(probe: RecallProbe) -> None:
    nothing: Any = None
    for _ in range(100):
        probe.offer(nothing, "default", "resume", nothing)
    assert probe._taken.qsize() == 1
