"""Builds what webhooks need of a gateway's settings: what callers manage them with, and what delivers them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from libs.database.transactions import TenantDatabase
from libs.telemetry.health import Health
from services.gateway.settings import GatewaySettings
from services.gateway.webhooks.deliveries import Deliveries
from services.gateway.webhooks.event_log import EventLog
from services.gateway.webhooks.managing import ManagingWebhooks, Storage
from services.gateway.webhooks.outgoing.addresses import AddressRules, normal_host
from services.gateway.webhooks.outgoing.connecting import CheckedBackend, Resolve, Resolver
from services.gateway.webhooks.outgoing.sender import Sender
from services.gateway.webhooks.outgoing.targets import UrlRules
from services.gateway.webhooks.part import Webhooks
from services.gateway.webhooks.stored_webhooks import StoredWebhooks
from services.gateway.webhooks.worker import DeliveryWorker

# Beside those of the requests, so that neither waits for the other.
CONNECTIONS = 4
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def managing_webhooks(
    settings: GatewaySettings,
    database: TenantDatabase | None,
    *,
    clock: Clock = utc_now,
    resolve: Resolve | None = None,
) -> ManagingWebhooks:
    """What the routes call, over the connections of the requests."""
    patience = _patience(settings)
    storage = None if database is None else Storage(StoredWebhooks(database), EventLog(database, patience))
    sender = _sender(settings, resolve)
    return ManagingWebhooks(storage, sender, url_rules(settings), patience=patience, clock=clock)


def delivering_webhooks(
    settings: GatewaySettings, health: Health, *, clock: Clock = utc_now, resolve: Resolve | None = None
) -> Webhooks | None:
    """What delivers, over connections of its own; None where this gateway delivers none."""
    if settings.database_url is None or settings.webhooks == "off":
        return None
    database = TenantDatabase(
        settings.database_url, service="gateway", connections=CONNECTIONS, purpose="webhooks", patient=True
    )
    patience, own = _patience(settings), Health("webhooks")
    worker = DeliveryWorker(
        Deliveries(database, per_webhook=settings.webhook_requests_per_endpoint, patience=patience),
        _sender(settings, resolve),
        own,
        at_once=settings.webhook_requests_at_once,
        clock=clock,
    )
    return Webhooks(
        settings,
        health,
        own,
        database=database,
        event_log=EventLog(database, patience),
        worker=worker,
        keep=timedelta(days=settings.webhook_keep_days),
        clock=clock,
    )


def url_rules(settings: GatewaySettings) -> UrlRules:
    """Where webhooks may go."""
    networks, hosts = settings.private_webhook_targets
    addresses = AddressRules(tuple(networks), frozenset(map(normal_host, hosts)))
    return UrlRules(addresses, frozenset(settings.allowed_webhook_ports))


def _sender(settings: GatewaySettings, resolve: Resolve | None) -> Sender:
    rules = url_rules(settings)
    return Sender(rules, CheckedBackend(rules.addresses, resolve or Resolver()), settings.webhook_ca_file)


def _patience(settings: GatewaySettings) -> timedelta:
    return timedelta(hours=settings.webhook_retry_hours)
