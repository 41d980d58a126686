"""The gateway's parts, built and wired, and what of them runs beside the requests; holds no logic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from libs.messaging.publishing import Publisher
from libs.resilience.breaker import CircuitBreaker
from libs.resilience.inner_client import InnerClient
from libs.telemetry.health import Health
from services.gateway.access.entry import Entry
from services.gateway.access.known_keys import KnownKeys
from services.gateway.access.managing_keys import ManagingKeys
from services.gateway.access.stored_keys import StoredKeys
from services.gateway.access.tickets import Tickets
from services.gateway.access.tokens.bearer_tokens import BearerTokens
from services.gateway.access.tokens.claims import ClaimNames
from services.gateway.access.tokens.issuer import Issuer
from services.gateway.bulk.room import BULKS_AT_ONCE
from services.gateway.clients.broker import Broker
from services.gateway.clients.embedding import EmbeddingClient
from services.gateway.clients.matching import MatchingClient
from services.gateway.clients.matching_work import KINDS_OF_WORK, ClientPerWork, Work
from services.gateway.documents.changing import Changing
from services.gateway.documents.deleting import Deleting
from services.gateway.documents.ranking import Ranking
from services.gateway.documents.reading import Reading, StatusSource
from services.gateway.documents.score_log import ScoreLog
from services.gateway.documents.submitting import EventLog, Submitting
from services.gateway.documents.waiting import Waiting
from services.gateway.health.lag import LagWatch
from services.gateway.health.report import Detailed, Readiness
from services.gateway.idempotency.once import Forgetting, Once
from services.gateway.idempotency.stored_requests import StoredRequests
from services.gateway.limits.fair_shares import FairShares
from services.gateway.limits.quota import Quota
from services.gateway.limits.rate_limits import RateLimits
from services.gateway.limits.shared_buckets import SharedBuckets
from services.gateway.service import Gateway
from services.gateway.settings import GatewaySettings
from services.gateway.statuses.overlay import Overlay
from services.gateway.statuses.reader import StatusReader
from services.gateway.storage.database import GatewayDatabase
from services.gateway.streaming.following import Following, Statuses
from services.gateway.streaming.gap import Gaps
from services.gateway.streaming.hub import Hub
from services.gateway.streaming.open_streams import OpenStreams
from services.gateway.webhooks.building import delivering_webhooks, managing_webhooks
from services.gateway.webhooks.managing import ManagingWebhooks


class Running(Protocol):
    """A part that works beside the requests."""

    async def start(self) -> None:
        """Begins; does not wait for what it needs."""

    async def stop(self) -> None:
        """Ends, and closes what it opened."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """What starts and stops with the app: `running` in this order, stopped in reverse; `clients` are closed last.

    `rate_limits`: None where no key has a limit. `streams` are ended as soon as the server stops: it waits for answers
    on their way, and these would never end.
    """

    health: Health
    entry: Entry
    streams: OpenStreams
    rate_limits: RateLimits | None = None
    running: Sequence[Running] = ()
    clients: Sequence[InnerClient] = ()


def wire(
    settings: GatewaySettings,
    *,
    publisher: Publisher,
    check_room: Callable[[], None],
    overlay: Overlay,
    statuses: StatusSource,
    matching: MatchingClient,
    detailed: Detailed,
    keys: ManagingKeys,
    once: Once,
    following: Following,
    tickets: Tickets,
    webhooks: ManagingWebhooks,
) -> Gateway:
    """The gateway's work over the parts it is given, for callers who see who a person is, and for those who do not."""
    event_log = EventLog(publisher, settings.tryout_stamp, check_room)
    outlives = settings.on_tryout_broker
    bulks = FairShares("bulks", BULKS_AT_ONCE)

    def over(matching: MatchingClient, blind: Gateway | None) -> Gateway:
        deleting = Deleting(event_log, overlay, matching, outlives_broker=outlives)
        reading = Reading(overlay, statuses, matching, settings.catch_up_ms / 1000)
        return Gateway(
            submitting=Submitting(event_log, overlay, matching, outlives_broker=outlives),
            changing=Changing(event_log, reading),
            reading=reading,
            deleting=deleting,
            waiting=Waiting(overlay, deleting),
            ranking=Ranking(overlay, reading, matching),
            score_log=ScoreLog(overlay, reading, matching),
            detailed=detailed,
            matching=matching,
            keys=keys,
            once=once,
            following=following,
            tickets=tickets,
            webhooks=webhooks,
            max_chars=settings.ingest_max_chars,
            bulks=bulks,
            blind=blind,
        )

    return over(matching, over(matching.blind, None))


