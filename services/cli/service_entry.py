"""Runs another service's own entry as a child: the command imports no service."""

from __future__ import annotations

import subprocess
import sys

import typer


def run_module(module: str, *arguments: str) -> None:
    """Runs `python -m MODULE ARGUMENTS…` with this terminal; ends the command with its exit code if that isn't 0."""
    _end_on(subprocess.run([sys.executable, "-m", module, *arguments], check=False).returncode)


def output_of(module: str, *arguments: str, shown_on_failure: bool) -> bytes:
    """What it writes to standard output. Where its exit code isn't 0 the command ends with that, and what it wrote is
    passed on if it is to be `shown_on_failure`."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, check=False)
    if done.returncode and shown_on_failure:
        sys.stdout.buffer.write(done.stdout)
        sys.stdout.buffer.flush()
    _end_on(done.returncode)
    return done.stdout


def _end_on(code: int) -> None:
    if code:
        # A child ended by a signal is told as shells do.
        raise typer.Exit(code if code > 0 else 128 - code)
