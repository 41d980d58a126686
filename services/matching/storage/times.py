"""Times as the API and events write them."""

from __future__ import annotations

from datetime import UTC, datetime

from libs.contracts.events import TextEvent


def rfc3339(at: datetime) -> str:
    """UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """Reads RFC 3339. A text that is none is taken for now: a time of day is no reason to refuse a record."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return datetime.now(UTC)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def submitted_at(event: TextEvent) -> datetime:
    """When the event's document was submitted."""
    return moment(event.submitted_at or event.as_of)
