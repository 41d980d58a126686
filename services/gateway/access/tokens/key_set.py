"""The public keys that an issuer signs with, each for the algorithms that it is made for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import jwt

from libs.telemetry.logs import get_logger

# By type of key and curve. Asymmetric ones alone: with HS256 the issuer's public key, which everybody may read, would
# be a secret that signs; `none` is no signature at all.
_ALGORITHMS: Final[dict[tuple[str, str | None], tuple[str, ...]]] = {
    ("RSA", None): ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    ("EC", "P-256"): ("ES256",),
    ("EC", "P-384"): ("ES384",),
    ("EC", "P-521"): ("ES512",),
    ("OKP", "Ed25519"): ("EdDSA",),
    ("OKP", "Ed448"): ("EdDSA",),
}
ALGORITHMS: Final = frozenset(name for names in _ALGORITHMS.values() for name in names)
"""The algorithms that a token may be signed with."""
# Issuers have a handful.
MOST_KEYS = 100

log = get_logger(__name__)


class KeySet:
    """The keys of a JSON Web Key Set (RFC 7517) that signatures can be checked with."""

    def __init__(self, document: object) -> None:
        """Raises ValueError, with a sentence, where there is none. Single keys that cannot be used are left out."""
        listed = document.get("keys") if isinstance(document, dict) else None
        if not isinstance(listed, list):
            raise ValueError("its key set is not of the form")
        self._keys: dict[str, list[tuple[str | None, jwt.PyJWK]]] = {}
        for algorithm, key in _usable(listed[:MOST_KEYS]):
            self._keys.setdefault(algorithm, []).append((key.key_id, key))
        if not self._keys:
            raise ValueError("its key set holds no key that signatures can be checked with")

    def key(self, id: str | None, algorithm: str) -> jwt.PyJWK | None:
        """The key of that id for an algorithm; without an id, the only one there is for it."""
        fitting = self._keys.get(algorithm, [])
        if id is None:
            return fitting[0][1] if len(fitting) == 1 else None
        return next((key for key_id, key in fitting if key_id == id), None)


def _usable(listed: Iterable[object]) -> Iterator[tuple[str, jwt.PyJWK]]:
    for each in listed:
        if not isinstance(each, dict) or not _is_for_signatures(each):
            continue
        for algorithm in _algorithms_of(each):
            try:
                yield algorithm, jwt.PyJWK(each, algorithm)
            except (jwt.PyJWTError, ValueError, TypeError) as error:
                log.warning("issuer_key_not_used", key=str(each.get("kid"))[:80], reason=str(error)[:200])
                break


def _is_for_signatures(key: dict[str, Any]) -> bool:
    operations = key.get("key_ops")
    return key.get("use", "sig") == "sig" and (not isinstance(operations, list) or "verify" in operations)


def _algorithms_of(key: dict[str, Any]) -> tuple[str, ...]:
    kind = (str(key.get("kty")), None if key.get("kty") == "RSA" else str(key.get("crv")))
    named = key.get("alg")
    return tuple(each for each in _ALGORITHMS.get(kind, ()) if named is None or each == named)
