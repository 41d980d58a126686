"""What was sent, as the sender knows it: the harness's own word, against which the system's is held."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Content = Literal["text", "delete", "bad"]


@dataclass(frozen=True)
class Sent:
    """One accepted submission. `marker` is in its text, and in no other's."""

    key: str
    content: Content
    marker: str


@dataclass
class Ledger:
    """All submissions that were accepted, in the order of sending; and records that name no document."""

    sent: list[Sent] = field(default_factory=list)
    nameless: list[bytes] = field(default_factory=list)

    @property
    def keys(self) -> set[str]:
        return {entry.key for entry in self.sent}
