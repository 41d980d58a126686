"""What pydantic says of settings that cannot be, as sentences for the person who set them."""

from __future__ import annotations

from pydantic import ValidationError


def sentences(error: ValidationError) -> list[str]:
    """A sentence for each fault, with the environment variable's name where one is to blame."""
    said = []
    for fault in error.errors():
        name = ".".join(str(part) for part in fault["loc"]).upper()
        said.append(f"{name + ': ' if name else ''}{fault['msg'].removeprefix('Value error, ')}")
    return said
