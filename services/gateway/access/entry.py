"""Lets callers in: by the bootstrap key, by a key of their tenant, or by a token of the identity provider."""

from __future__ import annotations

import hmac

from services.gateway.access.caller import ANYONE, BOOTSTRAP, Caller
from services.gateway.access.key_form import MAX_KEY_CHARS, digest_of
from services.gateway.access.known_keys import KnownKeys, WorthlessKey
from services.gateway.access.tokens.bearer_tokens import BearerTokens, WorthlessToken, is_token
from services.gateway.problems import Problem

_CHALLENGE = 'Bearer realm="shortlist"'


class Entry:
    """Tells who calls. Without `is_locked` everybody is let in, as tenant `default`."""

    def __init__(
        self, *, is_locked: bool, bootstrap_key: str | None, known: KnownKeys | None, tokens: BearerTokens | None = None
    ) -> None:
        self._is_locked = is_locked
        self._bootstrap = None if bootstrap_key is None else digest_of(bootstrap_key)
        self._known = known
        self._tokens = tokens

    async def caller(self, authorization: str | None) -> Caller:
        """The owner of the key or token in an Authorization header.

        Raises Problem (`unauthorized`, `forbidden`); DependencyUnavailable where nobody can tell.
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
        try:
            return await self._owner_of(key)
        except (WorthlessKey, WorthlessToken) as refusal:
            raise _refused(str(refusal)) from None

    async def _owner_of(self, key: str) -> Caller:
        # No key that was made here has a dot in it.
        if self._tokens is not None and is_token(key):
            return await self._tokens.caller(key)
        if self._known is None or len(key) > MAX_KEY_CHARS:
            raise WorthlessKey("this key is not known")
        return await self._known.caller(key)


def _refused(why: str) -> Problem:
    return Problem("unauthorized", why, headers={"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'})
