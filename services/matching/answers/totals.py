"""How many documents an answer was chosen from."""

from __future__ import annotations

import time

from msgspec import UNSET, UnsetType

from libs.contracts.identifiers import Kind
from libs.database.transactions import Reading
from services.matching.answers.candidates.restriction import MOST_COMPARED, Restriction

# More are not counted: the answer says that there are so many at least.
MOST_COUNTED = 10_000
# So long a tenant that had more than that is taken to have them still.
_REMEMBERED_SECONDS = 60.0

_COUNT = """
SELECT count(*) FROM (SELECT 1 FROM matching.cards WHERE tenant = $1 AND kind = $2 LIMIT $3) AS counted
"""


class Totals:
    """Counts documents for `total` and `total_at_least`, one of which is UNSET in each answer."""

    def __init__(self) -> None:
        self._many: dict[tuple[str, Kind], float] = {}

    async def of(
        self, connection: Reading, tenant: str, kind: Kind, restricted: Restriction
    ) -> tuple[int | UnsetType, int | UnsetType]:
        """`total` and `total_at_least` of the documents that a restriction leaves."""
        if restricted.within is not None:
            return counted(len(restricted.within))
        excluded = 0 if restricted.excluded is None else len(restricted.excluded)
        if restricted.condition is not None:
            # More pass than are counted; of the excluded it is not known whether they do.
            return UNSET, min(MOST_COUNTED, max(MOST_COMPARED + 1 - excluded, 0))
        if restricted.holding is not None:
            return UNSET, MOST_COUNTED
        if not excluded and self._many.get((tenant, kind), 0.0) > time.monotonic():
            return UNSET, MOST_COUNTED
        count = await connection.fetchval(_COUNT, tenant, kind, MOST_COUNTED + excluded + 1) - excluded
        if not excluded and count > MOST_COUNTED:
            self._many[tenant, kind] = time.monotonic() + _REMEMBERED_SECONDS
        return counted(count)


def counted(count: int) -> tuple[int | UnsetType, int | UnsetType]:
    """`total` and `total_at_least` of a number of documents that were counted."""
    return (UNSET, MOST_COUNTED) if count > MOST_COUNTED else (count, UNSET)
