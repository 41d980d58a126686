"""shortlist reembed: every stored document through the model again."""

from __future__ import annotations

from services.cli.addressing import JsonOption, UrlOption
from services.cli.console import console, print_json
from services.cli.gateway_client import Json, with_gateway


def reembed(url: UrlOption = None, as_json: JsonOption = False) -> None:
    """Send every stored document through the model again, from the database.

    For after a change of model, or when in doubt about stored vectors. Searches go on meanwhile;
    `shortlist lag` shows how much is still to do.
    """
    answer: Json = with_gateway(url, lambda client: client.reembed())
    if as_json:
        print_json(answer)
    else:
        console().print(f"{answer.get('documents', 'All')} documents are on their way through the model again.")
