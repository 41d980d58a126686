"""Runs another service's own entry as a child: the command imports no service."""

from __future__ import annotations

import subprocess
import sys

import typer


def run_module(module: str, *arguments: str) -> None:
    """Runs `python -m MODULE ARGUMENTS…` with this terminal; ends the command with its exit code if that isn't 0."""
    code = subprocess.run([sys.executable, "-m", module, *arguments], check=False).returncode
    if code:
        # A child ended by a signal is told as shells do.
        raise typer.Exit(code if code > 0 else 128 - code)
