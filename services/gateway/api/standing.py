"""Until when a document is kept, and a job's state, as callers say them; and the state that jobs are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from litestar.params import QueryParameter

from libs.contracts.identifiers import Kind
from libs.contracts.json_forms import job_form
from libs.contracts.standing import (
    ASKED_STATES,
    EXPIRES_AT,
    STATE,
    AskedState,
    InvalidStanding,
    NamedStanding,
    named_in,
)
from services.gateway.problems import Problem

RankedState = Annotated[
    str | None,
    QueryParameter(
        name="state",
        description="`open`, `closed` or `any` jobs. Without it closed ones are left out, unless the filters name "
        "`@state`",
    ),
]
ListedState = Annotated[
    str | None,
    QueryParameter(
        name="state",
        description="only `open` or only `closed` jobs, of those that were indexed; `any`, as without it: all",
    ),
]
NoState = Annotated[str | None, QueryParameter(name="state", include_in_schema=False)]
"""Where resumes are ranked or listed: they have none."""


def standing_in(body: Mapping[str, Any], kind: Kind) -> NamedStanding:
    """What a JSON body names. Raises Problem: `invalid_expires_at`, `invalid_state`.

    Postings of other systems may have a state of their own under that name: it is passed over.
    """
    if kind == "job" and job_form(body) != "own":
        body = {name: value for name, value in body.items() if name != STATE}
    return _named(body, kind)


def standing_of_parts(expires_at: Sequence[str], state: Sequence[str], kind: Kind) -> NamedStanding:
    """What the text parts of a form name, one of each at most; an empty one takes it back. Raises as `standing_in`."""
    given = {EXPIRES_AT: expires_at, STATE: state}
    return _named({name: parts[0].strip() or None for name, parts in given.items() if parts}, kind)


def change_in(body: Mapping[str, Any], kind: Kind) -> NamedStanding:
    """What a merge patch names. Raises as `standing_in`."""
    return _named(body, kind)


def checked_state(given: object, kind: Kind) -> AskedState | None:
    """The state that documents of a kind are asked for; None where it is not said. Raises Problem: `invalid_state`."""
    if given is None:
        return None
    if kind == "resume":
        raise Problem("invalid_state", "resumes have no state: it is for rankings and lists of jobs")
    if given not in ASKED_STATES:
        raise Problem("invalid_state", f"state is one of {', '.join(ASKED_STATES)}, not {str(given)[:60]!r}")
    return ASKED_STATES[ASKED_STATES.index(given)]


def _named(body: Mapping[str, Any], kind: Kind) -> NamedStanding:
    try:
        return named_in(body, kind)
    except InvalidStanding as error:
        raise Problem(f"invalid_{error.field}", str(error), pointer=f"/{error.field}") from None
