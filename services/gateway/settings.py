"""The gateway's settings, read from the environment."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.contracts.documents import MAX_TEXT_CHARS
from libs.messaging.connection.settings import KafkaSettings
from libs.running.inner_access import InnerTokenSettings, is_loopback
from libs.running.listening import check_certificate
from libs.running.safe_urls import is_safe_url
from libs.running.secret_files import secret_in
from services.gateway.limits.costs import MOST
from services.gateway.webhook_settings import WebhookSettings

MIN_KEY_CHARS = 16
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:.]+\](:\d{1,5})?")


class SchemaSettings(BaseSettings):
    """Where the gateway's schema is, for what brings it up to date. Read from the environment."""

    model_config = SettingsConfigDict(extra="ignore")

    database_url: str = Field(min_length=8, description="PostgreSQL, as the gateway's role")
    database_migration_url: str | None = Field(default=None, description="as the owner role; unset: DATABASE_URL")

    @property
    def owner_url(self) -> str:
        """The owner role's address."""
        return self.database_migration_url or self.database_url


class GatewaySettings(WebhookSettings, InnerTokenSettings, KafkaSettings):
    """Read from the environment; field names in upper case are the variables."""

    host: str = Field(default="127.0.0.1", description="the address to listen on")
    port: int = Field(default=8080, ge=0, le=65535, description="the port to listen on; 0 takes a free one")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="the lowest level that is logged"
    )
    matching_urls: str = Field(min_length=8, description="addresses of matching, comma-separated")
    embedding_urls: str = Field(min_length=8, description="addresses of embedding, comma-separated")
    auth: Literal["open", "keys"] | None = Field(
        default=None,
        description="open: no key is asked for, on a loopback address alone; keys: every call needs a key or token; "
        "unset: keys if one is set, or OIDC_ISSUER is",
    )
    shortlist_bootstrap_key: SecretStr | None = Field(
        default=None, description="an admin key of tenant default, accepted as long as it is set"
    )
    shortlist_bootstrap_key_file: Path | None = Field(
        default=None, description="a file that holds the bootstrap key; counts where SHORTLIST_BOOTSTRAP_KEY is unset"
    )
    database_url: str | None = Field(
        default=None,
        min_length=8,
        description="PostgreSQL, as the gateway's role, for its own schema: keys and what else must be the same at "
        "every gateway; unset: the bootstrap key is the only one",
    )
    database_migration_url: str | None = Field(
        default=None,
        description="PostgreSQL, as the owner role of the tables, asked where a migration is missing; unset: "
        "DATABASE_URL",
    )
    database_connections: int = Field(default=8, ge=2, le=100, description="connections to PostgreSQL at most")
    oidc_issuer: str | None = Field(
        default=None,
        description="the issuer URL of your identity provider (OpenID Connect), exactly as its tokens have it, whose "
        "tokens are taken as well as keys; goes with OIDC_AUDIENCE",
    )
    oidc_audience: str | None = Field(
        default=None, description="the audience that a token must be for, as your identity provider names this API"
    )
    oidc_tenant_claim: str = Field(
        default="tenant", min_length=1, description="the claim of a token that names its tenant"
    )
    oidc_scopes_claim: str = Field(
        default="scope",
        min_length=1,
        description="the claim that holds scopes: a list, or a string with spaces between",
    )
    oidc_scope_prefix: str = Field(
        default="", description="what our scopes begin with in that claim, as in shortlist:read; others are not ours"
    )
    oidc_actor_claim: str = Field(
        default="sub", min_length=1, description="the claim that names the person, for the score log and the access log"
    )
    redis_url: str | None = Field(
        default=None,
        min_length=8,
        description="Valkey or Redis, in which all gateways count the calls of a key together; unset: each for itself",
    )
    rate_limit_per_second: float = Field(
        default=200.0,
        ge=0,
        le=1_000_000,
        description="calls of one key a second in the long run, a search, matches list or score counting as "
        f"{MOST}; more are told 429. 0: no limit, nor is there one for the bootstrap key, or where no key is asked for",
    )
    rate_limit_burst: int = Field(
        default=400, ge=MOST, le=1_000_000, description="calls of one key at once, counted in the same way"
    )
    ingest_max_chars: int = Field(default=MAX_TEXT_CHARS, ge=1, description="characters of the longest text taken")
    overlay_documents: int = Field(default=100_000, ge=100, description="documents whose newest status is remembered")
    catch_up_ms: int = Field(
        default=500, ge=50, le=10_000, description="milliseconds that a read waits for the newest statuses at most"
    )
    requests_at_once: int = Field(
        default=256,
        ge=4,
        description="requests worked on at the same time, of one tenant its fair share at most while others call; more "
        "are told 429",
    )
    answers_at_once: int = Field(
        default=64,
        ge=1,
        description="searches, matches and scores asked of matching at the same time, at most half of "
        "REQUESTS_AT_ONCE, of one tenant its fair share at most while others call; more are told 429",
    )
    body_mib_at_once: int = Field(
        default=128,
        ge=16,
        description="MiB of bodies worked on at the same time, shared out in the same way; more are told 429",
    )
    bodies_arriving_at_once: int = Field(
        default=1024, ge=4, description="bodies arriving at the same time; beyond, the oldest of them is told 408"
    )
    arriving_mib_at_once: int = Field(
        default=256, ge=16, description="MiB of bodies still arriving; beyond, the oldest of them is told 408"
    )
    body_stall_seconds: float = Field(
        default=10.0, gt=0, le=600, description="seconds without a byte of its body after which a request is told 408"
    )
    event_streams_at_once: int = Field(
        default=500, ge=1, description="event streams open at the same time; more are told 429"
    )
    event_streams_per_tenant: int = Field(
        default=250, ge=1, description="event streams of one tenant open at the same time; more are told 429"
    )
    event_gaps_at_once: int = Field(
        default=8,
        ge=1,
        description="event streams that read what they missed at the same time, with a consumer each; more wait for a "
        "moment and are told 503",
    )
    event_heartbeat_seconds: float = Field(
        default=15.0,
        gt=0,
        le=600,
        description="seconds after which a stream without events is sent a heartbeat, which moves its id on",
    )
    body_seconds: float = Field(
        default=60.0,
        gt=0,
        le=3600,
        description="seconds after which a body must be whole that came with less than BODY_BYTES_PER_SECOND; else 408",
    )
    body_bytes_per_second: int = Field(
        default=1_024,
        ge=1,
        description="bytes a second, since it began, with which a body must come that takes longer than BODY_SECONDS",
    )
    head_seconds: float = Field(
        default=30.0,
        gt=0,
        le=600,
        description="seconds in which a request's first line and headers must come whole, from the opening of its "
        "connection or its first byte after an answer; else the connection is closed",
    )
    keep_alive_seconds: int = Field(
        default=75, ge=1, le=600, description="seconds that a connection may be idle after an answer"
    )
    connections_at_once: int = Field(
        default=4096,
        ge=8,
        description="open connections, at most half of the files that the process may open; beyond, that is closed "
        "which waits longest for its sender",
    )
    tls_cert_file: Path | None = Field(
        default=None, description="a PEM file with the certificate and its chain: the gateway speaks https alone"
    )
    tls_key_file: Path | None = Field(default=None, description="a PEM file with the certificate's key")
    forwarded_allow_ips: str = Field(
        default="",
        description="addresses and networks of the proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, "
        "comma-separated; * believes everybody",
    )
    cors_origins: str = Field(
        default="",
        description="origins whose pages may call the API from a browser, comma-separated, as https://hr.example.org",
    )
    inner_timeout_seconds: float = Field(
        default=10.0, gt=0, le=120, description="seconds that a call to another service may take"
    )

    @model_validator(mode="after")
    def _tokens_can_be_checked(self) -> Self:
        if (self.oidc_issuer is None) != (self.oidc_audience is None):
            raise ValueError(
                "OIDC_ISSUER and OIDC_AUDIENCE go together: a token for another service of the same issuer must open "
                "nothing here"
            )
        if self.oidc_issuer is not None and not is_safe_url(self.oidc_issuer):
            raise ValueError(
                f"OIDC_ISSUER is {self.oidc_issuer}: its keys are read over https alone, or over http of this machine"
            )
        return self

    @model_validator(mode="after")
    def _keys_can_be_checked(self) -> Self:
        if self.shortlist_bootstrap_key is None and self.shortlist_bootstrap_key_file is not None:
            self.shortlist_bootstrap_key = SecretStr(
                secret_in(self.shortlist_bootstrap_key_file, "SHORTLIST_BOOTSTRAP_KEY_FILE")
            )
        key = self.shortlist_bootstrap_key
        if key is not None and len(key.get_secret_value().strip()) < MIN_KEY_CHARS:
            raise ValueError(f"SHORTLIST_BOOTSTRAP_KEY must have at least {MIN_KEY_CHARS} characters")
        if self.auth == "keys" and key is None and self.database_url is None and self.oidc_issuer is None:
            raise ValueError(
                "AUTH=keys needs a key: set SHORTLIST_BOOTSTRAP_KEY or SHORTLIST_BOOTSTRAP_KEY_FILE, or AUTH=open"
            )
        if not self.asks_for_keys and not is_loopback(self.host):
            raise ValueError(
                f"HOST is {self.host}, which others can reach, and no key is asked for, so anybody could read and "
                "delete everything: set SHORTLIST_BOOTSTRAP_KEY (and AUTH=keys), or HOST=127.0.0.1"
            )
        return self

    @field_validator("oidc_issuer", "oidc_audience", "tls_cert_file", "tls_key_file", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("forwarded_allow_ips")
    @classmethod
    def _are_addresses(cls, value: str) -> str:
        for each in listed(value):
            if each != "*":
                _check_network(each)
        return value

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, value: str) -> str:
        for each in listed(value):
            if each == "*":
                raise ValueError(
                    "* would let the pages of every web site that somebody visits read resumes; name the origins, "
                    "comma-separated"
                )
            if _ORIGIN.fullmatch(each) is None:
                raise ValueError(f"{each!r} is no origin: write scheme, host and port alone, as https://hr.example.org")
        return value

    @model_validator(mode="after")
    def _certificate_can_be_used(self) -> Self:
        if (self.tls_cert_file is None) != (self.tls_key_file is None):
            missing = "TLS_KEY_FILE" if self.tls_key_file is None else "TLS_CERT_FILE"
            raise ValueError(f"{missing} is missing: https needs both TLS_CERT_FILE and TLS_KEY_FILE")
        if self.tls_cert_file is not None and self.tls_key_file is not None:
            check_certificate(self.tls_cert_file, self.tls_key_file)
        return self

    @property
    def asks_for_keys(self) -> bool:
        """Whether calls need a key."""
        has_some = self.shortlist_bootstrap_key is not None or self.oidc_issuer is not None
        return self.auth == "keys" or (self.auth is None and has_some)

    @property
    def bootstrap_key(self) -> str | None:
        """The bootstrap key where calls need one, else None."""
        key = self.shortlist_bootstrap_key
        return key.get_secret_value().strip() if key is not None and self.asks_for_keys else None


def listed(value: str) -> list[str]:
    """The entries of a comma-separated setting."""
    return [each.strip() for each in value.split(",") if each.strip()]


def _check_network(address: str) -> None:
    try:
        ipaddress.ip_network(address, strict=False)
    except ValueError:
        raise ValueError(f"{address!r} is no address of a proxy: write 10.0.0.7, 10.0.0.0/8 or *") from None
