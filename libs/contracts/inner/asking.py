"""Who asks for a score: told by the gateway in headers of its requests to matching, for the score log alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, unquote

import msgspec

ACTOR_HEADER: Final = "Shortlist-Actor"
"""Outside: a caller's own name of the person who looks. Inside the same, percent-encoded."""
ASKED_BY_HEADER: Final = "Shortlist-Asked-By"
"""Inside: the public id of the key that the gateway let in, percent-encoded."""
MAX_ACTOR_CHARS: Final = 200


class Asker(msgspec.Struct, frozen=True, array_like=True):
    """Who asks: the public id of a key, and the caller's own name of the person who looks. None: not told.

    Nothing of it is scored.
    """

    key: str | None = None
    actor: str | None = None


def is_actor(text: str) -> bool:
    """Whether `text` may name a person who looks: 1 to MAX_ACTOR_CHARS printable characters."""
    return 1 <= len(text) <= MAX_ACTOR_CHARS and text.isprintable()


def headers_of(asker: Asker) -> dict[str, str]:
    """The headers that tell matching who asks."""
    told = {ASKED_BY_HEADER: asker.key, ACTOR_HEADER: asker.actor}
    return {name: quote(value, safe="") for name, value in told.items() if value}


def asker_in(headers: Mapping[str, str]) -> Asker:
    """Who asks, by the headers of an inner request. Raises ValueError, with a sentence, where they are malformed."""
    found: dict[str, str | None] = {}
    for name in (ASKED_BY_HEADER, ACTOR_HEADER):
        given = headers.get(name)
        found[name] = None if given is None else unquote(given, errors="surrogateescape")
        told = found[name]
        if told is not None and not is_actor(told):
            raise ValueError(f"the header {name} must hold 1 to {MAX_ACTOR_CHARS} printable characters")
    return Asker(found[ASKED_BY_HEADER], found[ACTOR_HEADER])
