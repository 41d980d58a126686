"""What `shortlist up` is told."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

TRYOUT_MAX_MB = 2048


@dataclass(frozen=True, slots=True)
class StackOptions:
    """`port` is the gateway's; parts whose address is given from outside are not started.

    `database_migration_url` belongs to `database_url`: the owner role of the same database. `bootstrap_key` is the
    admin key to take with `auth` keys, in place of one that is made.
    """

    data_dir: Path
    port: int = 8080
    embedding_workers: int = 1
    broker: Literal["embedded", "kafka"] = "embedded"
    auth: Literal["open", "keys"] = "open"
    kafka_bootstrap: str | None = None
    database_url: str | None = None
    database_migration_url: str | None = None
    redis_url: str | None = None
    tryout_max_mb: str = str(TRYOUT_MAX_MB)
    bootstrap_key: str | None = None

    @property
    def on_tryout_broker(self) -> bool:
        """Whether the broker is the embedded one, which keeps nothing."""
        return self.broker == "embedded" and self.kafka_bootstrap is None

    def threads_per_worker(self) -> int:
        """Model threads of one embedding worker, so that all of them share the cores."""
        return max(1, (os.cpu_count() or 1) // self.embedding_workers)
