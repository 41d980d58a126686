"""What a service can do at the moment, part by part, in sentences."""

from __future__ import annotations

from datetime import UTC, datetime

from libs.contracts.inner.health import PartState, PartStatus


class Health:
    """The states of a service's parts. Ready once every part that was named is past waiting."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.parts: dict[str, PartState] = {"start": _state("waiting", "the service is starting")}

    def started(self) -> None:
        """All parts have been named: from now on they alone decide whether the service is ready."""
        self.parts.pop("start", None)

    def waits_for(self, part: str, reason: str) -> None:
        """The service cannot work before this part is there."""
        self._set(part, "waiting", reason)

    def ok(self, part: str) -> None:
        """The part works."""
        self._set(part, "ok", None)

    def degraded(self, part: str, reason: str) -> None:
        """The part is away or impaired, but some work goes on."""
        self._set(part, "degraded", reason)

    def hung(self, part: str, reason: str) -> None:
        """The part stands still and only a restart of the process helps."""
        self._set(part, "hung", reason)

    @property
    def live(self) -> bool:
        """Whether no restart is needed."""
        return all(part.status != "hung" for part in self.parts.values())

    @property
    def ready(self) -> bool:
        """Whether no part is waited for: the service can do at least part of its work."""
        return all(part.status != "waiting" for part in self.parts.values())

    def _set(self, part: str, status: PartStatus, reason: str | None) -> None:
        known = self.parts.get(part)
        if known is None or (known.status, known.reason) != (status, reason):
            self.parts[part] = _state(status, reason)


def _state(status: PartStatus, reason: str | None) -> PartState:
    return PartState(status, reason, datetime.now(UTC).isoformat(timespec="milliseconds"))
