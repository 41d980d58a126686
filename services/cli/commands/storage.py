"""shortlist storage: what the database holds and in which state."""

from __future__ import annotations

from services.cli.addressing import JsonOption, UrlOption
from services.cli.console import console, print_json
from services.cli.gateway_client import Json, with_gateway
from services.cli.storage_tables import print_storage


def storage(url: UrlOption = None, as_json: JsonOption = False) -> None:
    """Show documents, bytes by part, the state of the indexes, and what would be done next and when.

    Sizes are of all tenants, a tenant's own are estimated by its share of the documents. Needs an admin key where keys
    exist.
    """
    answer: Json = with_gateway(url, lambda client: client.storage())
    if as_json:
        print_json(answer)
    else:
        print_storage(console(), answer)
