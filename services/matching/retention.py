"""Until when documents are kept: as they say themselves, else for their tenant's days after their last submission."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from libs.contracts.identifiers import is_tenant

EVERY_TENANT = "*"
MOST_DAYS = 36_525
_DAYS = re.compile(r"\d{1,5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Retention:
    """`days` by tenant, that of EVERY_TENANT for all that are not named; for who has none, documents stay.

    A submission's moment is the broker's stamp on its record. The try-out broker stamps nothing (`is_stamped` False):
    there it is when the newest step of the document was reported, which is never before.
    """

    days: Mapping[str, int] = field(default_factory=dict)
    is_stamped: bool = True

    @classmethod
    def of(cls, text: str | None, *, is_stamped: bool) -> Retention:
        """As a setting writes it: `acme=365,*=730`. Raises ValueError with a sentence."""
        return cls(read_days(text or ""), is_stamped)

    def days_of(self, tenant: str) -> int | None:
        """The days that a tenant's documents are kept that say nothing themselves; None where they stay."""
        return self.days.get(tenant, self.days.get(EVERY_TENANT))

    def end_of(self, tenant: str, own: datetime | None, document: Any) -> datetime | None:
        """Until when a document is kept; None where it stays. `own` is what it says itself, `document` a row with
        `stamp` and `updated_at`."""
        days = self.days_of(tenant)
        if own is not None or days is None:
            return own
        return self._submitted_at(document) + timedelta(days=days)

    def _submitted_at(self, document: Any) -> datetime:
        if not self.is_stamped:
            updated_at: datetime = document["updated_at"]
            return updated_at
        return datetime.fromtimestamp(document["stamp"] / 1000, UTC)


ALL_STAY: Final = Retention()


def read_days(text: str) -> dict[str, int]:
    """Days by tenant, from `TENANT=DAYS` separated by commas. Raises ValueError with a sentence."""
    found: dict[str, int] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        tenant, _, days = (each.strip() for each in part.partition("="))
        if "=" not in part or not (tenant == EVERY_TENANT or is_tenant(tenant)):
            raise ValueError(f"RETENTION_DAYS must be TENANT=DAYS separated by commas, or *=DAYS, not {part[:80]!r}")
        if _DAYS.fullmatch(days) is None or not 1 <= int(days) <= MOST_DAYS:
            raise ValueError(f"RETENTION_DAYS: the days of {tenant} must be 1 to {MOST_DAYS:,}, not {days[:40]!r}")
        if tenant in found:
            raise ValueError(f"RETENTION_DAYS names {tenant} twice")
        found[tenant] = int(days)
    return found
