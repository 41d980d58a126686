"""One good call of every operation of the API at least, and refusals of each status, on a stack with the samples."""

from __future__ import annotations

import json
from typing import Any

from tests.e2e.running_stack import RunningStack, until

JOB = "job-hazardous-areas-electrician"
RESUME = "electrician-hazardous-areas"
NDJSON = "application/x-ndjson"
MERGE_PATCH = "application/merge-patch+json"

REFUSED: list[tuple[int, str, str, dict[str, Any]]] = [
    (400, "GET", "/resumes?limit=0", {}),
    (400, "GET", "/jobs?cursor=nonsense", {}),
    (400, "GET", "/jobs/a%20b", {}),
    (400, "GET", "/score-log", {}),
    (400, "GET", f"/jobs/{JOB}/matches", {"headers": {"Shortlist-Actor": "a\tb"}}),
    (400, "POST", "/resumes", {"json": {"text": " "}}),
    (400, "POST", "/jobs", {"json": []}),
    (400, "PUT", "/resumes/refused", {"json": {"text": "A nurse", "metadata": {"a": {}}}}),
    (400, "POST", "/matching/similarity-search", {"json": {"query": "x", "kind": "cv"}}),
    (400, "PUT", "/resumes/refused", {"json": {"text": "A nurse", "expires_at": "2027-01-01"}}),
    (400, "PUT", "/jobs/refused", {"json": {"title": "A nurse", "state": "paused"}}),
    (400, "GET", f"/jobs/{JOB}/matches?state=open", {}),
    (404, "GET", "/resumes/nobody", {}),
    (404, "GET", "/jobs/nobody/matches", {}),
    (404, "DELETE", "/resumes/nobody", {}),
    (404, "GET", "/erasures/er-1-1-0123", {}),
    (404, "POST", "/matching/calculate", {"json": {"job_id": "nobody", "resume_id": RESUME}}),
    (409, "POST", "/matching/calculate", {"json": {"job_id": JOB, "resume_id": "failed"}}),
    (409, "GET", "/resumes/failed/matches", {}),
    (413, "PUT", "/resumes/large", {"content": b"%PDF" + bytes(9_000_000), "headers": {"content-type": "text/plain"}}),
    (415, "PUT", "/jobs/picture", {"content": b"PNG", "headers": {"content-type": "image/png"}}),
    (415, "POST", "/matching/calculate", {"content": b"{}", "headers": {"content-type": "text/plain"}}),
    (412, "PUT", "/jobs/conditional", {"json": {"title": "Cook"}, "headers": {"If-Match": '"1"'}}),
    (415, "POST", "/jobs/bulk", {"json": {"title": "Cook"}}),
    (501, "POST", "/resumes/bulk", {"content": b"{}", "headers": {"content-type": NDJSON, "Idempotency-Key": "1"}}),
    (501, "DELETE", "/jobs/x", {"headers": {"If-Unmodified-Since": "now"}}),
]


def call_everything(loaded: RunningStack) -> None:
    """Calls every operation as a customer would, and sees that it does its work."""
    _call_documents(loaded)
    _call_administration(loaded)
    _call_webhooks(loaded)


def _call_documents(loaded: RunningStack) -> None:
    http, wait = loaded.http, {"Prefer": "wait=60"}
    text = "Beekeeper with ten hives.\nSells honey, breeds queens and teaches beginners."
    for kind, body in (("resume", {"text": text}), ("job", {"title": "Beekeeper", "requirements": text})):
        path = f"/{kind}s/described"
        assert http.post(f"/{kind}s", json={"id": "described", **body}).status_code == 202
        assert [http.put(path, json=body, headers=wait).status_code for _ in range(2)] == [200, 200]
        for read in ("", "/matches", "/similar"):
            assert http.get(path + read).status_code == 200
        assert _taken_in_bulk(loaded, kind, body) == ["described-too", "empty"]
        change = {"content": b'{"metadata": {"stage": "offer"}}', "headers": {"content-type": MERGE_PATCH, **wait}}
        assert http.patch(path, **change).json()["metadata"] == {"stage": "offer"}
        assert http.get(f"/{kind}s", params={"filters": '{"stage": "offer"}'}).json()["total"] == 1
        assert http.get(f"/{kind}s", params={"limit": 3}).json()["next_cursor"]
    pair = {"job_id": "described", "resume_id": "described"}
    assert http.post("/matching/calculate", json=pair).json()["status"] == "scored"
    assert http.post("/matching/similarity-search", json={"query": "hives", "kind": "job"}).json()["results"]
    asked = {"params": {"job_id": "described", "resume_id": "described"}}
    until(lambda: http.get("/score-log", **asked).json()["items"], "the scores in the log")
    for health in ("live", "ready", "detailed"):
        assert http.get(f"/health/{health}").status_code == 200
    assert http.delete("/jobs/described").status_code == 202
    erased = http.delete("/resumes/described", headers=wait)
    assert erased.status_code == 200, erased.text
    assert http.get(erased.json()["links"]["receipt"].removeprefix("/api/v1")).status_code == 200


def _taken_in_bulk(loaded: RunningStack, kind: str, body: dict[str, Any]) -> list[str]:
    """The id of what was taken of a good line, and the code of what was refused of a bad one."""
    empty = dict.fromkeys(body, " ")
    lines = "\n".join(json.dumps(each) for each in ({"id": "described-too", **body}, empty))
    answer = loaded.http.post(f"/{kind}s/bulk", content=lines, headers={"content-type": NDJSON})
    assert answer.status_code == 200, answer.text
    taken, refused = (json.loads(line) for line in answer.text.splitlines())
    assert loaded.ended(kind, taken["id"])["status"] == "indexed"
    assert loaded.http.delete(f"/{kind}s/{taken['id']}").status_code == 202
    return [taken["id"], refused["error"]["code"]]


def _call_administration(loaded: RunningStack) -> None:
    http = loaded.http
    assert http.get("/admin/storage").json()["documents"] > 0
    assert http.post("/admin/reembed").status_code == 202
    key = http.post("/admin/keys/", json={"scopes": ["read"], "name": "for a moment"})
    assert (key.status_code, key.json()["scopes"]) == (201, ["read"])
    assert key.json()["id"] in [each["id"] for each in http.get("/admin/keys/").json()["items"]]
    assert http.delete(f"/admin/keys/{key.json()['id']}").json()["revoked_at"]


def _call_webhooks(loaded: RunningStack) -> None:
    http = loaded.http
    order = {"url": "https://hooks.example.invalid/", "types": ["document.indexed"]}
    path = f"/webhooks/{http.post('/webhooks', json=order).json()['id']}"
    assert len(http.get("/webhooks").json()["items"]) == 1
    tried = http.post(f"{path}/test").json()
    assert not tried["delivered"]
    assert "hooks.example.invalid" in tried["error"]
    assert http.post(f"{path}/replay", json={"since": "2020-01-01"}).json()["next_since"] is None
    assert http.get(f"{path}/deliveries").status_code == http.post(f"{path}/secret").status_code == 200
    assert http.patch(path, json={"state": "paused"}).json()["state"] == http.get(path).json()["state"] == "paused"
    assert http.delete(path).status_code == 200
