"""What was sent, as the sender knows it: the harness's own word, against which the system's is held."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

# text: stored, unless something newer is. again: the event before it, sent a second time: it may be taken for the
# same. stale: the event of an older revision, sent again: what is held stays. large: stored, or refused by the
# broker. delete: erases. bad: fails. refused: fails, and is a dead letter. nameless: a dead letter alone. fatal: a
# service fails on it.
Content = Literal["text", "again", "stale", "large", "delete", "bad", "refused", "nameless", "fatal"]

# Where a submission may end, by its content.
ENDS: dict[str, frozenset[str]] = {
    "text": frozenset({"indexed", "superseded", "erased"}),
    "again": frozenset({"indexed", "superseded", "erased"}),
    "stale": frozenset({"indexed", "superseded"}),
    "large": frozenset({"indexed", "superseded", "erased", "failed"}),
    "delete": frozenset({"erased", "superseded"}),
    # Whether a value can be read is looked at only where nothing newer came along with it.
    "bad": frozenset({"failed", "superseded", "erased"}),
    "refused": frozenset({"failed"}),
    "fatal": frozenset({"failed", "superseded", "erased"}),
}
# The header that says it; services pass over headers they do not know.
HEADER = "chaos-content"


@dataclass(frozen=True)
class Sent:
    """One accepted submission: who accepted it, the broker (`place`: topic, partition, offset) or the gateway.

    `marker` is in its text and in no other's. `receipt` is what the gateway answered to a deletion; `at` in ms, when
    it was accepted.
    """

    key: str
    content: Content
    marker: str
    at: int
    place: tuple[str, int, int] | None = None
    receipt: str | None = None


@dataclass
class Ledger:
    """All submissions that were accepted, in the order of sending, and the values of those that name no document."""

    sent: list[Sent] = field(default_factory=list)
    nameless: list[bytes] = field(default_factory=list)
