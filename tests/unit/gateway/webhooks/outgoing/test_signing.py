"""Signatures are those that receivers check with the public library."""

from __future__ import annotations

import time
from base64 import b64decode

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from services.gateway.webhooks.outgoing.signing import SECRET_PREFIX, new_secret, shown, signed_headers

pytestmark = pytest.mark.unit

BODY = b'{"type":"document.indexed"}'


def now() -> int:
    return int(time.time())


def test_a_signed_body_is_verified_by_the_public_library() -> None:
    secret = new_secret()
    headers = signed_headers("msg_1", now(), BODY, [secret])
    assert Webhook(shown(secret)).verify(BODY, headers) == {"type": "document.indexed"}


@pytest.mark.parametrize("changed", ["body", "webhook-id", "webhook-timestamp", "secret"])
def test_whatever_is_changed_of_it_is_noticed(changed: str) -> None:
    secret = new_secret()
    headers = signed_headers("msg_1", now(), BODY, [secret])
    other = {"webhook-id": "msg_2", "webhook-timestamp": str(now() - 1)}
    body = BODY + b" " if changed == "body" else BODY
    headers |= {changed: other[changed]} if changed in other else {}
    told = shown(new_secret() if changed == "secret" else secret)
    with pytest.raises(WebhookVerificationError):
        Webhook(told).verify(body, headers)


def test_after_a_rotation_either_secret_verifies_it() -> None:
    old, new = new_secret(), new_secret()
    headers = signed_headers("msg_1", now(), BODY, [new, old])
    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (old, new):
        Webhook(shown(secret)).verify(BODY, headers)


def test_secrets_differ_and_have_the_length_that_the_specification_asks_for() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(24 <= len(b64decode(shown(secret).removeprefix(SECRET_PREFIX))) <= 64 for secret in secrets)
