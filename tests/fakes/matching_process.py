"""matching as its own process."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import httpx

from libs.localstack.ports import free_port
from tests.both_brokers import Broker, environment_of

SECONDS = 60.0
TENANT = {"Shortlist-Tenant": "default"}


class MatchingProcess:
    """One matching process."""

    def __init__(self, process: asyncio.subprocess.Process, url: str, log: Path) -> None:
        self.process = process
        self.url = url
        self.log = log

    @classmethod
    async def start(
        cls, broker: Broker, database_url: str, owner_url: str, log: Path, **settings: str
    ) -> MatchingProcess:
        """Starts it; `settings` are further variables of its environment."""
        port = free_port()
        env = {
            **os.environ,
            "PORT": str(port),
            **environment_of(broker),
            "DATABASE_URL": database_url,
            "DATABASE_MIGRATION_URL": owner_url,
            "EMBEDDING_URLS": "http://127.0.0.1:9",
            **settings,
        }
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "services.matching", env=env, stderr=output, stdout=output
            )
        return cls(process, f"http://127.0.0.1:{port}", log)

    async def answer(self, path: str, wanted: Any) -> Any:
        """The first answer that `wanted` (a function of the response) accepts; never coming fails the test."""
        async with asyncio.timeout(SECONDS), httpx.AsyncClient(headers=TENANT) as client:
            while True:
                assert self.process.returncode is None, self.log.read_text()
                try:
                    answer = await client.get(self.url + path)
                    if wanted(answer):
                        return answer
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.05)

    def peak_memory(self) -> int:
        """Bytes: the most memory that the process ever had resident."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024

    async def stop(self) -> int:
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await self.ended()

    async def ended(self) -> int:
        try:
            return await asyncio.wait_for(self.process.wait(), SECONDS)
        except TimeoutError:
            self.process.kill()
            raise
