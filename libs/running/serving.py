"""Serving a service's HTTP application until a signal ends it: the same for all services."""

from __future__ import annotations

import faulthandler
import signal
import sys
from collections.abc import Callable
from typing import Literal, Protocol, TypeVar

import uvicorn
from litestar import Litestar
from pydantic import ValidationError

from libs.running.garbage import settle
from libs.running.http_protocol import protocol_of
from libs.running.listening import Listening
from libs.telemetry.logs import configure_logs
from libs.telemetry.settings_errors import sentences
from libs.telemetry.tracing import ImpossibleTracing, set_up_tracing, shut_down_tracing

GRACE_SECONDS = 20
IMPOSSIBLE_SETTINGS = 2


class ServiceSettings(Protocol):
    """What serving needs of a service's settings."""

    host: str
    port: int
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"]


Settings = TypeVar("Settings", bound=ServiceSettings)


def _inner(settings: ServiceSettings) -> Listening:
    return Listening()


def serve(
    service: str,
    read_settings: Callable[..., Settings],
    create_app: Callable[[Settings], Litestar],
    listening_of: Callable[[Settings], Listening] = _inner,
) -> int:
    """Serves until SIGTERM or SIGINT; requests on the way are answered first. Blocks. Returns the exit code.

    An app that cannot go on sets its `state.exit_code` and raises SIGTERM. Impossible settings are told on
    standard error, a sentence each.
    """
    try:
        settings = read_settings()
        set_up_tracing(service)
    except (ValidationError, ImpossibleTracing) as error:
        for sentence in sentences(error) if isinstance(error, ValidationError) else [str(error)]:
            print(f"{service}: {sentence}", file=sys.stderr)
        return IMPOSSIBLE_SETTINGS
    configure_logs(service, settings.log_level)
    # A crash in a library's native code would otherwise leave no more than its signal's number.
    faulthandler.enable()
    app = create_app(settings)
    # Of the gateway that is all; other services load more behind the port, and settle again.
    settle()
    server = uvicorn.Server(served(app, settings, listening_of(settings)))
    for stopping in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal once more when it has shut down; by then the exit is decided.
        signal.signal(stopping, lambda *_: sys.exit(exit_code(app)))
    try:
        server.run()
    finally:
        shut_down_tracing()
    return exit_code(app) if server.started else 1


def served(app: Litestar, settings: ServiceSettings, listening: Listening) -> uvicorn.Config:
    """How uvicorn serves the application."""
    certificate, key = listening.certificate or (None, None)
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        http=protocol_of(listening),
        ws="none",
        timeout_keep_alive=listening.keep_alive_seconds,
        timeout_graceful_shutdown=GRACE_SECONDS,
        # Else uvicorn believes whoever comes from 127.0.0.1, or what its own variable says.
        proxy_headers=bool(listening.believed_proxies),
        forwarded_allow_ips=listening.believed_proxies,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )


def exit_code(app: Litestar) -> int:
    """What the process should end with: 0 unless the app said otherwise."""
    return int(app.state.get("exit_code", 0))
