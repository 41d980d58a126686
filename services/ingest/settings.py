"""What ingest is told from outside."""

from __future__ import annotations

import os
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.contracts.documents import MAX_TEXT_CHARS
from libs.messaging.connection.settings import KafkaSettings
from libs.running.inner_access import InnerServiceSettings

# What the consumer group grants a batch, in seconds, less time to publish it.
BATCH_SECONDS = 540
# A text and a job's fields as given, at 4 bytes a character, and the vectors of both must fit into the
# 16 MiB that a record may have.
HIGHEST_MAX_CHARS = 500_000


class ParsingSettings(BaseSettings):
    """The limits of parsing. Read from the environment; field names in upper case are the variables."""

    model_config = SettingsConfigDict(extra="ignore")

    ingest_max_chars: int = Field(
        default=MAX_TEXT_CHARS, ge=1, le=HIGHEST_MAX_CHARS, description="characters of the longest text taken"
    )
    ingest_parsers: int = Field(
        default=max(2, min(4, os.cpu_count() or 2)), ge=1, le=64, description="parser processes kept ready"
    )
    ingest_parser_memory_mb: int = Field(
        default=1024, ge=512, le=65_536, description="MiB of address space of a parser process"
    )
    ingest_parser_cpu_seconds: int = Field(
        default=20, ge=1, le=300, description="CPU seconds that a parser may take for one document"
    )
    ingest_parser_wall_seconds: float = Field(
        default=30.0, ge=1, le=300, description="seconds that a parser may take for one document"
    )
    ingest_parser_documents: int = Field(
        default=500, ge=1, description="documents after which a parser process is replaced by a new one"
    )


class IngestSettings(InnerServiceSettings, KafkaSettings, ParsingSettings):
    """All that the service is told."""

    port: int = Field(default=8080, ge=0, le=65535, description="the port to listen on; 0 takes a free one")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="the lowest level that is logged"
    )
    ingest_batch_records: int = Field(default=32, ge=1, le=500, description="records worked on together, at most")

    @model_validator(mode="after")
    def _batches_end_in_time(self) -> Self:
        worst = self.ingest_batch_records * self.ingest_parser_wall_seconds / self.ingest_parsers
        if worst > BATCH_SECONDS:
            raise ValueError(
                f"a batch could take {worst:.0f} s, but the consumer group grants {BATCH_SECONDS} s: lower "
                "INGEST_BATCH_RECORDS or INGEST_PARSER_WALL_SECONDS, or raise INGEST_PARSERS"
            )
        return self
