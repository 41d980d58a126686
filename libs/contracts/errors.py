"""The stable error codes a document's owner may read, and the two families of error.

RecordRejected         the record's own fault: report it (or dead-letter it) and go on
DependencyUnavailable   database, broker, model or another service: stop, wait with backoff, lose nothing

Two kinds of the second say nothing against the part's health, so that no circuit breaker counts them:
Overloaded             more is asked at once than the part may do; ask again later
BeingFilled            the part answers, but cannot tell yet, since it is being filled again
"""

from __future__ import annotations

from enum import StrEnum


class ErrorCode(StrEnum):
    """Codes of a document's `error`; stable, extended only."""

    ENCRYPTED = "encrypted"
    SCANNED_NO_TEXT = "scanned_no_text"
    EMPTY = "empty"
    UNSUPPORTED_TYPE = "unsupported_type"
    TOO_LARGE = "too_large"
    LIMIT_MEMORY = "limit_memory"
    LIMIT_TIME = "limit_time"
    INVALID_CONTENT = "invalid_content"
    LOST_WITH_TRYOUT_BROKER = "lost_with_tryout_broker"
    INTERNAL = "internal"
    # Of records from which no document can be read, or that contradict themselves (dead letters):
    INVALID_KEY = "invalid_key"
    KEY_MISMATCH = "key_mismatch"
    SUBJECT_MISMATCH = "subject_mismatch"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_VERSION = "unknown_version"
    NULL_WITHOUT_DELETE = "null_without_delete"


class RecordRejected(Exception):
    """The record's own fault. `message` is a sentence for the document's owner."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class DependencyUnavailable(Exception):
    """A part the work depends on is away or broken; the same record may succeed later.

    `message` is for the log, and may quote what a library said. `told` is what callers from outside may read of it.
    """

    def __init__(self, part: str, message: str, *, told: str | None = None) -> None:
        super().__init__(f"{part}: {message}")
        self.part = part
        self.message = message
        self.told = told


class Overloaded(DependencyUnavailable):
    """More was asked at once than the part may do: it works, and the same call succeeds later.

    `part` names the limit that was reached.
    """


class BeingFilled(DependencyUnavailable):
    """The part works, but is being filled again: what it lacks now may exist."""
