"""Finds the stack a command talks to: SHORTLIST_STACK, else --url or SHORTLIST_URL, else the default data folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from services.cli.faults import CommandFault

UrlOption = Annotated[
    str | None,
    typer.Option(
        "--url",
        metavar="URL",
        help="Address of the gateway, e.g. http://127.0.0.1:8080 (or SHORTLIST_URL; the key in SHORTLIST_API_KEY). "
        "Not needed for a stack that `shortlist up` started on this machine. SHORTLIST_STACK, when set, goes first.",
    ),
]
LimitOption = Annotated[int, typer.Option(min=1, max=100, help="How many to show at most.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of a table.")]

NO_STACK = (
    "no running stack found: start one with `shortlist up`, or say where it is with --url "
    "(or SHORTLIST_URL, with SHORTLIST_API_KEY), or point SHORTLIST_STACK at its stack.json"
)


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where the gateway is, and the key to it where it wants one."""

    url: str
    api_key: str | None = None


def find_gateway(url: str | None) -> Gateway:
    """The gateway to call; `url` is what --url said. Raises CommandFault where no stack is found."""
    named = os.environ.get("SHORTLIST_STACK")
    if named:
        return _gateway_in(Path(named))
    address = url or os.environ.get("SHORTLIST_URL")
    if address:
        if "://" not in address:
            address = f"http://{address}"
        return Gateway(address, os.environ.get("SHORTLIST_API_KEY") or None)
    return _gateway_in(_default_stack_file())


def find_kafka() -> str:
    """The brokers' address: of SHORTLIST_STACK, else KAFKA_BOOTSTRAP, else of the default data folder.

    Raises CommandFault where none is found.
    """
    named = os.environ.get("SHORTLIST_STACK")
    if not named and os.environ.get("KAFKA_BOOTSTRAP"):
        return os.environ["KAFKA_BOOTSTRAP"]
    return str(_field(_read(Path(named) if named else _default_stack_file()), "kafka_bootstrap"))


def _gateway_in(path: Path) -> Gateway:
    stack = _read(path)
    return Gateway(str(_field(stack, "gateway_url")), stack.get("api_key") or os.environ.get("SHORTLIST_API_KEY"))


def _default_stack_file() -> Path:
    from libs.localstack.stack_file import default_data_dir

    path = default_data_dir() / "stack.json"
    if not path.exists():
        raise CommandFault(NO_STACK)
    return path


def _read(path: Path) -> dict[str, Any]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except OSError as error:
        raise CommandFault(f"{path} cannot be read ({error.strerror}); {NO_STACK}") from error
    except msgspec.MsgspecError as error:
        raise CommandFault(f"{path} is no stack.json: {error}") from error


def _field(stack: dict[str, Any], name: str) -> Any:
    if not stack.get(name):
        raise CommandFault(f"the stack file says no {name}: is it one that `shortlist up` wrote?")
    return stack[name]
