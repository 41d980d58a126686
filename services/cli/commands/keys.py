"""shortlist keys: API keys."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.addressing import JsonOption
from services.cli.faults import CommandFault

keys = typer.Typer(no_args_is_help=True)

NOT_BUILT = (
    "keys of your own are not built yet: the only key is the bootstrap key, an admin key of tenant `default`. "
    "`shortlist up --auth keys` makes one and writes it into stack.json (api_key); elsewhere set "
    "SHORTLIST_BOOTSTRAP_KEY for the gateway"
)


@keys.callback()
def of_keys() -> None:
    """API keys. Not built yet but for the bootstrap key: each command says how to use that."""


@keys.command()
def create(
    tenant: Annotated[str, typer.Option(help="Whose key it is.")] = "default",
    scopes: Annotated[str, typer.Option(help="What it may do: read, write, admin; comma-separated.")] = "read,write",
    as_json: JsonOption = False,
) -> None:
    """Create a key (not built yet)."""
    raise CommandFault(NOT_BUILT, exit_code=2)


@keys.command("list")
def list_keys(as_json: JsonOption = False) -> None:
    """List the keys (not built yet)."""
    raise CommandFault(NOT_BUILT, exit_code=2)


@keys.command()
def revoke(key_id: Annotated[str, typer.Argument(metavar="ID", help="The key's id.")]) -> None:
    """Make a key worthless from now on (not built yet)."""
    raise CommandFault(NOT_BUILT, exit_code=2)