def build(settings: GatewaySettings) -> tuple[Gateway, Lifetime]:
    """The gateway over Kafka and the other services, and what runs beside it; connects to nothing yet."""
    health = Health("gateway")
    database = _database(settings, health)
    stored_keys = None if database is None else StoredKeys(database)
    known_keys = None if stored_keys is None else KnownKeys(stored_keys)
    requests = None if database is None else StoredRequests(database)
    tickets = Tickets(database)
    issuer = None if settings.oidc_issuer is None else Issuer(settings.oidc_issuer, health)
    entry = Entry(
        is_locked=settings.asks_for_keys,
        bootstrap_key=settings.bootstrap_key,
        known=known_keys,
        tokens=_tokens(settings, issuer),
        tickets=tickets,
    )
    broker = Broker(settings)
    overlay = Overlay(settings.overlay_documents)
    hub = Hub()
    statuses = StatusReader(settings, overlay, health, hub)
    following, streams = follow(settings, statuses, hub, entry)
    working = _matching_clients(settings)
    # Health checks have breakers of their own: one that fails must not keep requests from being sent.
    watched = _watching("matching", settings.matching_urls, settings)
    probed = _watching("embedding", settings.embedding_urls, settings)
    matching_health = MatchingClient(watched)
    gateway = wire(
        settings,
        publisher=broker,
        check_room=broker.check_room,
        overlay=overlay,
        statuses=statuses,
        matching=MatchingClient(ClientPerWork(working, answers_at_once=_answers_at_once(settings))),
        detailed=Detailed(settings, health, broker, statuses, matching_health, EmbeddingClient(probed)),
        keys=ManagingKeys(stored_keys, known_keys),
        once=Once(requests),
        following=following,
        tickets=tickets,
        webhooks=managing_webhooks(settings, database),
    )
    readiness = Readiness(health, broker, statuses, matching_health)
    rate_limits = _rate_limits(settings)
    webhooks = delivering_webhooks(settings, health)
    last: tuple[Running, ...] = () if webhooks is None else (webhooks,)
    forgetting = None if requests is None else Forgetting(requests)
    own: list[Running] = [part for part in (database, forgetting, issuer, rate_limits) if part is not None]
    return gateway, Lifetime(
        health,
        entry,
        streams,
        rate_limits,
        (*own, broker, statuses, streams, readiness, LagWatch(settings), *last),
        (*working.values(), watched, probed),
    )


def follow(settings: GatewaySettings, statuses: Statuses, hub: Hub, entry: Entry) -> tuple[Following, OpenStreams]:
    """What follows the statuses that the hub is told of, and the streams that are open over it."""
    streams = OpenStreams(entry, at_once=settings.event_streams_at_once, per_tenant=settings.event_streams_per_tenant)
    gaps = Gaps(settings, settings.event_gaps_at_once)
    return Following(statuses, hub, gaps, streams, heartbeat_seconds=settings.event_heartbeat_seconds), streams


def _database(settings: GatewaySettings, health: Health) -> GatewayDatabase | None:
    if settings.database_url is None:
        return None
    return GatewayDatabase(
        settings.database_url, settings.database_migration_url, health, connections=settings.database_connections
    )


def _tokens(settings: GatewaySettings, issuer: Issuer | None) -> BearerTokens | None:
    if issuer is None or settings.oidc_audience is None:
        return None
    names = ClaimNames(
        settings.oidc_tenant_claim,
        settings.oidc_scopes_claim,
        settings.oidc_actor_claim,
        scope_prefix=settings.oidc_scope_prefix,
    )
    return BearerTokens(issuer, settings.oidc_audience, names)


def _rate_limits(settings: GatewaySettings) -> RateLimits | None:
    if not settings.rate_limit_per_second or not settings.asks_for_keys:
        return None
    quota = Quota(settings.rate_limit_per_second, settings.rate_limit_burst)
    return RateLimits(quota, None if settings.redis_url is None else SharedBuckets(settings.redis_url, quota))


def _matching_clients(settings: GatewaySettings) -> dict[Work, InnerClient]:
    """One client for each kind of matching's work."""

    def client_for(work: Work) -> InnerClient:
        breaker = CircuitBreaker(f"matching-{work}", reset_seconds=2.0)
        return InnerClient(
            "matching",
            settings.matching_urls,
            token=settings.inner_token,
            breaker=breaker,
            timeout_seconds=settings.inner_timeout_seconds,
        )

    return {work: client_for(work) for work in KINDS_OF_WORK}


def _answers_at_once(settings: GatewaySettings) -> int:
    """At most half of what the gateway works on, so that the other half stays for reads and writes."""
    return min(settings.answers_at_once, settings.requests_at_once // 2)


def _watching(part: str, urls: str, settings: GatewaySettings) -> InnerClient:
    breaker = CircuitBreaker(f"{part}-health", fail_max=3, reset_seconds=1.0)
    return InnerClient(part, urls, token=settings.inner_token, breaker=breaker)
