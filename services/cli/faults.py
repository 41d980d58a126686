"""What ends a command early: a sentence for the person at the terminal, never a stack trace."""

from __future__ import annotations


class CommandFault(Exception):
    """`message` says what is wrong and what to do about it; `exit_code` is the command's."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.exit_code = exit_code
