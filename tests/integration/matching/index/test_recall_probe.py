"""Recall is measured on searches that were really made."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from pgvector import HalfVector
from prometheus_client import REGISTRY

from libs.telemetry.health import Health
from services.matching.index.found import Found
from services.matching.index.vectors import recall_probe
from services.matching.index.vectors.recall_probe import RecallProbe
from tests.integration.matching.index.conftest import SPACE, Filled

pytestmark = pytest.mark.integration


async def _measured(filled: Filled, probe: RecallProbe, searches: int) -> None:
    """Offers searches until so many were measured."""
    running = asyncio.create_task(probe.run_forever())
    async with asyncio.timeout(60):
        while len(probe._recalls) < searches:
            for query in filled.queries:
                probe.offer(SPACE, "large", "resume", HalfVector(query))
            await asyncio.sleep(0.005)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
def health(monkeypatch: pytest.MonkeyPatch) -> Health:
    monkeypatch.setattr(recall_probe, "LEAST_SECONDS", 0.0)
    monkeypatch.setattr(recall_probe, "PAUSES", 0.0)
    return Health("matching")


async def test_a_good_index_is_shown_as_good(filled: Filled, health: Health) -> None:
    await _measured(filled, RecallProbe(filled.database, health), recall_probe.FEWEST + 2)
    assert (REGISTRY.get_sample_value("shortlist_nearest_recall") or 0.0) >= 0.97
    assert health.parts["nearest"].status == "ok"


async def test_an_index_that_misses_documents_is_told(
    filled: Filled, health: Health, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = recall_probe.nearest

    async def every_second(*asked: object) -> list[Found]:
        return (await whole(*asked))[::2]  # type: ignore[arg-type]

    monkeypatch.setattr(recall_probe, "nearest", every_second)
    await _measured(filled, RecallProbe(filled.database, health), recall_probe.FEWEST + 2)
    assert REGISTRY.get_sample_value("shortlist_nearest_recall") == pytest.approx(0.5, abs=0.05)
    assert health.parts["nearest"].status == "degraded"


async def test_documents_that_are_equally_near_are_as_good_as_each_other() -> None:
    tied = [Found(int(number), 0.5) for number in np.arange(20)]
    assert recall_probe.recall(tied[10:], tied[:10]) == 1.0
    assert recall_probe.recall([Found(1, 0.4)], tied[:10]) == 0.0
    assert recall_probe.recall([], []) == 1.0
