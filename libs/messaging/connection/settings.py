"""How a service reaches Kafka."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from libs.messaging.connection.security import KafkaSecuritySettings


class KafkaSettings(KafkaSecuritySettings):
    """Read from the environment; field names in upper case are the variables."""

    kafka_bootstrap: str = Field(min_length=3, description="host:port of one or more brokers, comma-separated")
    tryout_stamp: int | None = Field(
        default=None, ge=1, description="ms; the stamp of all revisions on a broker that does not stamp records"
    )
    tryout_broker_pid: int | None = Field(
        default=None, description="the embedded broker's process number, to measure its memory"
    )
    tryout_broker_max_mb: int = Field(
        default=2048, ge=64, description="MiB of the embedded broker's memory above which writes are refused"
    )
    tryout_notes_dir: Path | None = Field(
        default=None,
        description="a folder for the notes of records in progress, which must outlive the process; the embedded "
        "broker cannot keep them",
    )
    topic_partitions: int = Field(default=12, ge=1, le=1000, description="partitions of topics that are made")
    topic_replication: int = Field(
        default=0, ge=0, description="replicas of topics that are made; 0: as many as there are brokers, at most 3"
    )

    @property
    def on_tryout_broker(self) -> bool:
        """Whether the broker is the embedded one, which neither stamps nor keeps anything."""
        return self.tryout_stamp is not None

    def connection_options(self) -> dict[str, Any]:
        """The arguments of every client, aiokafka's or FastStream's, beside its security."""
        return {"bootstrap_servers": self.kafka_bootstrap, "request_timeout_ms": 15_000, "metadata_max_age_ms": 15_000}

    def client_options(self) -> dict[str, Any]:
        """The arguments of every aiokafka client, security included."""
        return {**self.connection_options(), **self.security_options()}
