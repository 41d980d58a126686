"""The gateway's work, in one place for the HTTP routes: each part is a module of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from litestar.di import NamedDependency

from services.gateway.deleting import Deleting
from services.gateway.health import Detailed
from services.gateway.matching_client import MatchingClient
from services.gateway.ranking import Ranking
from services.gateway.reading import Reading
from services.gateway.submitting import Submitting
from services.gateway.waiting import Waiting


@dataclass(frozen=True, slots=True)
class Gateway:
    """What the routes call. `max_chars` is the length of the longest text taken."""

    submitting: Submitting
    reading: Reading
    deleting: Deleting
    waiting: Waiting
    ranking: Ranking
    detailed: Detailed
    matching: MatchingClient
    max_chars: int


FromWiring: TypeAlias = NamedDependency[Gateway]
"""A route's parameter `gateway`, given by the composition root."""
