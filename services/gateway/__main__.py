"""`python -m services.gateway` serves; with `openapi` it prints the API description, with `migrate` it brings the
database's schema up to date as the owner role and ends, so that what serves needs no such right."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable

import msgspec
from pydantic import ValidationError

from libs.contracts.errors import DependencyUnavailable
from libs.resilience.retry import backoff_seconds
from libs.running.listening import Listening
from libs.running.serving import IMPOSSIBLE_SETTINGS, serve
from libs.telemetry.settings_errors import sentences
from services.gateway.api.published import published
from services.gateway.app import create_app
from services.gateway.settings import GatewaySettings, SchemaSettings
from services.gateway.storage.database import migrate as apply_migrations


def openapi() -> str:
    """The API description as it lies in docs/openapi.json."""
    settings = GatewaySettings(
        kafka_bootstrap="localhost:9092",
        matching_urls="http://localhost:8081",
        embedding_urls="http://localhost:8082",
        auth="open",
    )
    schema = published(create_app(settings))
    return msgspec.json.format(msgspec.json.encode(schema, order="sorted"), indent=2).decode() + "\n"


def migrate() -> int:
    """Waits for the database, applies what is missing, says what. The exit code."""
    read: Callable[..., SchemaSettings] = SchemaSettings
    try:
        settings = read()
    except ValidationError as error:
        for sentence in sentences(error):
            print(f"gateway: {sentence}", file=sys.stderr)
        return IMPOSSIBLE_SETTINGS
    attempt = 0
    while True:
        try:
            done = asyncio.run(apply_migrations(settings.owner_url, settings.database_url))
        except DependencyUnavailable as fault:
            print(f"gateway: waiting for the database: {fault}", file=sys.stderr, flush=True)
            time.sleep(backoff_seconds(attempt, cap=5.0))
            attempt += 1
        else:
            print(f"gateway: applied {', '.join(done) or 'nothing, it is up to date'}")
            return 0


def listening_of(settings: GatewaySettings) -> Listening:
    """How the gateway listens."""
    certificate, key = settings.tls_cert_file, settings.tls_key_file
    return Listening(
        head_seconds=settings.head_seconds,
        keep_alive_seconds=settings.keep_alive_seconds,
        connections=settings.connections_at_once,
        believed_proxies=settings.forwarded_allow_ips,
        certificate=None if certificate is None or key is None else (certificate, key),
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["openapi"]:
        sys.stdout.write(openapi())
    elif sys.argv[1:] == ["migrate"]:
        sys.exit(migrate())
    else:
        sys.exit(serve("gateway", GatewaySettings, create_app, listening_of))
