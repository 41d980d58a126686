"""shortlist keys: API keys."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.addressing import JsonOption, UrlOption
from services.cli.console import console, print_json
from services.cli.gateway_client import Json, with_gateway
from services.cli.tables import table, told

keys = typer.Typer(no_args_is_help=True)


@keys.callback()
def of_keys() -> None:
    """API keys: whom the gateway lets in, as which tenant, and what for.

    Each needs a key with the scope `admin`; keys of other tenants need the bootstrap key, which `shortlist up --auth
    keys` writes into stack.json.
    """


@keys.command()
def create(
    tenant: Annotated[
        str | None, typer.Option(metavar="TENANT", help="Whose key it is. Default: the tenant of the key you use.")
    ] = None,
    scopes: Annotated[
        str,
        typer.Option(
            metavar="LIST",
            help="What it may do, comma-separated: read, write, admin (manages keys; reads and writes too), identify "
            "(sees who people are).",
        ),
    ] = "read,write",
    name: Annotated[str, typer.Option(metavar="NAME", help="What it is for, for the list.")] = "",
    expires: Annotated[
        str | None, typer.Option(metavar="TIME", help="When it stops: RFC 3339, or a day YYYY-MM-DD. Default: never.")
    ] = None,
    url: UrlOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key and print it. It is stored hashed and never shown again."""
    order: Json = {"scopes": [scope.strip() for scope in scopes.split(",") if scope.strip()], "name": name}
    order |= {} if tenant is None else {"tenant": tenant}
    order |= {} if expires is None else {"expires_at": expires}
    made = with_gateway(url, lambda client: client.create_key(order))
    if as_json:
        print_json(made)
        return
    out = console()
    out.print(made["key"], highlight=False, soft_wrap=True)
    out.print(f"Key {made['id']} of tenant {made['tenant']}, for {', '.join(made['scopes'])}. It is not shown again.")


@keys.command("list")
def list_keys(
    tenant: Annotated[
        str | None, typer.Option(metavar="TENANT", help="Whose keys. Default: all that the key you use may see.")
    ] = None,
    url: UrlOption = None,
    as_json: JsonOption = False,
) -> None:
    """List keys, without their secrets."""
    answer = with_gateway(url, lambda client: client.keys(tenant))
    if as_json:
        print_json(answer)
        return
    if not answer["items"]:
        console().print("There are no keys yet: `shortlist keys create` makes one.")
        return
    shown = table("id", "tenant", "name", "scopes", "made", "expires", "last used", "state")
    for key in answer["items"]:
        times = (_minute(key[name]) for name in ("created_at", "expires_at", "last_used_at"))
        scopes = told(", ".join(key["scopes"]))
        state = "revoked" if key["revoked_at"] else ""
        shown.add_row(key["id"], key["tenant"], told(key["name"]), scopes, *times, state)
    console().print(shown)


@keys.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="The key's id, as in the list.")],
    url: UrlOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key worthless: within five seconds at every gateway."""
    revoked = with_gateway(url, lambda client: client.revoke_key(key_id))
    if as_json:
        print_json(revoked)
        return
    console().print(f"Key {revoked['id']} of tenant {revoked['tenant']} is revoked.")


def _minute(time: str | None) -> str:
    return "" if time is None else time[:16].replace("T", " ")
