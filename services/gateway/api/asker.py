"""Who asks for scores: the key that was let in, and the person whom the caller names."""

from __future__ import annotations

from typing import Annotated

from litestar.params import HeaderParameter

from libs.contracts.inner.asking import ACTOR_HEADER, MAX_ACTOR_CHARS, Asker, is_actor
from services.gateway.api.bodies import AnyRequest
from services.gateway.problems import Problem

Actor = Annotated[
    str | None,
    HeaderParameter(
        name=ACTOR_HEADER,
        description="your own name of the person who looks, for the score log (`GET /score-log`) alone: 1 to "
        f"{MAX_ACTOR_CHARS} printable characters in UTF-8",
    ),
]
"""For the API's description; `asker_of` reads it."""


def asker_of(request: AnyRequest) -> Asker:
    """Who asks. Raises Problem (`invalid_actor`) where the header names nobody."""
    given = request.headers.getall(ACTOR_HEADER, [])
    if not given:
        return Asker(request.user.key_id)
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
    return Asker(request.user.key_id, actor)
