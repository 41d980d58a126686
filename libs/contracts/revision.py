"""Which submission of a document something belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass

# What a database's integer of eight bytes can hold.
_HIGHEST_OFFSET = 2**63 - 1
_FORM = re.compile(r"([0-9]{1,19})-([0-9]{1,19})")


@dataclass(frozen=True, slots=True, order=True)
class Revision:
    """The pair (stamp, offset) of the submitted record; compared as a pair of numbers.

    `stamp` is in milliseconds: the broker's own time for the record, or, on a broker that does not
    stamp records, the moment its supervisor started it.
    """

    stamp: int
    offset: int

    def __str__(self) -> str:
        return f"{self.stamp}-{self.offset}"

    @property
    def just_below(self) -> Revision:
        """Above every revision that is below this one; no record's own."""
        return Revision(self.stamp, self.offset - 1) if self.offset else Revision(self.stamp - 1, _HIGHEST_OFFSET)

    @classmethod
    def parse(cls, text: str) -> Revision:
        """Reads `STAMP-OFFSET`. Raises ValueError where it is not of that form."""
        match = _FORM.fullmatch(text)
        if match is None:
            raise ValueError(f"the revision {text[:60]!r} is not of the form STAMP-OFFSET")
        return cls(int(match[1]), int(match[2]))


def revision_of(*, timestamp: int, timestamp_type: int, offset: int, tryout_stamp: int | None) -> Revision:
    """The revision of a submitted record.

    `timestamp` in milliseconds; `timestamp_type` 1 says that the broker set it (LogAppendTime).
    A producer's clock never decides: without a broker's stamp the setting `tryout_stamp` counts,
    and without either this raises ValueError.
    """
    if tryout_stamp is not None:
        return Revision(tryout_stamp, offset)
    if timestamp_type == 1:
        return Revision(timestamp, offset)
    raise ValueError(
        "the record carries no broker's timestamp: set message.timestamp.type=LogAppendTime on "
        "documents.submitted.v1 (shortlist topics apply), or TRYOUT_STAMP on a broker that cannot stamp"
    )
