"""What a document's metadata are made of, and what comes of it: pure functions.

Metadata are the fold, in the order of revision, over what is said of them: a submission that names metadata replaces
them whole, a change patches them. What is said may arrive in any order. Of the standing, which is named beside them,
what was named last counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from libs.contracts.documents import Metadata
from libs.contracts.events import SourceEvent
from libs.contracts.metadata_patch import MetadataPatch, patched
from libs.contracts.revision import Revision
from libs.contracts.standing import NEVER_NAMED, Standing

# Changes kept apart of one document; the oldest beyond are joined.
MOST_CHANGES = 100
NO_EVENT = SourceEvent("", "")


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said of a document's metadata at a revision: whole metadata where it `replaces`, else a merge patch.

    `overrules`: at equal revisions it counts more than what is known, since it was made of all that was said.
    """

    revision: Revision
    said: MetadataPatch
    replaces: bool
    source_event: SourceEvent = NO_EVENT
    submitted_at: str = ""
    noted_at: datetime | None = None
    overrules: bool = False

    @property
    def whole(self) -> Metadata:
        """What it says, as metadata: without what it removes."""
        return {name: value for name, value in self.said.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Refused:
    """A change that was left out, and a sentence why: with it, metadata would not have their form any more."""

    statement: Statement
    reason: str


@dataclass(frozen=True, slots=True)
class History:
    """A document's `metadata`, the revision `at` which they are (None: never named), and what they are made of.

    `statements` are in order; empty where `metadata` at `at` are all there is. Where the document is not `indexed`
    these wait: nothing is judged before their text is there. The `standing` is whole, whatever the statements are.
    """

    metadata: Metadata = field(default_factory=dict)
    at: Revision | None = None
    statements: tuple[Statement, ...] = ()
    indexed: bool = False
    standing: Standing = NEVER_NAMED

    @property
    def newest(self) -> Revision | None:
        """The newest revision at which metadata or standing were named; None where they never were."""
        return max((each for each in (self.at, self.standing.newest) if each is not None), default=None)

    @property
    def base(self) -> Statement | None:
        """What everything else stands on; None where nothing whole was ever named."""
        if self.statements:
            return self.statements[0] if self.statements[0].replaces else None
        return None if self.at is None else Statement(self.at, {**self.metadata}, replaces=True)

    @property
    def changes(self) -> list[Statement]:
        """The changes above the base."""
        return [each for each in self.statements if not each.replaces]


def added(
    history: History, said: Iterable[Statement], standing: Standing = NEVER_NAMED
) -> tuple[History, list[Refused]]:
    """The history with what is said added, each wherever it belongs, and the changes that are refused. `standing` is
    what is named of it, which is never refused.

    Said twice, or older than whole metadata that are known, it changes nothing.
    """
    base, changes = history.base, history.changes
    for each in sorted(said, key=lambda statement: statement.revision):
        if base is not None and (each.revision, each.overrules) <= (base.revision, False):
            continue
        if not each.overrules and any(change.revision == each.revision for change in changes):
            continue
        if each.replaces:
            base, changes = each, [change for change in changes if change.revision > each.revision]
        else:
            changes = sorted([*changes, each], key=lambda statement: statement.revision)
    return _folded(base, changes, history.standing.joined(standing), indexed=history.indexed)


def joined(history: History, older_than: datetime) -> History:
    """The same metadata, with the changes noted before a moment joined into what they stand on."""
    base, changes = history.base, history.changes
    while changes and changes[0].noted_at is not None and changes[0].noted_at < older_than:
        base = _joined(base or Statement(changes[0].revision, {}, replaces=True), changes.pop(0))
    return _folded(base, changes, history.standing, indexed=history.indexed)[0]


def erased(history: History, revision: Revision) -> History:
    """What is left where all that was said up to a revision is to be forgotten."""
    base = history.base
    kept = base if base is not None and base.revision > revision else None
    changes = [each for each in history.changes if each.revision > revision]
    return _folded(kept, changes, history.standing.after(revision), indexed=history.indexed)[0]


def _folded(
    base: Statement | None, changes: list[Statement], standing: Standing, *, indexed: bool
) -> tuple[History, list[Refused]]:
    metadata = {} if base is None else base.whole
    kept: list[Statement] = []
    refused: list[Refused] = []
    for each in changes:
        try:
            metadata = patched(metadata, each.said)
            kept.append(each)
        except ValueError as error:
            if indexed:
                refused.append(Refused(each, str(error)))
            else:
                kept.append(each)
    while len(kept) > MOST_CHANGES:
        oldest = kept.pop(0)
        if base is not None or indexed:
            base = _joined(base or Statement(oldest.revision, {}, replaces=True), oldest)
        else:
            kept[0] = replace(kept[0], said={**oldest.said, **kept[0].said})
    statements = ([] if base is None else [base]) + kept
    at = statements[-1].revision if statements else None
    # The document's own row says as much.
    needed = kept or not indexed
    return History(metadata, at, tuple(statements) if needed else (), indexed, standing), refused


def _joined(base: Statement, change: Statement) -> Statement:
    merged = {**base.said, **change.said}
    return replace(change, said={name: value for name, value in merged.items() if value is not None}, replaces=True)
