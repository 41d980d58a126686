"""Tokens of the customers' identity provider open the door; no other does, however it is made up."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from libs.telemetry.health import Health
from services.gateway.access.scopes import Scope
from services.gateway.access.tokens.bearer_tokens import BearerTokens, WorthlessToken
from services.gateway.access.tokens.claims import ClaimNames
from services.gateway.access.tokens.issuer import Issuer
from services.gateway.problems import Problem
from tests.fakes.identity_provider import AUDIENCE, IdentityProvider, new_key, public_jwk

pytestmark = pytest.mark.unit


@pytest.fixture
async def tokens(provider: IdentityProvider) -> AsyncIterator[BearerTokens]:
    issuer = Issuer(provider.url, Health("gateway"))
    yield BearerTokens(issuer, AUDIENCE, ClaimNames())
    await issuer.stop()


async def test_a_good_token_says_who_calls(provider: IdentityProvider, tokens: BearerTokens) -> None:
    caller = await tokens.caller(provider.token(scope="openid read write other:admin"))
    assert (caller.tenant, caller.actor, caller.is_operator) == ("acme", "user-17", False)
    assert caller.scopes == {Scope.READ, Scope.WRITE}
    same, other = await tokens.caller(provider.token()), await tokens.caller(provider.token(sub="user-18"))
    assert caller.key_id == same.key_id != other.key_id
    assert "user" not in caller.key_id


async def test_one_of_several_audiences_is_enough(provider: IdentityProvider, tokens: BearerTokens) -> None:
    assert (await tokens.caller(provider.token(aud=["https://other.example", AUDIENCE]))).tenant == "acme"


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
async def test_each_asymmetric_algorithm_is_taken(
    provider: IdentityProvider, tokens: BearerTokens, algorithm: str
) -> None:
    provider.rotate("k", algorithm)
    assert (await tokens.caller(provider.token("k"))).tenant == "acme"


@pytest.mark.parametrize("typ", ["JWT", "at+jwt", "application/at+jwt"])
async def test_types_of_access_tokens_are_taken(provider: IdentityProvider, tokens: BearerTokens, typ: str) -> None:
    assert (await tokens.caller(provider.token(header={"typ": typ}))).tenant == "acme"


def seconds(number: int) -> timedelta:
    return timedelta(seconds=number)


WORTHLESS: dict[str, tuple[dict[str, Any], str]] = {
    "expired": ({"exp": seconds(-120)}, "has expired"),
    "of no end": ({"exp": None}, "exp"),
    "not yet good": ({"nbf": seconds(600)}, "not yet valid"),
    "made in the future": ({"iat": seconds(600)}, "not yet valid"),
    "for another audience": ({"aud": "https://other.example"}, "another audience"),
    "for an audience that begins like ours": ({"aud": AUDIENCE + "/more"}, "another audience"),
    "for nobody": ({"aud": None}, "aud"),
    "of another issuer": ({"iss": "https://other.example"}, "another issuer"),
    "of no issuer": ({"iss": None}, "iss"),
    "of nobody": ({"sub": None}, "sub"),
    "of a time that is none": ({"exp": float("inf")}, "cannot be accepted"),
}


@pytest.mark.parametrize("name", WORTHLESS)
async def test_a_token_with_other_claims_is_worth_nothing(
    provider: IdentityProvider, tokens: BearerTokens, name: str
) -> None:
    changed, said = WORTHLESS[name]
    with pytest.raises(WorthlessToken, match=said):
        await tokens.caller(provider.token(**changed))


@pytest.mark.parametrize("changed", [{"exp": seconds(-30)}, {"nbf": seconds(30)}, {"iat": seconds(30)}])
async def test_clocks_may_be_a_minute_apart(
    provider: IdentityProvider, tokens: BearerTokens, changed: dict[str, Any]
) -> None:
    assert (await tokens.caller(provider.token(**changed))).tenant == "acme"


@pytest.mark.parametrize("header", [{"typ": "logout+jwt"}, {"typ": ""}, {"crit": ["exp"]}, {"kid": "7"}])
async def test_a_token_for_another_purpose_is_worth_nothing(
    provider: IdentityProvider, tokens: BearerTokens, header: dict[str, Any]
) -> None:
    with pytest.raises(WorthlessToken):
        await tokens.caller(
            made_by_hand(provider, {"alg": "RS256", "typ": "JWT", "kid": "first", **header}, b"x" * 256)
        )


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "HS512", "RS256 ", "", None, 1, "ES256K"])
async def test_no_other_algorithm_is_taken(provider: IdentityProvider, tokens: BearerTokens, algorithm: object) -> None:
    for signature in (b"", b"x" * 32):
        with pytest.raises(WorthlessToken):
            await tokens.caller(made_by_hand(provider, {"alg": algorithm, "kid": "first"}, signature))


async def test_the_public_key_is_no_secret_to_sign_with(provider: IdentityProvider, tokens: BearerTokens) -> None:
    public = provider.keys["first"][1].public_key()
    as_text = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    provider.further_jwks = [{"kty": "oct", "kid": "shared", "k": encoded(as_text), "alg": "HS256"}]
    for kid in ("first", "shared"):
        signed = made_by_hand(provider, {"alg": "HS256", "typ": "JWT", "kid": kid}, b"")[:-1]
        signing = hmac.HMAC(as_text, hashes.SHA256())
        signing.update(signed.encode())
        forged = f"{signed}.{encoded(signing.finalize())}"
        assert jwt.decode(forged, options={"verify_signature": False})["tenant"] == "acme"
        with pytest.raises(WorthlessToken, match="signed with one of"):
            await tokens.caller(forged)


async def test_another_key_under_the_same_id_is_worth_nothing(provider: IdentityProvider, tokens: BearerTokens) -> None:
    await tokens.caller(provider.token())
    forged = jwt.encode(provider.claims(), new_key("RS256"), "RS256", headers={"kid": "first"})
    with pytest.raises(WorthlessToken, match="Signature"):
        await tokens.caller(forged)


async def test_a_key_is_good_for_its_own_algorithm_alone(provider: IdentityProvider, tokens: BearerTokens) -> None:
    _, key = provider.keys["first"]
    other = jwt.encode(provider.claims(), key, "PS256", headers={"kid": "first"})
    with pytest.raises(WorthlessToken, match="does not publish"):
        await tokens.caller(other)


async def test_claims_that_were_changed_are_worth_nothing(provider: IdentityProvider, tokens: BearerTokens) -> None:
    head, _, signature = provider.token().split(".")
    changed = encoded(json.dumps(provider.claims(tenant="other")).encode())
    with pytest.raises(WorthlessToken):
        await tokens.caller(f"{head}.{changed}.{signature}")


@pytest.mark.parametrize("text", ["a.b.c", "..", "é.é.é", "eyJhbGciOiJSUzI1NiJ9..", "x" * 20_000 + ".b.c"])
async def test_what_is_no_token_is_worth_nothing(tokens: BearerTokens, text: str) -> None:
    with pytest.raises(WorthlessToken):
        await tokens.caller(text)


async def test_keys_that_cannot_be_used_harm_no_other(provider: IdentityProvider, tokens: BearerTokens) -> None:
    encrypts = {**public_jwk(new_key("RS256")), "kid": "encrypts", "use": "enc"}
    broken: list[Any] = [
        None, "x", {}, {"kty": "RSA"}, {"kty": "RSA", "n": 5, "e": []}, {"kty": "EC", "crv": "P-256", "x": "AA"},
        {"kty": "OKP", "crv": "Ed25519", "x": "!"}, {"kty": "RSA", "n": "AA", "e": "AA", "kid": "first", "use": "enc"},
    ]  # fmt: skip
    provider.further_jwks = [*broken, encrypts]
    assert (await tokens.caller(provider.token())).tenant == "acme"


@pytest.mark.parametrize("purpose", [{"use": "enc"}, {"key_ops": ["wrapKey"]}])
async def test_a_key_for_another_purpose_signs_no_token(
    provider: IdentityProvider, tokens: BearerTokens, purpose: dict[str, Any]
) -> None:
    key = new_key("ES256")
    provider.further_jwks = [{**public_jwk(key), "kid": "other", **purpose}]
    with pytest.raises(WorthlessToken, match="does not publish"):
        await tokens.caller(jwt.encode(provider.claims(), key, "ES256", headers={"kid": "other"}))


async def test_without_a_keys_id_the_only_key_is_meant(provider: IdentityProvider, tokens: BearerTokens) -> None:
    algorithm, key = provider.keys["first"]
    nameless = jwt.encode(provider.claims(), key, algorithm)
    assert (await tokens.caller(nameless)).tenant == "acme"


FORBIDDEN: dict[str, tuple[dict[str, Any], str]] = {
    "no tenant": ({"tenant": None}, "names no tenant"),
    "a tenant of another form": ({"tenant": "Acme Inc."}, "names no tenant"),
    "several tenants": ({"tenant": ["acme"]}, "names no tenant"),
    "no scopes": ({"scope": None}, "none of our scopes"),
    "scopes for others": ({"scope": "openid profile readers"}, "none of our scopes"),
    "scopes of no form": ({"scope": {"read": True}}, "none of our scopes"),
    "a person who cannot be named": ({"sub": "a\nb"}, "must name who calls"),
}


@pytest.mark.parametrize("name", FORBIDDEN)
async def test_a_good_token_without_what_is_needed_is_forbidden_with_a_sentence(
    provider: IdentityProvider, tokens: BearerTokens, name: str
) -> None:
    changed, said = FORBIDDEN[name]
    with pytest.raises(Problem, match=said) as refusal:
        await tokens.caller(provider.token(**changed))
    assert refusal.value.code == "forbidden"


async def test_claims_may_have_other_names_and_scopes_a_prefix(provider: IdentityProvider) -> None:
    names = ClaimNames("https://acme.example/org", "scp", "email", scope_prefix="shortlist:")
    issuer = Issuer(provider.url, Health("gateway"))
    tokens = BearerTokens(issuer, AUDIENCE, names)
    given = {"https://acme.example/org": "acme", "email": "ada@acme.example"}
    caller = await tokens.caller(provider.token(scp=["shortlist:admin", "write", "mail:read"], **given))
    assert (caller.tenant, caller.actor) == ("acme", "ada@acme.example")
    assert caller.scopes == {Scope.ADMIN, Scope.READ, Scope.WRITE}
    with pytest.raises(Problem, match="shortlist:read"):
        await tokens.caller(provider.token(scp=["read"], **given))
    await issuer.stop()


def made_by_hand(provider: IdentityProvider, header: dict[str, Any], signature: bytes) -> str:
    parts = (json.dumps(header).encode(), json.dumps(provider.claims()).encode(), signature)
    return ".".join(encoded(part) for part in parts)


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
