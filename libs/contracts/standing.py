"""A document's standing: until when it is kept and, of a job, whether it is open.

Submissions and changes name one or both beside their metadata. Of each, what was named last counts, in the order of
revision; whoever names none leaves it as it is, and null takes it back: no end of its own, and open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, get_args

import msgspec
from msgspec import UNSET, UnsetType

from libs.contracts.identifiers import Kind
from libs.contracts.iso_dates import zoned_moment_of
from libs.contracts.revision import Revision

State = Literal["open", "closed"]
STATES: tuple[State, ...] = get_args(State)
AskedState = Literal["open", "closed", "any"]
ASKED_STATES: tuple[AskedState, ...] = get_args(AskedState)
OPEN: Final = "open"
CLOSED: Final = "closed"

EXPIRES_AT: Final = "expires_at"
STATE: Final = "state"
# Extension attributes of CloudEvents, whose names have lower-case letters and digits alone; empty takes it back.
EXPIRES_AT_ATTRIBUTE: Final = "expiresat"
STATE_ATTRIBUTE: Final = "state"
EXPIRED_REVISION_ATTRIBUTE: Final = "expiredrevision"
"""On a deletion that is to come about only if the document is still expired: the newest revision it is about."""


class InvalidStanding(ValueError):
    """A value is not of its form. `field` is its name in JSON."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class NamedStanding(msgspec.Struct, frozen=True):
    """What one submission or change names: a value, None to take it back, UNSET where it does not name it.

    `expires_at` is RFC 3339 in UTC.
    """

    expires_at: str | UnsetType | None = UNSET
    state: State | UnsetType | None = UNSET

    def __bool__(self) -> bool:
        return (self.expires_at, self.state) != (UNSET, UNSET)

    def over(self, other: NamedStanding) -> NamedStanding:
        """This, and what only the other names."""
        return NamedStanding(
            other.expires_at if self.expires_at is UNSET else self.expires_at,
            other.state if self.state is UNSET else self.state,
        )

    def at(self, revision: Revision) -> Standing:
        """As it was named at a revision."""
        return Standing(
            None if self.expires_at is UNSET else Named(self.expires_at, revision),
            None if self.state is UNSET else Named(self.state, revision),
        )


@dataclass(frozen=True, slots=True)
class Named:
    """A value, None where it was taken back, and the revision of whoever named it."""

    value: str | None
    at: Revision


@dataclass(frozen=True, slots=True)
class Standing:
    """What was named last of each; None where nobody ever named it."""

    expires_at: Named | None = None
    state: Named | None = None

    @property
    def newest(self) -> Revision | None:
        """The revision at which any of it was named last."""
        return max((each.at for each in (self.expires_at, self.state) if each is not None), default=None)

    @property
    def is_closed(self) -> bool:
        """Whether a job is closed."""
        return self.state is not None and self.state.value == CLOSED

    def state_of(self, kind: Kind) -> State | None:
        """A job's state; None for a resume, which has none."""
        if kind == "resume":
            return None
        return CLOSED if self.is_closed else OPEN

    def joined(self, other: Standing) -> Standing:
        """Of each what was named last, in whatever order it became known."""
        return Standing(_later(self.expires_at, other.expires_at), _later(self.state, other.state))

    def after(self, revision: Revision) -> Standing:
        """What was named after a revision."""
        return Standing(_after(self.expires_at, revision), _after(self.state, revision))


NAMES_NOTHING: Final = NamedStanding()
NEVER_NAMED: Final = Standing()


class StandingFields(msgspec.Struct, frozen=True, kw_only=True):
    """What an event between the services says of a standing: see NamedStanding. `expires_at_revision` and
    `state_revision` are those of whoever named them; absent where it is the event's own."""

    expires_at: str | UnsetType | None = UNSET
    expires_at_revision: str | UnsetType = UNSET
    state: State | UnsetType | None = UNSET
    state_revision: str | UnsetType = UNSET

    def standing_at(self, own: Revision) -> Standing:
        """What it says; `own` is the event's revision. Raises ValueError where a revision is not of the form."""
        return Standing(
            _named(self.expires_at, self.expires_at_revision, own), _named(self.state, self.state_revision, own)
        )


