"""What a line of a request of many is answered."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from libs.contracts.revision import Revision
from services.gateway.problems import TYPE_PREFIX, problem_of

# An answer must stay small, since those that are not read yet are kept.
_MAX_MESSAGE_CHARS = 300
# The caller sends the same line again and may be answered otherwise.
_RETRYABLE = frozenset({408, 429, 503})


class QueuedLine(msgspec.Struct):
    """The document in a line was accepted. `line` counts from 1, blank lines too."""

    line: int
    id: str
    status: Literal["queued"]
    revision: str


class LineError(msgspec.Struct, omit_defaults=True):
    """Why nothing came of a line: `code` as in a problem's type, `pointer` the field at fault. `retryable`: whether
    the same line, sent again later, may be taken."""

    code: str
    message: str
    retryable: bool
    pointer: str | UnsetType = UNSET


class RefusedLine(msgspec.Struct, omit_defaults=True):
    """A line that was not taken. `id` stands where its document is known."""

    line: int
    error: LineError
    id: str | UnsetType = UNSET


def queued_line(number: int, id: str, revision: Revision) -> bytes:
    """The answer to a line whose document was published."""
    return _encoded(QueuedLine(number, id, "queued", str(revision)))


def refused_line(number: int, id: str | None, error: Exception) -> bytes:
    """The answer to a line that met an error, told as an answer of its own would tell it."""
    problem = problem_of(error)
    more: Any = problem.extra if isinstance(problem.extra, dict) else {}
    pointer = next((each["pointer"] for each in more.get("errors", ()) if "pointer" in each), UNSET)
    told = LineError(
        str(problem.type_).removeprefix(TYPE_PREFIX),
        str(problem.detail)[:_MAX_MESSAGE_CHARS],
        problem.status_code in _RETRYABLE,
        pointer,
    )
    return _encoded(RefusedLine(number, told, UNSET if id is None else id))


def _encoded(answer: msgspec.Struct) -> bytes:
    return msgspec.json.encode(answer) + b"\n"
