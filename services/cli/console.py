"""Where the command writes: results to stdout, progress and trouble to stderr."""

from __future__ import annotations

import json
import sys
from typing import Any, TextIO

from rich.console import Console

LOG_WIDTH = 120


def console(*, stderr: bool = False) -> Console:
    """A console on stdout or stderr as they are now; without a terminal, 120 columns wide and without colours."""
    stream: TextIO = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else LOG_WIDTH
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def print_json(value: Any) -> None:
    """One JSON document on stdout, for programs."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
