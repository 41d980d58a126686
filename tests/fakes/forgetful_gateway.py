"""A gateway in a process of its own over a broker that keeps nothing: prints the address of its bulk of resumes.

Run as `python -m tests.fakes.forgetful_gateway`, until it is terminated.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from unittest.mock import patch

import uvicorn

from libs.messaging.publishing import Outgoing, Published
from libs.running.serving import served
from services.gateway import app as gateway_app
from services.gateway import parts as gateway_parts
from services.gateway.__main__ import listening_of
from services.gateway.clients.broker import Broker
from services.gateway.settings import GatewaySettings
from tests.fakes.in_memory_publisher import FIRST_STAMP

NOWHERE = "http://127.0.0.1:9"


class ForgetfulBroker(Broker):
    """Acknowledges every record, and keeps none."""

    _offset = 0

    async def publish(self, record: Outgoing) -> Published:
        self._offset += 1
        return Published(0, self._offset, FIRST_STAMP, 1)

    async def publish_all(self, records: Sequence[Outgoing]) -> list[Published]:
        return [await self.publish(record) for record in records]


async def main() -> None:
    """Serves until the process ends."""
    settings = GatewaySettings(
        kafka_bootstrap="127.0.0.1:9",
        matching_urls=NOWHERE,
        embedding_urls=NOWHERE,
        auth="open",
        overlay_documents=1_000,
    )
    with (
        patch.object(gateway_parts, "Broker", ForgetfulBroker),
        socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener,
    ):
        listener.bind(("127.0.0.1", 0))
        config = served(gateway_app.create_app(settings), settings, listening_of(settings))
        config.lifespan = "off"
        print(f"http://127.0.0.1:{listener.getsockname()[1]}/api/v1/resumes/bulk", flush=True)
        await uvicorn.Server(config).serve([listener])


if __name__ == "__main__":
    asyncio.run(main())
