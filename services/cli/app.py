"""The command `shortlist`: one module for each noun, wired here."""

from __future__ import annotations

import logging
from typing import Any

import typer
from typer.core import TyperGroup

from libs.contracts.errors import DependencyUnavailable, RecordRejected
from services.cli.commands.audit import audit
from services.cli.commands.dead_letters import dead_letters
from services.cli.commands.demo import demo
from services.cli.commands.keys import keys
from services.cli.commands.lag import lag
from services.cli.commands.load import load
from services.cli.commands.log import log
from services.cli.commands.match import match
from services.cli.commands.model import model
from services.cli.commands.parse import parse
from services.cli.commands.reembed import reembed
from services.cli.commands.search import search
from services.cli.commands.status import status
from services.cli.commands.storage import storage
from services.cli.commands.topics import topics
from services.cli.commands.up import up
from services.cli.commands.webhooks import webhooks
from services.cli.console import console
from services.cli.faults import CommandFault


class SentenceGroup(TyperGroup):
    """A fault of a kind we know ends the command with its sentence; anything else is a bug and shows where."""

    def invoke(self, ctx: Any) -> Any:
        """Runs the command; raises typer.Exit with the fault's exit code where it ends early."""
        try:
            return super().invoke(ctx)
        except CommandFault as fault:
            _say(fault.message)
            raise typer.Exit(fault.exit_code) from fault
        except (RecordRejected, DependencyUnavailable) as fault:
            _say(str(fault))
            raise typer.Exit(1) from fault


def _say(sentence: str) -> None:
    console(stderr=True).print(f"shortlist: {sentence}", soft_wrap=True)


main = typer.Typer(
    cls=SentenceGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_show_locals=False,
)


@main.callback()
def shortlist() -> None:
    """Resumes and jobs in, ranked and explained matches out.

    Begin with `shortlist demo`, or with `shortlist up` in one terminal and, in another,
    `shortlist load FOLDER --kind resume` and `shortlist search "registered nurse" --kind resume`.
    """
    # What Kafka's client logs on stderr, the command says in a sentence of its own.
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())


RUN = "Run it"
FEED = "Feed it"
ASK = "Ask it"
CARE = "Take care of it"

main.command(rich_help_panel=RUN)(demo)
main.command(rich_help_panel=RUN)(up)
main.command(rich_help_panel=FEED)(load)
main.command(rich_help_panel=FEED)(parse)
main.command(rich_help_panel=ASK)(search)
main.command(rich_help_panel=ASK)(match)
main.command(rich_help_panel=ASK)(audit)
main.command(rich_help_panel=ASK)(status)
main.command(rich_help_panel=ASK)(log)
main.command(rich_help_panel=CARE)(lag)
main.command(rich_help_panel=CARE)(reembed)
main.command(rich_help_panel=CARE)(storage)
main.add_typer(topics, name="topics", rich_help_panel=CARE)
main.add_typer(dead_letters, name="dead-letters", rich_help_panel=CARE)
main.add_typer(model, name="model", rich_help_panel=CARE)
main.add_typer(keys, name="keys", rich_help_panel=CARE)
main.add_typer(webhooks, name="webhooks", rich_help_panel=CARE)
