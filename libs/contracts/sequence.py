"""The sequence of an event (CloudEvents' extension `sequence`): its place among its source's events of one document.

A source that publishes over several connections at once cannot say in which order the broker appends. The sequence says
which event is the newer one, whatever that order is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.revision import Revision
from libs.contracts.text_preparation import without_forbidden

INTEGER = "Integer"
MAX_SEQUENCE_CHARS = 200
_INTEGER_FORM = re.compile(r"[+-]?[0-9]+")

# Whose sequences can be compared: one source's, of one type.
Line = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class EventSequence:
    """The sequence of one event. `event_id` tells two events of one sequence apart; None where it is not known."""

    source: str
    event_id: str | None
    text: str
    is_integer: bool

    @property
    def line(self) -> Line:
        """Sequences of another line say nothing about this one."""
        return self.source, self.is_integer

    def is_below(self, other: EventSequence) -> bool:
        """Whether it is the lower one of two of a line: as numbers, else by their characters' code points."""
        return int(self.text) < int(other.text) if self.is_integer else self.text < other.text

    def is_behind(self, earlier: EventSequence) -> bool:
        """Whether an event that came after an `earlier` one is superseded by it: its sequence is lower, or the same
        though it is another event."""
        if self.line != earlier.line or earlier.is_below(self):
            return False
        if self.is_below(earlier):
            return True
        return None not in (self.event_id, earlier.event_id) and self.event_id != earlier.event_id


@dataclass(frozen=True, slots=True)
class Appended:
    """A sequence and the revision of the record that it came in: when it came."""

    sequence: EventSequence
    revision: Revision


def superseding(event: Appended, others: Iterable[Appended]) -> Revision | None:
    """The revision of the event that came before this one though its sequence is not lower; None where none did."""
    found = [
        other.revision
        for other in others
        if other.revision < event.revision and event.sequence.is_behind(other.sequence)
    ]
    return max(found, default=None)


def read_sequence(text: str | None, type: str | None) -> tuple[str, str | None] | None:
    """The attributes `sequence` and `sequencetype` of an event as they are carried on; None where it has no sequence.

    Any type but Integer is compared as text. Raises RecordRejected (`invalid_content`) where it cannot be compared.
    """
    if not text:
        return None
    if len(text) > MAX_SEQUENCE_CHARS:
        raise _invalid(f"has {len(text)} characters; {MAX_SEQUENCE_CHARS} are allowed")
    if without_forbidden(text) != text:
        raise _invalid("holds characters that no text may have")
    if type != INTEGER:
        return text, None
    if _INTEGER_FORM.fullmatch(text) is None:
        raise _invalid(f"is no integer, though ce_sequencetype says {INTEGER}: {text!r}")
    return text, INTEGER


def _invalid(what: str) -> RecordRejected:
    return RecordRejected(ErrorCode.INVALID_CONTENT, f"ce_sequence {what}; so nobody can tell which event is the newer")
