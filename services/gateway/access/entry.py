"""Lets callers in: by the bootstrap key, by a key of their tenant, or by a ticket that was made with one."""

from __future__ import annotations

import hmac

from services.gateway.access.caller import ANYONE, BOOTSTRAP, Caller
from services.gateway.access.key_form import MAX_KEY_CHARS, digest_of
from services.gateway.access.known_keys import KnownKeys, WorthlessKey
from services.gateway.access.tickets import Tickets
from services.gateway.problems import Problem

_CHALLENGE = 'Bearer realm="shortlist"'


class Entry:
    """Tells who calls. Without `is_locked` everybody is let in, as tenant `default`."""

    def __init__(
        self, *, is_locked: bool, bootstrap_key: str | None, known: KnownKeys | None, tickets: Tickets | None = None
    ) -> None:
        self._is_locked = is_locked
        self._bootstrap = None if bootstrap_key is None else digest_of(bootstrap_key)
        self._known = known
        self._tickets = tickets or Tickets(None)

    async def caller(self, authorization: str | None) -> Caller:
        """The owner of the key in an Authorization header.

        Raises Problem (`unauthorized`); DependencyUnavailable where nobody can tell.
        """
        if not self._is_locked:
            return ANYONE
        scheme, _, sent = (authorization or "").strip().partition(" ")
        key = sent.strip()
        if scheme.lower() != "bearer" or not key:
            raise Problem(
                "unauthorized", "send the header Authorization: Bearer KEY", headers={"WWW-Authenticate": _CHALLENGE}
            )
        # Digests are compared, so that the time taken tells nothing about the key, not even its length.
        if self._bootstrap is not None and hmac.compare_digest(digest_of(key), self._bootstrap):
            return BOOTSTRAP
        if self._known is None or len(key) > MAX_KEY_CHARS:
            raise _refused("this key is not known")
        try:
            return await self._known.caller(key)
        except WorthlessKey as refusal:
            raise _refused(str(refusal)) from None

    async def ticket_holder(self, ticket: str) -> Caller:
        """Whose ticket this is; it opens nothing a second time. Raises Problem; DependencyUnavailable."""
        holder = await self._tickets.use(ticket)
        if holder is None:
            raise _refused("this ticket opens nothing: it was used already, or its minute is over; ask for a new one")
        return await self.holder(holder.tenant, holder.key_id)

    async def holder(self, tenant: str, key_id: str) -> Caller:
        """The caller with a key of this public id, who showed the key itself before; with the scopes it has now.

        Raises Problem (`unauthorized`) where the key opens nothing any more; DependencyUnavailable where nobody can
        tell.
        """
        if key_id == ANYONE.key_id and not self._is_locked:
            return ANYONE
        if key_id == BOOTSTRAP.key_id and self._bootstrap is not None:
            return BOOTSTRAP
        if self._known is None:
            raise _refused("this key is not known")
        try:
            caller = await self._known.owner(key_id)
        except WorthlessKey as refusal:
            raise _refused(str(refusal)) from None
        if caller.tenant != tenant:
            raise _refused("this key is not known")
        return caller


def _refused(why: str) -> Problem:
    return Problem("unauthorized", why, headers={"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'})
