"""JSON Web Tokens (RFC 7519) as callers send them: checked by what the identity provider signs with."""

from __future__ import annotations

from typing import Any, Final

import jwt

from services.gateway.access.caller import Caller
from services.gateway.access.tokens.claims import ClaimNames, caller_of
from services.gateway.access.tokens.issuer import Issuer, UnknownKey
from services.gateway.access.tokens.key_set import ALGORITHMS

# How far apart the issuer's clock and ours may be.
LEEWAY_SECONDS = 60
MAX_TOKEN_CHARS = 16_384
# Tokens for other purposes carry other types, as `logout+jwt`; most of those for ours carry one of these, or none.
_TYPES: Final = frozenset({"jwt", "at+jwt", "application/at+jwt"})


class WorthlessToken(Exception):
    """The token opens nothing; the message says why."""


class BearerTokens:
    """Tokens of one issuer for one audience."""

    def __init__(self, issuer: Issuer, audience: str, names: ClaimNames) -> None:
        self._issuer = issuer
        self._audience = audience
        self._names = names

    async def caller(self, token: str) -> Caller:
        """Who calls.

        Raises WorthlessToken; Problem (`forbidden`) where a good token lets nobody in; DependencyUnavailable where
        nobody can tell, as the issuer is away.
        """
        key_id, algorithm = _header(token)
        try:
            key = await self._issuer.key(key_id, algorithm)
        except UnknownKey:
            raise WorthlessToken("this token is signed with a key that its issuer does not publish") from None
        return caller_of(self._claims(token, key, algorithm), self._names)

    def _claims(self, token: str, key: jwt.PyJWK, algorithm: str) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=self._audience,
                issuer=self._issuer.url,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub"], "enforce_minimum_key_length": True},
            )
        except jwt.ExpiredSignatureError:
            raise WorthlessToken("this token has expired; get a new one of your identity provider") from None
        except jwt.InvalidAudienceError:
            raise WorthlessToken(f"this token is for another audience than {self._audience}") from None
        except jwt.InvalidIssuerError:
            raise WorthlessToken(f"this token is of another issuer than {self._issuer.url}") from None
        # Numbers of no possible time raise what Python raises.
        except (jwt.PyJWTError, OverflowError, TypeError) as error:
            raise WorthlessToken(f"this token cannot be accepted: {error}") from None


def is_token(text: str) -> bool:
    """Whether `text` has the form of a token: three parts with dots between."""
    return text.count(".") == 2


def _header(token: str) -> tuple[str | None, str]:
    """The id of the key and the algorithm. Raises WorthlessToken."""
    if len(token) > MAX_TOKEN_CHARS:
        raise WorthlessToken(f"this token has more than {MAX_TOKEN_CHARS} characters")
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise WorthlessToken(f"this token cannot be read: {error}") from None
    algorithm, type, key_id = header.get("alg"), header.get("typ", "JWT"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise WorthlessToken(f"tokens are signed with one of {', '.join(sorted(ALGORITHMS))}")
    if not isinstance(type, str) or type.lower() not in _TYPES:
        raise WorthlessToken("this token is of a type for another purpose: send an access token")
    return key_id, algorithm
