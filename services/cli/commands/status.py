"""shortlist status: how the stack is, or where one document stands."""

from __future__ import annotations

from typing import Annotated

import typer

from libs.contracts.identifiers import KINDS, Kind
from services.cli import tables
from services.cli.addressing import JsonOption, UrlOption
from services.cli.console import console, print_json
from services.cli.faults import CommandFault
from services.cli.gateway_client import GatewayClient, Json, with_gateway


def status(
    document_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A resume's or job's id; without one, the whole stack.")
    ] = None,
    kind: Annotated[Kind | None, typer.Option(help="What the id is of, where a resume and a job share it.")] = None,
    url: UrlOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how every part of the stack is, or where one document stands and why it failed."""
    if document_id is None:
        body: Json = with_gateway(url, lambda client: client.detailed_health())
        if as_json:
            print_json(body)
        else:
            tables.print_health(console(), body)
        return
    kinds = (kind,) if kind else KINDS
    documents: list[Json] = with_gateway(url, lambda client: _documents(client, kinds, document_id))
    if not documents:
        raise CommandFault(f"no {' or '.join(kinds)} has the id {document_id}")
    if as_json:
        print_json(documents[0] if len(documents) == 1 else documents)
        return
    for document in documents:
        tables.print_document(console(), document)


async def _documents(client: GatewayClient, kinds: tuple[Kind, ...], document_id: str) -> list[Json]:
    found = [await client.document(kind, document_id) for kind in kinds]
    return [document for document in found if document is not None]
