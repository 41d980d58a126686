"""shortlist webhooks: where others are told what happened to documents."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.addressing import JsonOption, UrlOption
from services.cli.console import console, print_json
from services.cli.gateway_client import GatewayClient, Json, with_gateway
from services.cli.tables import table, told

FAILED_SHOWN = 10

webhooks = typer.Typer(no_args_is_help=True)
WebhookId = Annotated[str, typer.Argument(metavar="ID", help="The webhook's id, as in the list.")]
Since = Annotated[
    str, typer.Option(metavar="TIME", help="What happened from then on: RFC 3339, or a day YYYY-MM-DD (UTC).")
]
Until = Annotated[str | None, typer.Option(metavar="TIME", help="And before then. Default: until now.")]


@webhooks.callback()
def of_webhooks() -> None:
    """Webhooks: a signed POST to your own address whenever a document is indexed, failed or was deleted.

    Looking at them needs a key with the scope `read`, everything else one with `admin`.
    """


@webhooks.command()
def create(
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="Where to: an https:// URL that leads to a public address.")
    ],
    types: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="What of, comma-separated: document.queued, .parsed, .indexed, .failed, .superseded, .erased. "
            "Default: the last four, in which a submission ends.",
        ),
    ] = None,
    description: Annotated[str, typer.Option(metavar="TEXT", help="What it is for, for the list.")] = "",
    url: UrlOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a webhook and print its secret, with which its messages can be verified."""
    order: Json = {"url": address, "description": description}
    order |= {} if types is None else {"types": [name.strip() for name in types.split(",") if name.strip()]}
    _print_secret(with_gateway(url, lambda client: client.create_webhook(order)), as_json)


@webhooks.command("list")
def list_webhooks(url: UrlOption = None, as_json: JsonOption = False) -> None:
    """List webhooks, and how they are doing."""
    answer = with_gateway(url, lambda client: client.webhooks())
    if as_json:
        print_json(answer)
        return
    if not answer["items"]:
        console().print("There are no webhooks yet: `shortlist webhooks create` makes one.")
        return
    shown = table("id", "url", "types", "state", "pending", "failed", "last error", right=["pending", "failed"])
    for each in answer["items"]:
        types = ", ".join(name.removeprefix("document.") for name in each["types"])
        counts = (told(each[name]) for name in ("pending", "failed"))
        error = each["last_error"] if each["consecutive_failures"] else None
        shown.add_row(told(each["id"]), told(each["url"]), told(types), told(each["state"]), *counts, told(error))
    console().print(shown)


@webhooks.command()
def show(webhook_id: WebhookId, url: UrlOption = None, as_json: JsonOption = False) -> None:
    """Show a webhook, and what could not be delivered to it."""

    async def asked(client: GatewayClient) -> tuple[Json, Json]:
        return await client.webhook(webhook_id), await client.failed_deliveries(webhook_id, FAILED_SHOWN)

    found, failed = with_gateway(url, asked)
    if as_json:
        print_json({**found, "failed_deliveries": failed["items"]})
        return
    out, last = console(), found["last_delivery"]
    shown = table("of the webhook", found["id"])
    for name in ("url", "state", "paused_for", "description", "pending", "failed", "consecutive_failures"):
        shown.add_row(name.replace("_", " "), told(found[name]))
    shown.add_row("types", told(", ".join(found["types"])))
    shown.add_row("last delivery", told(last and f"{_second(last['at'])}, {last['type']}, answered {last['status']}"))
    error = found["last_error"] and f"{_second(found['last_error_at'])}, {found['last_error']}"
    shown.add_row("last error", told(error))
    out.print(shown)
    if failed["items"]:
        lost = table("id", "type", "document", "given up", "attempts", "error", title="Given up", right=["attempts"])
        for each in failed["items"]:
            data, ended = each["body"]["data"], _second(each["ended_at"])
            row = (
                each["id"],
                each["type"],
                f"{data['kind']}/{data['id']}",
                ended,
                each["attempts"],
                each["last_error"],
            )
            lost.add_row(*map(told, row))
        out.print(lost)


@webhooks.command()
def rotate(webhook_id: WebhookId, url: UrlOption = None, as_json: JsonOption = False) -> None:
    """Give a webhook a new secret and print it. For 24 hours messages are signed with the old one too."""
    _print_secret(with_gateway(url, lambda client: client.rotate_webhook_secret(webhook_id)), as_json)


@webhooks.command()
def replay(
    webhook_id: WebhookId, since: Since, until: Until = None, url: UrlOption = None, as_json: JsonOption = False
) -> None:
    """Send again what happened, delivered or not, as far as it is still kept."""

    async def all_of_it(client: GatewayClient) -> int:
        events: int = 0
        begin = since
        while True:
            order = {"since": begin} | ({} if until is None else {"until": until})
            answer = await client.replay_webhook(webhook_id, order)
            events += answer["events"]
            # A moment with more events than one call takes would be asked for without an end.
            if answer["next_since"] in (None, begin):
                return events
            begin = answer["next_since"]

    events = with_gateway(url, all_of_it)
    if as_json:
        print_json({"id": webhook_id, "events": events})
        return
    console().print(f"{events} events are on their way to {webhook_id} again, under the same ids as before.")


@webhooks.command("test")
def send_test(webhook_id: WebhookId, url: UrlOption = None, as_json: JsonOption = False) -> None:
    """Send a test event at once and say what came back. Exit code 1 where it was not delivered."""
    answer = with_gateway(url, lambda client: client.test_webhook(webhook_id))
    if as_json:
        print_json(answer)
    elif answer["delivered"]:
        console().print(f"Delivered: the endpoint answered {answer['status']} after {answer['seconds']:.2f} s.")
    else:
        console().print(f"Not delivered: {answer['error']}.", soft_wrap=True)
    if not answer["delivered"]:
        raise typer.Exit(1)


@webhooks.command()
def resume(webhook_id: WebhookId, url: UrlOption = None, as_json: JsonOption = False) -> None:
    """Send to a webhook that is paused again, what was pending first."""
    resumed = with_gateway(url, lambda client: client.change_webhook(webhook_id, {"state": "active"}))
    if as_json:
        print_json(resumed)
        return
    console().print(
        f"{webhook_id} is active, with {resumed['pending']} deliveries on their way. `shortlist webhooks replay` "
        "brings what happened while it was paused."
    )


@webhooks.command()
def delete(webhook_id: WebhookId, url: UrlOption = None, as_json: JsonOption = False) -> None:
    """Delete a webhook and all that is on its way to it."""
    deleted = with_gateway(url, lambda client: client.delete_webhook(webhook_id))
    if as_json:
        print_json(deleted)
        return
    console().print(f"{deleted['id']} is deleted.")


def _print_secret(webhook: Json, as_json: bool) -> None:
    if as_json:
        print_json(webhook)
        return
    out = console()
    out.print(webhook["secret"], highlight=False, soft_wrap=True)
    out.print(f"The secret of {webhook['id']}, which goes to {webhook['url']}. It is not shown again.", soft_wrap=True)


def _second(time: str | None) -> str:
    return "" if time is None else time[:19].replace("T", " ")
