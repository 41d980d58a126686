"""DIR/stack.json: how commands and people find a running local stack."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import msgspec


class ServiceProcess(msgspec.Struct, frozen=True):
    """One running process of a service."""

    pid: int
    url: str


class StackFile(msgspec.Struct, frozen=True, kw_only=True):
    """The content of stack.json. `api_key` is None where no key is asked for; `internal_token` opens the services'
    own APIs."""

    gateway_url: str
    api_key: str | None
    kafka_bootstrap: str
    postgres_dsn: str
    redis_url: str
    internal_token: str
    services: dict[str, list[ServiceProcess]]


def default_data_dir() -> Path:
    """Where the stack's data lies unless said otherwise (XDG_DATA_HOME respected)."""
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "shortlist"


def write_stack_file(path: Path, content: StackFile) -> None:
    """Writes it whole or not at all; only its owner can read it, since it holds passwords."""
    data = msgspec.json.format(msgspec.json.encode(content), indent=2)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".stack-")
    with os.fdopen(handle, "wb") as file:
        file.write(data + b"\n")
    Path(temporary).replace(path)


def read_stack_file(path: Path) -> StackFile:
    """Reads it. Raises OSError where there is none, msgspec.MsgspecError where it is another file."""
    return msgspec.json.decode(path.read_bytes(), type=StackFile)
