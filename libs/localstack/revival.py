"""Starting dead parts again: at once, and with backoff for as long as that fails."""

from __future__ import annotations

import time
from collections.abc import Callable

from libs.contracts.errors import DependencyUnavailable
from libs.localstack.child import StartFault
from libs.localstack.stack_component import Part
from libs.resilience.retry import backoff_seconds

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 30.0


class Revival:
    """Gives up on no part: what a person must mend, a full disk say, may take a while. `start` raises StartFault,
    DependencyUnavailable or OSError where it fails.
    """

    def __init__(
        self,
        start: Callable[[Part], None],
        say: Callable[[str], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._start = start
        self._say = say
        self._clock = clock
        self._failures: dict[str, int] = {}
        self._not_before: dict[str, float] = {}

    def is_due(self, part: Part) -> bool:
        """Whether its pause is over."""
        return self._clock() >= self._not_before.get(part.name, 0.0)

    def revive(self, part: Part) -> bool:
        """Starts a dead part again; whether it runs. Where it does not, a pause begins. Blocks until it answers."""
        self._say(f"{part.name} died; starting it again")
        try:
            self._start(part)
        except (StartFault, DependencyUnavailable, OSError) as fault:
            part.kill()  # what has started halfway, and would hold port and folder
            failures = self._failures[part.name] = self._failures.get(part.name, 0) + 1
            pause = backoff_seconds(failures - 1, base=FIRST_SECONDS, cap=LONGEST_SECONDS)
            self._not_before[part.name] = self._clock() + pause
            self._say(f"{part.name} could not be started ({fault}); trying again in {pause:.0f} s")
            return False
        self._failures.pop(part.name, None)
        self._not_before.pop(part.name, None)
        return True
