"""`shortlist up`: the whole stack on this machine, in the foreground."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from libs.localstack.child import StartFault
from libs.localstack.options import TRYOUT_MAX_MB, StackOptions
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

    KAFKA_BOOTSTRAP, DATABASE_URL (with DATABASE_MIGRATION_URL) and REDIS_URL, when set, are used instead of starting
    one. With keys, SHORTLIST_BOOTSTRAP_KEY, when set, is the admin key.
    """
    options = options_of(
        (data_dir or default_data_dir()).absolute(),
        port=port,
        embedding_workers=embedding_workers,
        broker=broker,
        auth=auth,
    )
    try:
        code = Supervisor(options, say=lambda line: print(line, flush=True)).run()
    except StartFault as fault:
        raise CommandFault(str(fault)) from fault
    raise typer.Exit(code)


def options_of(
    data_dir: Path, *, port: int = 8080, embedding_workers: int = 1, broker: Broker = "embedded", auth: Auth = "open"
) -> StackOptions:
    """What was said, and what the environment says beside it. Raises CommandFault."""
    database_url = os.environ.get("DATABASE_URL") or None
    migration_url = os.environ.get("DATABASE_MIGRATION_URL") or None
    if migration_url is not None and database_url is None:
        raise CommandFault(
            "DATABASE_MIGRATION_URL is set and DATABASE_URL is not: set both to use a database of yours, or neither"
        )
    return StackOptions(
        data_dir=data_dir,
        port=port,
        embedding_workers=embedding_workers,
        broker=broker,
        auth=auth,
        kafka_bootstrap=os.environ.get("KAFKA_BOOTSTRAP") or None,
        database_url=database_url,
        database_migration_url=migration_url,
        redis_url=os.environ.get("REDIS_URL") or None,
        tryout_max_mb=os.environ.get("TRYOUT_BROKER_MAX_MB") or str(TRYOUT_MAX_MB),
        bootstrap_key=_bootstrap_key(),
    )


def _bootstrap_key() -> str | None:
    """The admin key that was named, by itself or by a file; None where none was."""
    key, file = os.environ.get("SHORTLIST_BOOTSTRAP_KEY"), os.environ.get("SHORTLIST_BOOTSTRAP_KEY_FILE")
    if key or not file:
        return key or None
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFault(f"SHORTLIST_BOOTSTRAP_KEY_FILE cannot be read: {error}") from error
