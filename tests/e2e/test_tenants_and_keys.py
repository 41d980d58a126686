"""A whole stack with keys: each tenant sees only its own, and blind screening is kept by the door itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.described_answers import DESCRIPTION
from tests.e2e.running_stack import RunningStack, until

pytestmark = pytest.mark.e2e

NAME, EMAIL, PHONE = "Philippa Quillfeather", "philippa.quillfeather@example.org", "+44 7700 900123"
RESUME = f"""{NAME}
Lighthouse keeper
{EMAIL}
{PHONE}

Experience
Lighthouse keeper, Northern Lights Board, 2011 - 2024
{NAME} kept the lamp of the lighthouse and its fog signal in order for thirteen years.
Maintained diesel generators and radio beacons.
Logged the weather every three hours.
"""
JOB = {
    "title": "Lighthouse keeper",
    "description": "We look for a keeper of lamps and fog signals.",
    "requirements": ["Ten years of keeping a lighthouse", "Maintenance of diesel generators", "Weather logs"],
}
# What is open to all, and what no tenant's key may call at all.
OPEN = {"getLive", "getReady"}
OPERATORS = {"reembed", "getStorage"}
# Of what is named in an address, one of each form.
IDS = {"document_id": "r1", "receipt_id": "er-1-1-0a", "key_id": "0000000000", "webhook_id": "wh_0000000000000000"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    running = RunningStack(tmp_path_factory.mktemp("stack") / "data", "--auth", "keys")
    yield running
    assert running.stop() == 0


def key_of(stack: RunningStack, tenant: str, scopes: str) -> str:
    made = stack.command("keys", "create", "--tenant", tenant, "--scopes", scopes, "--json")
    assert made.returncode == 0, made.stderr
    return str(json.loads(made.stdout)["key"])


@pytest.fixture(scope="module")
def acme(stack: RunningStack) -> Iterator[httpx.Client]:
    """Tenant acme, which has a resume and a job; it may do everything with them."""
    with client(stack, key_of(stack, "acme", "admin,identify")) as http:
        wait = {"Prefer": "wait=60"}
        for path, body in (("/resumes/r1", {"text": RESUME, "metadata": {"site": "north"}}), ("/jobs/j1", JOB)):
            answer = http.put(path, json=body, headers=wait)
            assert answer.status_code in (200, 201), answer.text
        assert http.post("/matching/calculate", json={"job_id": "j1", "resume_id": "r1"}).json()["score"] is not None
        yield http


def client(stack: RunningStack, key: str) -> httpx.Client:
    base = str(stack.info["gateway_url"]).rstrip("/") + "/api/v1"
    return httpx.Client(base_url=base, headers={"authorization": f"Bearer {key}"}, timeout=90, trust_env=False)


def test_every_route_shows_another_tenant_nothing(stack: RunningStack, acme: httpx.Client) -> None:
    tried: dict[str, int] = {}
    own_key = acme.get("/admin/keys/").json()["items"][0]["id"]
    receipt = _erased_receipt(acme)
    webhook = acme.post("/webhooks/", json={"url": "https://hr.example.org/shortlist"}).json()["id"]
    with client(stack, key_of(stack, "bolt", "admin,identify")) as other:
        # Last what makes documents of its own under the same ids.
        for name, method, path, operation in sorted(_operations(), key=lambda each: each[1] == "PUT"):
            filled = path.format_map(
                {"document_id": _id_in(path), "receipt_id": receipt, "key_id": own_key, "webhook_id": webhook}
            )
            answer = _answer(other, method, filled, operation)
            tried[name] = answer.status_code
            assert answer.status_code < 500 or answer.status_code == 501, (name, answer.text)
            if "{" in path:
                # Of its own it has none of these ids: it may make them, and is told of nobody else's.
                is_made = method in ("PUT",)
                assert answer.status_code == (202 if is_made else 404), (name, answer.status_code, answer.text)
            if name in OPERATORS:
                assert answer.status_code == 403, name
            for secret in ("Quillfeather", "Northern Lights", "north", "acme"):
                assert secret not in answer.text, (name, answer.text)
    assert set(tried) == {name for name, *_ in _operations()}
    # And nothing that the other one did has touched it.
    assert acme.get("/resumes/r1").json()["text"] == RESUME.strip()
    assert acme.get("/jobs/j1").json()["title"] == JOB["title"]
    assert [each["id"] for each in acme.get("/admin/keys/").json()["items"] if not each["revoked_at"]] == [own_key]


def test_without_a_key_every_route_but_the_open_ones_is_shut(stack: RunningStack, acme: httpx.Client) -> None:
    base = str(stack.info["gateway_url"]).rstrip("/") + "/api/v1"
    with httpx.Client(base_url=base, timeout=30, trust_env=False) as nobody:
        for name, method, path, operation in _operations():
            filled = path.format_map(IDS)
            answer = _answer(nobody, method, filled, operation)
            assert (answer.status_code == 401) == (name not in OPEN), (name, answer.text)


def test_a_key_without_identify_is_shown_nobody(stack: RunningStack, acme: httpx.Client) -> None:
    seen = acme.get("/resumes/r1").json()
    assert {span["type"] for span in seen["identity_spans"]} >= {"name", "email", "phone"}
    with client(stack, key_of(stack, "acme", "read,write")) as blind:
        shown = blind.get("/resumes/r1").json()
        assert (shown["identity_spans"], len(shown["text"])) == ([], len(seen["text"]))
        assert "Maintained diesel generators" in shown["text"]
        answers = [
            blind.get("/resumes/r1"),
            blind.get("/resumes/"),
            blind.get("/resumes/r1/matches"),
            blind.get("/resumes/r1/similar"),
            blind.get("/jobs/j1/matches"),
            blind.post("/matching/calculate", json={"job_id": "j1", "resume_id": "r1"}),
            blind.post("/matching/calculate", json={"job_id": "j1", "resume_ids": ["r1"]}),
            blind.post(
                "/matching/similarity-search", json={"query": "kept the lamp of the lighthouse", "kind": "resume"}
            ),
            blind.get("/score-log", params={"resume_id": "r1"}),
            blind.put("/resumes/r2", json={"text": RESUME}, headers={"Prefer": "wait=60"}),
        ]
        for answer in answers:
            assert answer.status_code in (200, 201), answer.text
            for told in ("Philippa", "Quillfeather", "philippa", "900123"):
                assert told.lower() not in answer.text.lower(), (answer.request.url, answer.text)
        evidence = [one for each in answers[5].json()["requirements"] for one in each["evidence"]]
        assert evidence
        assert all(shown["text"][one["start"] : one["end"]] == one["text"] for one in evidence)
        refused = blind.get("/resumes/", params={"q": "Quillfeather"})
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:shortlist:problem:forbidden")
    assert acme.get("/resumes/", params={"q": "Quillfeather"}).json()["items"]


def test_a_customers_key_is_made_listed_and_revoked_by_the_command(stack: RunningStack, acme: httpx.Client) -> None:
    key = json.loads(stack.command("keys", "create", "--tenant", "acme", "--scopes", "read", "--json").stdout)
    assert set(key) >= {"id", "key", "tenant", "scopes"}
    listed = stack.command("keys", "list", "--tenant", "acme")
    assert key["id"] in listed.stdout
    assert key["key"] not in listed.stdout
    with client(stack, key["key"]) as http:
        assert http.get("/jobs/j1").status_code == 200
        assert stack.command("keys", "revoke", key["id"]).returncode == 0
        until(lambda: http.get("/jobs/j1").status_code == 401, "the key to stop", 30)
    again = stack.command("keys", "revoke", "0000000000")
    assert (again.returncode, "no key" in again.stderr) == (1, True)


def _answer(http: httpx.Client, method: str, path: str, operation: dict[str, Any]) -> httpx.Response:
    """The whole answer; of a stream of events, which ends never, its head and first piece."""
    with http.stream(method, path, **_given(operation, method)) as answer:
        if answer.headers.get("content-type", "").startswith("text/event-stream"):
            first = next(answer.iter_bytes())
            return httpx.Response(answer.status_code, content=first, request=answer.request)
        answer.read()
        return answer


def _operations() -> list[tuple[str, str, str, dict[str, Any]]]:
    """Every operation of the published description: its id, method, path below the prefix, and what is said of it."""
    paths = json.loads(DESCRIPTION.read_text(encoding="utf-8"))["paths"]
    return [
        (operation["operationId"], method.upper(), path.removeprefix("/api/v1"), operation)
        for path, item in paths.items()
        for method, operation in item.items()
    ]


def _id_in(path: str) -> str:
    return "j1" if path.startswith("/jobs") else "r1"


def _given(operation: dict[str, Any], method: str) -> dict[str, Any]:
    """A body as the description's own example has it, with acme's ids; and the parameters that are required."""
    given: dict[str, Any] = {}
    body = operation.get("requestBody")
    if body is not None:
        kinds = ("application/json", "application/merge-patch+json", "application/x-ndjson")
        kind = next(name for name in kinds if name in body["content"])
        example = next(iter(body["content"][kind]["examples"].values()))["value"]
        text = (
            (example if kind == "application/x-ndjson" else json.dumps(example))
            .replace("j-4711", "j1")
            .replace("r-17", "r1")
            .replace("acme", "bolt")
        )
        text = re.sub(r'"id": ?"[rj]1"', '"id": "own"', text)
        if method == "PUT":
            text = text.replace('"id": "own", ', "")
        given = {"content": text, "headers": {"content-type": kind}}
    if operation["operationId"] == "getScoreLog":
        given["params"] = {"resume_id": "r1"}
    return given


def _erased_receipt(http: httpx.Client) -> str:
    """The receipt of an erasure of its own."""
    assert http.put("/resumes/gone", json={"text": "A keeper."}, headers={"Prefer": "wait=60"}).status_code in (
        200,
        201,
    )
    return str(http.delete("/resumes/gone").json()["links"]["receipt"]).rpartition("/")[2]
