"""Starts dead components of the stack again: at once, and with backoff for as long as that fails."""

from __future__ import annotations

import time
from collections.abc import Callable

from libs.contracts.errors import DependencyUnavailable
from libs.localstack.child import StartFault
from libs.localstack.stack_component import StackComponent
from libs.resilience.retry import backoff_seconds

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 30.0


class Restarter:
    """Tries each dead component for as long as it takes: a person may have to mend something first, a full disk say.

    `start` raises StartFault, DependencyUnavailable or OSError where it fails. `say` gets a sentence at each try.
    """

    def __init__(
        self,
        start: Callable[[StackComponent], None],
        say: Callable[[str], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._start = start
        self._say = say
        self._clock = clock
        self._failures: dict[str, int] = {}
        self._not_before: dict[str, float] = {}

    def is_due(self, component: StackComponent) -> bool:
        """Whether its pause is over."""
        return self._clock() >= self._not_before.get(component.name, 0.0)

    def restart(self, component: StackComponent) -> bool:
        """Starts a dead component and blocks until it answers; whether it runs. Where it does not, a pause begins."""
        self._say(f"{component.name} died; starting it again")
        try:
            self._start(component)
        except (StartFault, DependencyUnavailable, OSError) as fault:
            component.kill()  # what has started halfway, and would hold port and folder
            failures = self._failures[component.name] = self._failures.get(component.name, 0) + 1
            pause = backoff_seconds(failures - 1, base=FIRST_SECONDS, cap=LONGEST_SECONDS)
            self._not_before[component.name] = self._clock() + pause
            self._say(f"{component.name} could not be started ({fault}); trying again in {pause:.0f} s")
            return False
        self._failures.pop(component.name, None)
        self._not_before.pop(component.name, None)
        return True
