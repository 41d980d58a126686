"""What a key may be for, and what a route asks of it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final


class Scope(StrEnum):
    """`admin` manages its tenant's keys and holds `read` and `write`; `identify` shows who a person is."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"
    IDENTIFY = "identify"


ALL_SCOPES: Final = frozenset(Scope)
_HELD_WITH: Final = {Scope.ADMIN: frozenset({Scope.READ, Scope.WRITE})}

# Options of a route: the scope that it asks for; that only the operator's key may call it; that all may.
SCOPE = "scope"
OPERATOR_ONLY = "operator_only"
OPEN = "open_to_all"
# Of a route that a browser opens by itself, without headers: a ticket in the query is as good as the key.
TAKES_TICKET = "takes_ticket"

READS: Final[dict[str, Any]] = {SCOPE: Scope.READ}
"""What a route says of itself that shows what the tenant has."""
READS_BY_TICKET: Final[dict[str, Any]] = {**READS, TAKES_TICKET: True}
"""The same of one that a ticket opens, too."""
WRITES: Final[dict[str, Any]] = {SCOPE: Scope.WRITE}
"""What a route says of itself that changes it."""
ADMINISTERS: Final[dict[str, Any]] = {SCOPE: Scope.ADMIN}
"""What a route says of itself that manages the tenant's keys or webhooks."""
OPERATES: Final[dict[str, Any]] = {SCOPE: Scope.ADMIN, OPERATOR_ONLY: True}
"""What a route says of itself whose work crosses tenants."""


def parsed_scopes(names: Iterable[str]) -> frozenset[Scope]:
    """Scopes by their names, with those that come with them. Raises ValueError, with a sentence."""
    found: set[Scope] = set()
    for name in names:
        try:
            found.add(Scope(name))
        except ValueError:
            known = ", ".join(Scope)
            raise ValueError(f"there is no scope {name[:40]!r}: scopes are {known}") from None
    if not found:
        raise ValueError("a key needs a scope at least: read, write, admin or identify")
    return with_held(found)


def with_held(scopes: Iterable[Scope]) -> frozenset[Scope]:
    """The scopes with those that they hold."""
    found = frozenset(scopes)
    return found.union(*(_HELD_WITH.get(scope, frozenset()) for scope in found))
