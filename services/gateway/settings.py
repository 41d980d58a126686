"""The gateway's settings, read from the environment."""

from __future__ import annotations

import ssl
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from libs.contracts.documents import MAX_TEXT_CHARS
from libs.messaging.connection.settings import KafkaSettings

MIN_KEY_CHARS = 16


class GatewaySettings(KafkaSettings):
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
        description="open: no key is asked for, on a loopback address alone; keys: every call needs one; unset: keys "
        "if one is set",
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
        default=None, description="PostgreSQL, as the owner role of the tables; unset: DATABASE_URL"
    )
    database_connections: int = Field(default=8, ge=2, le=100, description="connections to PostgreSQL at most")
    ingest_max_chars: int = Field(default=MAX_TEXT_CHARS, ge=1, description="characters of the longest text taken")
    overlay_documents: int = Field(default=100_000, ge=100, description="documents whose newest status is remembered")
    catch_up_ms: int = Field(
        default=500, ge=50, le=10_000, description="milliseconds that a read waits for the newest statuses at most"
    )
    requests_at_once: int = Field(
        default=256, ge=4, description="requests worked on at the same time; more are told 429"
    )
    answers_at_once: int = Field(
        default=64,
        ge=1,
        description="searches, matches and scores asked of matching at the same time, at most half of "
        "REQUESTS_AT_ONCE; more are told 429",
    )
    body_mib_at_once: int = Field(
        default=128, ge=16, description="MiB of bodies worked on at the same time; more are told 429"
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
    inner_timeout_seconds: float = Field(
        default=10.0, gt=0, le=120, description="seconds that a call to another service may take"
    )
    webhooks: Literal["on", "off"] = Field(
        default="on", description="whether this process delivers webhooks; without DATABASE_URL none does"
    )
    webhook_allowed_private: str = Field(
        default="",
        description="hosts, addresses and networks that webhooks may go to though they are not public, by http:// too; "
        "comma-separated",
    )
    webhook_ports: str = Field(default="", description="ports that webhooks may go to, comma-separated; unset: any")
    webhook_ca_file: Path | None = Field(
        default=None, description="certificates (PEM) that vouch for webhooks' hosts, beside those that are well known"
    )
    webhook_requests_at_once: int = Field(
        default=32, ge=2, le=1000, description="webhooks delivered at the same time, half of them of one tenant at most"
    )
    webhook_requests_per_endpoint: int = Field(
        default=4, ge=1, le=100, description="deliveries to one webhook at the same time, by all gateways together"
    )
    webhook_retry_hours: float = Field(
        default=72.0, gt=0, le=720, description="hours that a delivery is tried, and that a webhook may fail"
    )
    webhook_keep_days: float = Field(
        default=9.0, gt=0, le=90, description="days that events are kept for replays, longer than the status topic's"
    )

    @model_validator(mode="after")
    def _webhooks_can_be_sent(self) -> Self:
        _ = self.private_webhook_targets
        try:
            _ = self.allowed_webhook_ports
        except ValueError:
            raise ValueError("WEBHOOK_PORTS must be numbers from 1 to 65535, comma-separated, as 443,8443") from None
        if self.webhook_ca_file is not None:
            try:
                ssl.create_default_context().load_verify_locations(self.webhook_ca_file)
            except OSError as error:
                raise ValueError(f"WEBHOOK_CA_FILE cannot be read: {error}") from error
        return self

    @model_validator(mode="after")
    def _keys_can_be_checked(self) -> Self:
        if self.shortlist_bootstrap_key is None and self.shortlist_bootstrap_key_file is not None:
            self.shortlist_bootstrap_key = SecretStr(_read_key(self.shortlist_bootstrap_key_file))
        key = self.shortlist_bootstrap_key
        if key is not None and len(key.get_secret_value().strip()) < MIN_KEY_CHARS:
            raise ValueError(f"SHORTLIST_BOOTSTRAP_KEY must have at least {MIN_KEY_CHARS} characters")
        if self.auth == "keys" and key is None and self.database_url is None:
            raise ValueError(
                "AUTH=keys needs a key: set SHORTLIST_BOOTSTRAP_KEY or SHORTLIST_BOOTSTRAP_KEY_FILE, or AUTH=open"
            )
        if not self.asks_for_keys and not is_loopback(self.host):
            raise ValueError(
                f"HOST is {self.host}, which others can reach, and no key is asked for, so anybody could read and "
                "delete everything: set SHORTLIST_BOOTSTRAP_KEY (and AUTH=keys), or HOST=127.0.0.1"
            )
        return self

    @property
    def allowed_webhook_ports(self) -> list[int]:
        """The ports of WEBHOOK_PORTS; none where any will do. Raises ValueError."""
        ports = [int(port) for port in self.webhook_ports.split(",") if port.strip()]
        if not all(0 < port < 65_536 for port in ports):
            raise ValueError("a port is out of range")
        return ports

    @property
    def private_webhook_targets(self) -> tuple[list[IPv4Network | IPv6Network], list[str]]:
        """The networks and the hosts of WEBHOOK_ALLOWED_PRIVATE. Raises ValueError, with a sentence."""
        networks: list[IPv4Network | IPv6Network] = []
        hosts: list[str] = []
        for item in filter(None, (each.strip() for each in self.webhook_allowed_private.split(","))):
            try:
                networks.append(ip_network(item))
            except ValueError:
                if not all(char.isalnum() or char in ".-_" for char in item):
                    raise ValueError(
                        f"WEBHOOK_ALLOWED_PRIVATE: {item[:80]!r} is neither a network as 10.0.0.0/8, nor an address, "
                        "nor a host's name"
                    ) from None
                hosts.append(item)
        return networks, hosts

    @property
    def asks_for_keys(self) -> bool:
        """Whether calls need a key."""
        return self.auth == "keys" or (self.auth is None and self.shortlist_bootstrap_key is not None)

    @property
    def bootstrap_key(self) -> str | None:
        """The bootstrap key where calls need one, else None."""
        key = self.shortlist_bootstrap_key
        return key.get_secret_value().strip() if key is not None and self.asks_for_keys else None


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reached from this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _read_key(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"SHORTLIST_BOOTSTRAP_KEY_FILE cannot be read: {error}") from error
