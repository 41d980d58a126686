"""Who asks for scores: the key or token that was let in, and the person whom the token or else the caller names."""

from __future__ import annotations

from typing import Annotated

from litestar.params import HeaderParameter

from libs.contracts.inner.asking import ACTOR_HEADER, MAX_ACTOR_CHARS, Asker, is_actor
from services.gateway.access.caller import Caller
from services.gateway.api.bodies import AnyRequest
from services.gateway.problems import Problem

Actor = Annotated[
    str | None,
    HeaderParameter(
        name=ACTOR_HEADER,
        description="your own name of the person who looks, for the score log (`GET /score-log`) and the access log: "
        f"1 to {MAX_ACTOR_CHARS} printable characters in UTF-8. A token of your identity provider names it itself",
    ),
]
"""For the API's description; `asker_of` reads it."""


def asker_of(request: AnyRequest) -> Asker:
    """Who asks; the access log is told the person as well.

    Raises Problem (`invalid_actor`) where the header names nobody, or somebody else than the caller's token.
    """
    caller: Caller = request.user
    actor = _named(request)
    if caller.actor is not None and actor not in (None, caller.actor):
        raise Problem(
            "invalid_actor", f"your token names who looks: leave the header {ACTOR_HEADER} out, or send the same name"
        )
    actor = caller.actor or actor
    request.scope["state"]["actor"] = actor
    return Asker(caller.key_id, actor)


def _named(request: AnyRequest) -> str | None:
    """The person whom the header names; None without one."""
    given = request.headers.getall(ACTOR_HEADER, [])
    if not given:
        return None
    # Bytes of a header come as Latin-1, whatever they are.
    try:
        actor = given[0].encode("latin-1").decode()
    except UnicodeError:
        raise Problem("invalid_actor", f"the header {ACTOR_HEADER} must be UTF-8", header=ACTOR_HEADER) from None
    if len(given) > 1 or not is_actor(actor):
        raise Problem(
            "invalid_actor",
            f"the header {ACTOR_HEADER}, once, must hold 1 to {MAX_ACTOR_CHARS} printable characters",
            header=ACTOR_HEADER,
        )
    return actor
