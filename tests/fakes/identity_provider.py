"""A small identity provider over real HTTP: a discovery document, a key set, and tokens that it signs."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from tests.fakes.serving import serving

AUDIENCE = "https://shortlist.example"
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def new_key(algorithm: str) -> PrivateKey:
    """A key for RS…, PS…, ES256 or EdDSA."""
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    if algorithm == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_jwk(key: PrivateKey) -> dict[str, Any]:
    """Its public half as a JSON Web Key."""
    if isinstance(key, rsa.RSAPrivateKey):
        return dict(RSAAlgorithm.to_jwk(key.public_key(), as_dict=True))
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return dict(ECAlgorithm.to_jwk(key.public_key(), as_dict=True))
    return dict(OKPAlgorithm.to_jwk(key.public_key(), as_dict=True))


@cache
def _first_key() -> PrivateKey:
    # An RSA key takes long to make.
    return new_key("RS256")


class IdentityProvider:
    """What a test may change: its `keys` (id: (algorithm, private key)), what else the key set holds, whether it is
    `away`, and parts of the discovery document. `calls` counts what was asked of it, by path."""

    def __init__(self, url: str = "") -> None:
        self.url = url
        self.keys: dict[str, tuple[str, PrivateKey]] = {"first": ("RS256", _first_key())}
        self.further_jwks: list[Any] = []
        self.discovery: dict[str, Any] = {}
        self.away = False
        self.calls: Counter[str] = Counter()

    def rotate(self, id: str, algorithm: str = "RS256") -> None:
        """Signs with a new key from now on, and publishes no other."""
        self.keys = {id: (algorithm, new_key(algorithm))}

    def claims(self, **changed: Any) -> dict[str, Any]:
        """Good claims, some of them changed; None takes one out, a timedelta is that time from now."""
        now = int(time.time())
        good = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "user-17",
            "iat": now,
            "exp": now + 300,
            "tenant": "acme",
            "scope": "openid read",
        }
        told = {name: value for name, value in {**good, **changed}.items() if value is not None}
        return {
            name: now + int(value.total_seconds()) if isinstance(value, timedelta) else value
            for name, value in told.items()
        }

    def token(self, key_id: str = "first", *, header: dict[str, Any] | None = None, **changed: Any) -> str:
        """A token signed with one of its keys."""
        algorithm, key = self.keys[key_id]
        return jwt.encode(self.claims(**changed), key, algorithm, headers={"kid": key_id, **(header or {})})

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.calls[scope["path"]] += 1
        bodies = {"/.well-known/openid-configuration": self._discovered, "/keys": self._key_set}
        found = bodies.get(scope["path"])
        status = 503 if self.away else 200 if found else 404
        body = json.dumps(found()).encode() if found and status == 200 else b""
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _discovered(self) -> dict[str, Any]:
        return {"issuer": self.url, "jwks_uri": f"{self.url}/keys", **self.discovery}

    def _key_set(self) -> dict[str, Any]:
        published = [
            {**public_jwk(key), "kid": id, "alg": algorithm, "use": "sig"} for id, (algorithm, key) in self.keys.items()
        ]
        return {"keys": [*self.further_jwks, *published]}


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """One, serving."""
    provider = IdentityProvider()
    with serving(provider) as url:
        provider.url = url
        yield provider
