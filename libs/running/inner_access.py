"""Which calls between services are answered: those that carry the token that all services of one system are given.

Whoever reaches matching or embedding could otherwise read every tenant's documents past the gateway.
"""

from __future__ import annotations

import hmac
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Self

import msgspec
from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.contracts.inner.problems import PROBLEM_JSON, problem
from libs.running.secret_files import secret_in

MIN_TOKEN_CHARS = 16
# What supervisors and scrapers ask, who have no token.
_OPEN = re.compile(r"/health/(live|ready)/?|/metrics/?")


class InnerTokenSettings(BaseSettings):
    """The token of calls between services. Read from the environment."""

    model_config = SettingsConfigDict(extra="ignore")

    internal_token: SecretStr | None = Field(
        default=None, description="the secret that services of one system show each other; the same for all of them"
    )
    internal_token_file: Path | None = Field(
        default=None, description="a file that holds it; counts where INTERNAL_TOKEN is unset"
    )

    @model_validator(mode="after")
    def _has_a_token_that_can_be_used(self) -> Self:
        if self.internal_token is None and self.internal_token_file is not None:
            self.internal_token = SecretStr(secret_in(self.internal_token_file, "INTERNAL_TOKEN_FILE"))
        if self.internal_token is not None and len(self.inner_token or "") < MIN_TOKEN_CHARS:
            raise ValueError(f"INTERNAL_TOKEN must have at least {MIN_TOKEN_CHARS} characters that nobody can guess")
        return self

    @property
    def inner_token(self) -> str | None:
        """The token, None where none is set."""
        return None if self.internal_token is None else self.internal_token.get_secret_value().strip()


class InnerServiceSettings(InnerTokenSettings):
    """Where a service listens that other services call."""

    host: str = Field(default="127.0.0.1", description="the address to listen on")

    @model_validator(mode="after")
    def _is_reached_by_those_who_know_the_token(self) -> Self:
        if self.internal_token is None and not is_loopback(self.host):
            raise ValueError(
                f"HOST is {self.host}, which other machines can reach, and INTERNAL_TOKEN is not set, so anybody could "
                "read every tenant's documents past the gateway: give all services the same INTERNAL_TOKEN (or "
                "INTERNAL_TOKEN_FILE), or set HOST=127.0.0.1"
            )
        return self


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reached from this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def with_inner_access(app: Any, token: str | None) -> Any:
    """ASGI middleware: answers 401 to a call without the token; /health/live, /health/ready and /metrics are open.

    Without a token everybody is answered, who is on this machine then.
    """
    if token is None:
        return app
    wanted = f"Bearer {token}".encode()

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or _OPEN.fullmatch(scope["path"]):
            await app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        if hmac.compare_digest(given, wanted):
            await app(scope, receive, send)
            return
        detail = "this takes the token of calls between services: INTERNAL_TOKEN, the same for all of them"
        body = msgspec.json.encode(problem(401, "unauthorized", detail))
        headers = [
            (b"content-type", PROBLEM_JSON.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"www-authenticate", b'Bearer realm="shortlist-inner"'),
        ]
        await send({"type": "http.response.start", "status": 401, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    return answer
