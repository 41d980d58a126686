"""Secrets that are given as files, as containers do: the variable NAME_FILE in place of NAME."""

from __future__ import annotations

from pathlib import Path


def secret_in(path: Path, variable: str) -> str:
    """What the file holds, without white space around it. Raises ValueError, naming the variable."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{variable} cannot be read: {error}") from error
