"""A dead component is started again for as long as it takes, and not hammered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from libs.contracts.errors import DependencyUnavailable
from libs.localstack.child import StartFault
from libs.localstack.restarting import LONGEST_SECONDS, Restarter
from libs.localstack.stack_component import StackComponent

pytestmark = pytest.mark.unit


class Clock:
    """Goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Stubborn:
    """Starts a component only after some failures; which, is told."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.started = 0

    def __call__(self, component: StackComponent) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.started += 1


def restarter(
    tmp_path: Path, start: Callable[[StackComponent], None]
) -> tuple[Restarter, StackComponent, Clock, list[str]]:
    clock, said = Clock(), []
    return Restarter(start, said.append, clock=clock), StackComponent(tmp_path / "component"), clock, said


def test_a_part_that_does_not_start_at_first_is_tried_again_after_a_pause_and_the_stack_goes_on(tmp_path):
    start = Stubborn(StartFault("the disk is full"), DependencyUnavailable("broker", "no topics"), OSError("no folder"))
    found, component, clock, said = restarter(tmp_path, start)
    for _ in range(3):
        assert found.is_due(component)
        assert not found.restart(component)
        assert not found.is_due(component)
        clock.now += LONGEST_SECONDS
    assert found.restart(component)
    assert start.started == 1
    assert any("the disk is full" in line and "trying again" in line for line in said)


def test_pauses_grow_and_a_success_ends_them(tmp_path):
    start = Stubborn(*[StartFault("no")] * 12)
    found, component, clock, _ = restarter(tmp_path, start)

    def pause() -> float:
        began = clock.now
        while not found.is_due(component):
            clock.now += 0.1
        return clock.now - began

    pauses = []
    for _ in range(12):
        assert not found.restart(component)
        pauses.append(pause())
    assert pauses[0] <= 1.2
    assert LONGEST_SECONDS / 2 <= pauses[-1] <= LONGEST_SECONDS + 0.2
    assert found.restart(component)
    start.faults = [StartFault("no")]
    assert not found.restart(component)
    assert pause() <= 1.2
