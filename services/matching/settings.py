"""What matching is told from outside."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from libs.messaging.connection.settings import KafkaSettings
from libs.running.inner_access import InnerServiceSettings
from services.matching.retention import Retention, read_days


class MatchingSettings(InnerServiceSettings, KafkaSettings):
    """Read from the environment; field names in upper case are the variables."""

    port: int = Field(default=8080, ge=0, le=65535, description="the port to listen on")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="the lowest level that is logged"
    )
    database_url: str = Field(min_length=8, description="PostgreSQL, as the service role")
    database_migration_url: str | None = Field(
        default=None, description="PostgreSQL, as the owner role of the tables; unset: DATABASE_URL"
    )
    database_read_urls: str | None = Field(
        default=None,
        description="replicas of PostgreSQL, comma-separated, as the service role: searches, matches, scores and lists "
        "are read from them, but for tenants of whose last erasure they do not know yet; unset: from DATABASE_URL",
    )
    database_read_urls_file: Path | None = Field(
        default=None, description="a file that holds them; counts where DATABASE_READ_URLS is unset"
    )
    database_connections: int = Field(
        default=24,
        ge=5,
        le=100,
        description="connections to PostgreSQL at most: nearly half of them for scores, matches and searches, of which "
        "as many are worked on at a time, a sixth each for what comes from Kafka and for what runs in the background, "
        "one for the upkeep of the word index, the rest for what callers read and write",
    )
    embedding_urls: str = Field(min_length=8, description="addresses of embedding, comma-separated")
    ingest_urls: str | None = Field(
        default=None,
        description="addresses of ingest, comma-separated, asked for the structure of stored texts where a newer "
        "version of what finds it is there; unset: they stay as they are",
    )
    embedding_cache_ttl: int = Field(
        default=86_400,
        ge=1,
        description="seconds that embedding keeps a vector in the cache, as set there; for the receipts of erasures",
    )
    query_timeout_seconds: float = Field(
        default=5.0,
        gt=0,
        le=60,
        description="seconds that a query waits for its vector at most; then it is answered by words alone",
    )
    matching_batch_records: int = Field(default=100, ge=1, le=1000, description="records read from Kafka at a time")
    retired_space_seconds: float = Field(
        default=604_800.0,
        gt=0,
        description="seconds after which vectors of a model that another one replaced are dropped from the database",
    )
    heartbeat_seconds: float = Field(
        default=86_400.0,
        gt=0,
        le=604_800,
        description="seconds between heartbeats on each partition of the compacted topics, without which a quiet one "
        "keeps what was erased",
    )
    search_nearest: int = Field(default=200, ge=10, le=2000, description="candidates of a search by their vectors")
    search_words: int = Field(default=150, ge=10, le=2000, description="candidates of a search by their words")
    matches_nearest: int = Field(default=600, ge=10, le=2000, description="candidates for matches by their vectors")
    matches_words: int = Field(default=800, ge=10, le=2000, description="candidates for matches by their words")
    matching_answers_at_once: int = Field(
        default=64,
        ge=1,
        le=10_000,
        description="scores, matches and searches at once, three quarters of them of one tenant at most; more are told "
        "429",
    )
    matching_answer_mib: int = Field(
        default=256,
        ge=32,
        le=65_536,
        description="MiB that the documents being scored may take together; who waits longer than 1 s is told 429",
    )
    matching_answer_seconds: float = Field(
        default=8.0,
        gt=0,
        le=600,
        description="seconds after which a score, a matches list or a search that is not there yet is ended and told "
        "429; the gateway must wait longer (INNER_TIMEOUT_SECONDS)",
    )
    nearest_shard_documents: int = Field(
        default=200_000,
        ge=1,
        description="documents of a tenant and kind above which their vectors are spread over eight indexes",
    )
    nearest_upkeep_seconds: float = Field(
        default=300.0,
        gt=0,
        le=86_400,
        description="seconds between looks at whether an index of vectors is to be spread or built anew",
    )
    score_log_days: int = Field(
        default=1_461,
        ge=1,
        le=36_525,
        description="days that the score log keeps which scores were shown; a month goes when its last day is older",
    )
    score_log_waiting_mib: int = Field(
        default=32,
        ge=1,
        le=4_096,
        description="MiB that scores may take that wait to be written to the score log; what does not fit is not "
        "logged, and counted as lost",
    )
    retention_days: str | None = Field(
        default=None,
        description="days after their last submission that documents are kept which have no `expires_at` of their own: "
        "`default=730,acme=365` by tenant, `*=730` for all that are not named; then they are erased. Unset: they stay",
    )
    expiry_look_seconds: float = Field(
        default=30.0,
        gt=0,
        le=3_600,
        description="seconds between looks for documents that are expired",
    )
    index_build_mib: int = Field(
        default=256,
        ge=16,
        le=65_536,
        description="MiB that PostgreSQL may take to build one index of vectors anew; a container needs as much "
        "shared memory. An index of more vectors than fit (about 200,000 into the default) takes several times longer",
    )

    @model_validator(mode="after")
    def _can_read(self) -> Self:
        if self.database_read_urls is None and self.database_read_urls_file is not None:
            try:
                self.database_read_urls = self.database_read_urls_file.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise ValueError(f"DATABASE_READ_URLS_FILE cannot be read: {error}") from error
        wrong = [url for url in self.read_urls if not url.startswith(("postgresql://", "postgres://"))]
        if wrong:
            raise ValueError(
                "DATABASE_READ_URLS must be addresses as postgresql://USER:PASSWORD@HOST:PORT/DATABASE, separated by "
                "commas; a comma in a password is written %2C"
            )
        return self

    @field_validator("retention_days")
    @classmethod
    def _are_days(cls, value: str | None) -> str | None:
        read_days(value or "")
        return value

    @property
    def retention(self) -> Retention:
        """Until when documents are kept."""
        return Retention.of(self.retention_days, is_stamped=not self.on_tryout_broker)

    @property
    def read_urls(self) -> list[str]:
        """Addresses of replicas."""
        return [url.strip() for url in (self.database_read_urls or "").split(",") if url.strip()]

    @property
    def owner_url(self) -> str:
        """PostgreSQL as the owner of the tables."""
        return self.database_migration_url or self.database_url
