"""`python -m services.gateway` serves; `python -m services.gateway openapi` prints the API description."""

from __future__ import annotations

import sys

import msgspec

from libs.running.serving import serve
from services.gateway.app import create_app
from services.gateway.settings import GatewaySettings


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
        sys.exit(serve("gateway", GatewaySettings, create_app))
