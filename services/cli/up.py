"""`shortlist up`: the whole stack on this machine, in the foreground."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from libs.localstack.child import StartFault
from libs.localstack.options import StackOptions
from libs.localstack.stack_file import default_data_dir
from libs.localstack.supervisor import Supervisor
from services.cli.faults import CommandFault

Broker = Literal["embedded", "kafka"]
Auth = Literal["open", "keys"]


def up(
    data_dir: Annotated[
        Path | None, typer.Option(help="Where data and logs are kept. Default: ~/.local/share/shortlist")
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The gateway's port on 127.0.0.1.")] = 8080,
    embedding_workers: Annotated[int, typer.Option(min=1, max=64, help="How many embedding processes.")] = 1,
    broker: Annotated[
        Broker, typer.Option(help="`embedded` keeps nothing over a stop; `kafka` starts the one at KAFKA_HOME.")
    ] = "embedded",
    auth: Annotated[Auth, typer.Option(help="`open` asks for no key; `keys` makes an admin key.")] = "open",
) -> None:
    """Run the whole stack until Ctrl-C: database, cache, broker and the four services.

    KAFKA_BOOTSTRAP, DATABASE_URL and REDIS_URL, when set, are used instead of starting one.
    """
    options = StackOptions(
        data_dir=(data_dir or default_data_dir()).absolute(),
        port=port,
        embedding_workers=embedding_workers,
        broker=broker,
        auth=auth,
        kafka_bootstrap=os.environ.get("KAFKA_BOOTSTRAP") or None,
        database_url=os.environ.get("DATABASE_URL") or None,
        redis_url=os.environ.get("REDIS_URL") or None,
    )
    try:
        code = Supervisor(options, say=lambda line: print(line, flush=True)).run()
    except StartFault as fault:
        raise CommandFault(str(fault)) from fault
    raise typer.Exit(code)
