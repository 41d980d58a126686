"""`shortlist webhooks`: what is asked of the gateway, and what a person reads."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fakes.gateway_app import FakeGateway

pytestmark = pytest.mark.unit

ADDRESS = "https://hooks.example.org/shortlist"
WEBHOOK: dict[str, Any] = {
    "id": "wh_1",
    "url": ADDRESS,
    "types": ["document.indexed", "document.failed"],
    "description": "the HR system",
    "state": "paused",
    "paused_at": "2026-12-01T09:30:00+00:00",
    "paused_for": "the endpoint answered 410: it wants nothing any more",
    "created_at": "2026-12-01T09:00:00+00:00",
    "pending": 3,
    "failed": 1,
    "consecutive_failures": 2,
    "failing_since": "2026-12-01T09:10:00+00:00",
    "last_delivery": {"at": "2026-12-01T09:29:59+00:00", "id": "msg_1", "type": "document.indexed", "status": 410},
    "last_error": "the endpoint answered 410",
    "last_error_at": "2026-12-01T09:29:59+00:00",
    "old_secret_until": None,
}
FAILED = {
    "id": "msg_0",
    "type": "document.failed",
    "attempts": 11,
    "ended_at": "2026-12-01T09:00:00+00:00",
    "last_error": "the endpoint answered 500",
    "body": {"data": {"kind": "resume", "id": "r-17"}},
}


@pytest.fixture(autouse=True)
def answers(gateway: FakeGateway) -> None:
    with_secret = {**WEBHOOK, "secret": "whsec_c2VjcmV0"}
    gateway.answers = {
        "POST /webhooks": with_secret,
        "GET /webhooks": {"items": [WEBHOOK]},
        "GET /webhooks/wh_1": WEBHOOK,
        "GET /webhooks/wh_1/deliveries": {"items": [FAILED]},
        "PATCH /webhooks/wh_1": {**WEBHOOK, "state": "active"},
        "DELETE /webhooks/wh_1": WEBHOOK,
        "POST /webhooks/wh_1/secret": with_secret,
        "POST /webhooks/wh_1/replay": [
            {"events": 2, "next_since": "2026-12-01T10:00:00+00:00"},
            {"events": 1, "next_since": None},
        ],
        "POST /webhooks/wh_1/test": {"delivered": True, "status": 204, "error": None, "seconds": 0.1},
    }


def test_a_webhook_is_made_of_what_was_said_and_its_secret_stands_alone_on_a_line(shortlist: Any, gateway: Any) -> None:
    types = "document.indexed, document.failed"
    result = shortlist("webhooks", "create", ADDRESS, "--types", types, "--description", "the HR system")
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[0] == "whsec_c2VjcmV0"
    order = {"url": ADDRESS, "description": "the HR system", "types": ["document.indexed", "document.failed"]}
    assert gateway.webhook_calls == [("POST /webhooks", order)]
    plain = shortlist("webhooks", "create", ADDRESS, "--json")
    assert json.loads(plain.output)["secret"] == "whsec_c2VjcmV0"
    assert gateway.webhook_calls[1][1] == {"url": ADDRESS, "description": ""}


def test_the_list_and_one_webhook_say_how_they_are_doing(shortlist: Any) -> None:
    listed = " ".join(shortlist("webhooks", "list").output.split())
    assert "wh_1" in listed
    assert "paused" in listed
    shown = " ".join(shortlist("webhooks", "show", "wh_1").output.split())
    for said in ("it wants nothing any more", "answered 410", "r-17", "answered 500", "11"):
        assert said in shown
    both = json.loads(shortlist("webhooks", "show", "wh_1", "--json").output)
    assert (both["pending"], both["failed_deliveries"][0]["id"]) == (3, "msg_0")


def test_a_replay_goes_on_until_all_is_sent_again(shortlist: Any, gateway: Any) -> None:
    result = shortlist("webhooks", "replay", "wh_1", "--since", "2026-12-01", "--until", "2026-12-02")
    assert result.exit_code == 0, result.output
    assert result.output.startswith("3 events")
    asked = [body for _, body in gateway.webhook_calls]
    assert asked == [
        {"since": "2026-12-01", "until": "2026-12-02"},
        {"since": "2026-12-01T10:00:00+00:00", "until": "2026-12-02"},
    ]


def test_a_test_that_is_not_delivered_ends_the_command_with_an_error(shortlist: Any, gateway: Any) -> None:
    assert shortlist("webhooks", "test", "wh_1").exit_code == 0
    bad = {"delivered": False, "status": 500, "error": "the endpoint answered 500", "seconds": 0.1}
    gateway.answers["POST /webhooks/wh_1/test"] = bad
    result = shortlist("webhooks", "test", "wh_1")
    assert result.exit_code == 1
    assert "the endpoint answered 500" in result.output


@pytest.mark.parametrize(
    ("command", "call", "says"),
    [
        ("rotate", ("POST /webhooks/wh_1/secret", None), "whsec_c2VjcmV0"),
        ("resume", ("PATCH /webhooks/wh_1", {"state": "active"}), "3 deliveries"),
        ("delete", ("DELETE /webhooks/wh_1", None), "is deleted"),
    ],
)
def test_other_commands_ask_for_what_they_are_called(
    shortlist: Any, gateway: Any, command: str, call: tuple[str, Any], says: str
) -> None:
    result = shortlist("webhooks", command, "wh_1")
    assert result.exit_code == 0, result.output
    assert gateway.webhook_calls == [call]
    assert says in result.output