def standing_fields(standing: Standing, own: Revision) -> dict[str, Any]:
    """The fields of an event of the revision `own` that says a standing."""
    fields: dict[str, Any] = {}
    for name, named in ((EXPIRES_AT, standing.expires_at), (STATE, standing.state)):
        fields[name] = UNSET if named is None else named.value
        fields[f"{name}_revision"] = UNSET if named is None or named.at == own else str(named.at)
    return fields


def named_in(body: Mapping[str, Any], kind: Kind) -> NamedStanding:
    """What the fields of a JSON object name. Raises InvalidStanding."""
    return NamedStanding(
        check_expires_at(body[EXPIRES_AT]) if EXPIRES_AT in body else UNSET,
        _state_in(body[STATE], kind) if STATE in body else UNSET,
    )


def named_by(attributes: Mapping[str, str], kind: Kind) -> NamedStanding:
    """What the extension attributes of an event name. Raises InvalidStanding."""
    given = {EXPIRES_AT: attributes.get(EXPIRES_AT_ATTRIBUTE), STATE: attributes.get(STATE_ATTRIBUTE)}
    # A structured event's null is as good as no attribute, by the specification.
    return named_in({name: text or None for name, text in given.items() if text is not None and text != "null"}, kind)


def attributes_of(named: NamedStanding) -> dict[str, str]:
    """The extension attributes that name it."""
    given = {EXPIRES_AT_ATTRIBUTE: named.expires_at, STATE_ATTRIBUTE: named.state}
    return {name: value or "" for name, value in given.items() if value is not UNSET}


def given_fields(named: NamedStanding) -> dict[str, str | None]:
    """The fields of a JSON body that name it."""
    given = {EXPIRES_AT: named.expires_at, STATE: named.state}
    return {name: value for name, value in given.items() if not isinstance(value, UnsetType)}


def check_expires_at(value: Any) -> str | None:
    """A moment of RFC 3339 with an offset, in UTC; None for null. Raises InvalidStanding."""
    if value is None:
        return None
    at = zoned_moment_of(value) if isinstance(value, str) else None
    if at is None:
        shown = repr(value[:60]) if isinstance(value, str) else "a value of another type"
        raise InvalidStanding(
            EXPIRES_AT,
            f"expires_at must be a time of RFC 3339 with an offset, as 2027-01-01T00:00:00Z or "
            f"2027-01-01T00:00:00+01:00, or null; not {shown}",
        )
    return written(at)


def check_state(value: Any) -> State | None:
    """A job's state; None for null. Raises InvalidStanding."""
    if value is None:
        return None
    if value not in STATES:
        shown = repr(value[:60]) if isinstance(value, str) else "a value of another type"
        raise InvalidStanding(STATE, f"a job's state is open or closed, or null, which means open; not {shown}")
    return STATES[STATES.index(value)]


def written(at: datetime) -> str:
    """A moment as events and answers have it: RFC 3339, UTC, with fractions of a second where it has some."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _state_in(value: Any, kind: Kind) -> State | UnsetType | None:
    if kind == "job":
        return check_state(value)
    if value is None:
        return UNSET
    raise InvalidStanding(STATE, "a resume has no state: only jobs are open or closed")


def _named(value: str | UnsetType | None, revision: str | UnsetType, own: Revision) -> Named | None:
    if value is UNSET:
        return None
    return Named(value, own if revision is UNSET else Revision.parse(revision))


def _later(one: Named | None, other: Named | None) -> Named | None:
    if one is None or other is None:
        return one or other
    return other if other.at > one.at else one


def _after(named: Named | None, revision: Revision) -> Named | None:
    return named if named is not None and named.at > revision else None
