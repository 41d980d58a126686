"""The gateway's work, in one place for the HTTP routes: each part is a module of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from litestar.di import NamedDependency

from services.gateway.access.caller import Caller
from services.gateway.access.managing_keys import ManagingKeys
from services.gateway.access.scopes import Scope
from services.gateway.access.tickets import Tickets
from services.gateway.clients.matching import MatchingClient
from services.gateway.documents.changing import Changing
from services.gateway.documents.deleting import Deleting
from services.gateway.documents.ranking import Ranking
from services.gateway.documents.reading import Reading
from services.gateway.documents.score_log import ScoreLog
from services.gateway.documents.submitting import Submitting
from services.gateway.documents.waiting import Waiting
from services.gateway.health.report import Detailed
from services.gateway.idempotency.once import Once
from services.gateway.limits.fair_shares import FairShares
from services.gateway.streaming.following import Following
from services.gateway.webhooks.managing import ManagingWebhooks


@dataclass(frozen=True, slots=True)
class Gateway:
    """What the routes call. `max_chars` is the length of the longest text taken; `bulks` bounds the requests of many
    documents that are taken at once."""

    submitting: Submitting
    changing: Changing
    reading: Reading
    deleting: Deleting
    waiting: Waiting
    ranking: Ranking
    score_log: ScoreLog
    detailed: Detailed
    matching: MatchingClient
    keys: ManagingKeys
    once: Once
    following: Following
    tickets: Tickets
    webhooks: ManagingWebhooks
    max_chars: int
    bulks: FairShares
    blind: Gateway | None = None
    """The same for callers who may not see who a person is; None where this is it."""

    def seen_by(self, caller: Caller | None) -> Gateway:
        """What a caller is shown: without the scope `identify`, nothing of who a person is."""
        is_blind = caller is not None and not caller.may(Scope.IDENTIFY)
        return self.blind if is_blind and self.blind is not None else self


FromWiring: TypeAlias = NamedDependency[Gateway]
"""A route's parameter `gateway`, given by the composition root."""
