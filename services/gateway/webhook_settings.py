"""The gateway's settings of webhooks, read from the environment with its others."""

from __future__ import annotations

import ssl
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class WebhookSettings(BaseSettings):
    """Field names in upper case are the variables."""

    model_config = SettingsConfigDict(extra="ignore")

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

    @field_validator("webhook_ca_file", mode="before")
    @classmethod
    def _no_name_is_no_file(cls, value: object) -> object:
        return None if value == "" else value

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
