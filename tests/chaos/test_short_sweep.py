"""The short form of the sweep: one system for each broker, several harms, nothing lost. `make chaos` does them all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chaos.faults import FAULTS
from tests.chaos.rounds import run_round
from tests.chaos.system import System

pytestmark = pytest.mark.chaos

SEED = 1
# What there is time for within three minutes.
SHORT = (
    "kill -9 embedding",
    "SIGTERM embedding",
    "kafka killed and back",
    "postgres connections cut",
    "poison events",
    "our own code fails on a record",
    "the past comes again",
    "the way to postgres reset in mid-answer",
)


@pytest.fixture(scope="module")
def system(broker_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with System(tmp_path_factory.mktemp("chaos"), embedded=broker_kind == "embedded") as running:
        yield running


@pytest.mark.real_kafka("the embedded broker keeps nothing over its own death")
@pytest.mark.parametrize("fault", SHORT)
def test_nothing_is_lost(system: System, fault: str) -> None:
    found = run_round(system, FAULTS[fault], SEED).verdict
    assert found.problems == [], f"seed {SEED}"
    assert found.submissions > 60


@pytest.mark.tryout_broker("on Kafka the test above does the same and more")
def test_nothing_is_lost_on_the_embedded_broker_while_it_lives(system: System) -> None:
    found = run_round(system, FAULTS["kill -9 matching"], SEED).verdict
    assert found.problems == [], f"seed {SEED}"
    assert found.submissions > 60
