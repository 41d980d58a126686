"""`python -m services.gateway` serves; `python -m services.gateway openapi` prints the API description."""

from __future__ import annotations

import signal
import sys

import msgspec
import uvicorn
from pydantic import ValidationError

from libs.telemetry.logs import configure_logs
from services.gateway.app import create_app
from services.gateway.settings import GatewaySettings

GRACE_SECONDS = 20


def serve() -> int:
    """Serves until SIGTERM or SIGINT; requests on the way are answered first. Returns the exit code."""
    try:
        settings = GatewaySettings()  # type: ignore[call-arg]  # the environment gives them
    except ValidationError as error:
        for fault in error.errors():
            name = ".".join(str(part) for part in fault["loc"]).upper()
            print(f"gateway: {name + ': ' if name else ''}{fault['msg']}", file=sys.stderr)
        return 2
    configure_logs("gateway", settings.log_level)
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(settings),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    for stopping in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal once more when it has shut down; by then the exit is a success.
        signal.signal(stopping, lambda *_: sys.exit(0))
    server.run()
    return 0 if server.started else 1


def openapi() -> str:
    """The API description as it lies in docs/openapi.json."""
    settings = GatewaySettings(
        kafka_bootstrap="localhost:9092",
        matching_urls="http://localhost:8081",
        embedding_urls="http://localhost:8082",
        auth="open",
    )
    schema = create_app(settings).openapi_schema.to_schema()
    return msgspec.json.format(msgspec.json.encode(schema, order="sorted"), indent=2).decode() + "\n"


if __name__ == "__main__":
    if sys.argv[1:] == ["openapi"]:
        sys.stdout.write(openapi())
    else:
        sys.exit(serve())
