"""shortlist model: embedding models for machines without a net."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.cli.service_entry import run_module

model = typer.Typer(no_args_is_help=True)


@model.callback()
def models() -> None:
    """Embedding models in local folders, for images and machines without a net."""


@model.command()
def fetch(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The model's name, e.g. all-MiniLM-L6-v2.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to put it in.")],
) -> None:
    """Put a model into a folder; EMBEDDING_MODEL_NAME=DIR then uses it without any net."""
    run_module("services.embedding", "fetch", name, str(folder))
