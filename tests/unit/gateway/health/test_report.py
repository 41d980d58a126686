"""What the gateway says of itself and of the others, and when it refuses writes."""

from __future__ import annotations

import os
from typing import Any

import pytest

from libs.contracts import topics
from libs.contracts.errors import DependencyUnavailable
from libs.contracts.identifiers import DocumentKey
from libs.telemetry.health import Health
from services.gateway.documents.waiting import preferred_wait
from services.gateway.health.report import Readiness
from tests.fakes.keys_in_memory import KeysInMemory
from tests.fakes.matching_app import FakeMatching

pytestmark = pytest.mark.unit


class Part:
    """A part that can be away: stands for the broker, the status reader and matching."""

    def __init__(self, missing: str | None) -> None:
        self.missing = missing

    async def end_offsets(self) -> dict[int, int]:
        return {}

    async def ready(self) -> dict[str, Any]:
        if self.missing:
            raise DependencyUnavailable("matching", self.missing)
        return {}


@pytest.mark.parametrize(
    ("broker", "matching", "ready"),
    [(None, None, True), ("away", None, True), (None, "away", True), ("away", "away", False)],
)
async def test_ready_means_part_of_the_work_can_be_done(broker: str | None, matching: str | None, ready: bool) -> None:
    health = Health("gateway")
    readiness = Readiness(health, Part(broker), Part(broker), Part(matching))  # type: ignore[arg-type]
    assert not health.ready
    await readiness.look()
    assert health.ready is ready
    told = {name for name, part in health.parts.items() if part.status != "ok"}
    assert told == {name for name, missing in (("broker", broker), ("matching", matching)) if missing}


async def test_detailed_names_every_part_with_status_and_latency_whatever_is_away(door: Any) -> None:
    body = (await door.client.get("/api/v1/health/detailed/")).json()
    assert set(body["parts"]) == {"gateway", "broker", "database", "matching", "embedding", "cache"}
    assert body["status"] == "degraded"
    assert (body["parts"]["database"]["status"], body["parts"]["broker"]["status"]) == ("ok", "down")
    for name in ("gateway", "broker", "database", "matching", "embedding"):
        assert body["parts"][name]["latency_ms"] >= 0
    assert (body["parts"]["cache"]["status"], body["parts"]["cache"]["latency_ms"]) == ("unknown", None)
    assert body["parts"]["broker"]["reason"]


async def test_it_counts_the_documents_of_its_callers_tenant_alone(open_door: Any, matching: FakeMatching) -> None:
    matching.index(DocumentKey("acme", "resume", "r1"), "1-1")
    keys = KeysInMemory()
    async with open_door(auth="keys", shortlist_bootstrap_key="a-key-of-the-operator", keys=keys) as door:
        for tenant, count in (("acme", 1), ("bolt", 0)):
            sent = {"authorization": f"Bearer {keys.key_of(tenant)}"}
            body = (await door.client.get("/api/v1/health/detailed", headers=sent)).json()
            assert body["parts"]["database"]["documents"] == {"resume": {"indexed": count}}


async def test_what_impairs_matching_shows_in_the_detailed_health_with_its_reason(
    door: Any, matching: FakeMatching
) -> None:
    async def reported() -> dict[str, Any]:
        return dict((await door.client.get("/api/v1/health/detailed")).json()["parts"]["matching"])

    well = {"status": "ok", "reason": None, "since": "2026-11-01T00:00:00.000Z"}
    matching.parts = {"database": well}
    assert (await reported())["status"] == "ok"
    matching.parts["space"] = {**well, "status": "degraded", "reason": "it is being built: words alone answer"}
    told = await reported()
    assert (told["status"], told["reason"]) == ("degraded", "space: it is being built: words alone answer")
    assert told["latency_ms"] >= 0


async def test_above_the_tryout_brokers_limit_writes_are_refused_and_reads_go_on(open_door: Any) -> None:
    own = {"tryout_stamp": 1_700_000_000_000, "tryout_broker_pid": os.getpid(), "tryout_broker_max_mb": 64}
    async with open_door(**own) as door:
        refused = await door.client.put("/api/v1/resumes/r1", json={"text": "A nurse"})
        assert refused.status_code == 503
        assert refused.headers["retry-after"]
        assert "TRYOUT_BROKER_MAX_MB" in refused.json()["detail"]
        assert not door.publisher.topics[topics.SUBMITTED]
        assert (await door.client.get("/api/v1/resumes/")).status_code == 200


async def test_metrics_name_routes_not_documents(door: Any) -> None:
    await door.client.put("/api/v1/resumes/somebody", json={"text": "A nurse"})
    shown = (await door.client.get("/metrics")).text
    assert 'shortlist_gateway_requests_total{method="PUT",route="/api/v1/resumes/{document_id}",status="202"}' in shown
    assert "somebody" not in shown


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        (None, None),
        ("respond-async", None),
        ("wait=5", 5),
        ("respond-async, wait=10", 10),
        ('Wait = "7" ; x=y', 7),
        ("wait=600", 60),
        ("wait=-1", None),
        ("wait=soon", None),
        ("await=5", None),
    ],
)
def test_prefer_is_read_as_rfc_7240_says(prefer: str | None, seconds: int | None) -> None:
    assert preferred_wait(prefer) == seconds
