"""Connections to the database for each kind of work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.matching.storage.database import Database
from services.matching.storage.replicas import DatabaseWithReplicas


@dataclass(frozen=True, slots=True)
class Databases:
    """The same database with connections of its own for each kind of work.

    `listing` is for lists, which may be read from replicas; it is `asked` where there are none.
    """

    asked: Database
    listing: Database
    answering: Database
    consuming: Database
    background: Database
    packing: Database

    @classmethod
    def of(cls, url: str, connections: int, replicas: Sequence[str] = ()) -> Databases:
        """Shares out `connections`, 5 at least: nearly half for scores, matches and searches, a sixth each for what
        comes from Kafka and for the background, one for packing, whose transactions may take seconds, and the rest for
        what is asked of documents. To each of the replicas, by their addresses, there are as many as for what is read
        from them."""
        half, sixth = max(1, connections // 2 - 1), max(1, connections // 6)
        rest = connections - half - 2 * sixth - 1
        consuming = Database(url, connections=sixth, purpose="consuming", patient=True)
        background = Database(url, connections=sixth, purpose="background", patient=True)
        packing = Database(url, connections=1, purpose="packing", patient=True)
        if not replicas:
            asked = Database(url, connections=rest)
            answering = Database(url, connections=half, purpose="answering")
            return cls(asked, asked, answering, consuming, background, packing)
        lists = max(1, rest // 2)
        return cls(
            asked=Database(url, connections=max(1, rest - lists)),
            listing=DatabaseWithReplicas(url, connections=lists, purpose="listing", replicas=replicas),
            answering=DatabaseWithReplicas(url, connections=half, purpose="answering", replicas=replicas),
            consuming=consuming,
            background=background,
            packing=packing,
        )

    def all(self) -> list[Database]:
        """Each of them, once."""
        every = [self.asked, self.listing, self.answering, self.consuming, self.background, self.packing]
        return list(dict.fromkeys(every))

    def with_replicas(self) -> list[DatabaseWithReplicas]:
        """Those that read from replicas."""
        return [each for each in self.all() if isinstance(each, DatabaseWithReplicas)]
