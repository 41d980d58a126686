"""Parameters that a route has not, or that cannot be read, are refused by name: nothing that is asked is ignored."""

from __future__ import annotations

from typing import Any

import pytest

from services.gateway.api.description import JSON

pytestmark = pytest.mark.unit

PARAMETERS = {
    "/api/v1/resumes": "limit, cursor, status, filters, updated_since, q",
    "/api/v1/jobs": "limit, cursor, status, filters, updated_since, state",
    "/api/v1/jobs/j1/matches": "limit, filters",
    "/api/v1/score-log": "resume_id, job_id, since, until, limit, cursor",
}


@pytest.mark.parametrize("path", list(PARAMETERS))
async def test_an_unknown_parameter_is_refused_with_those_that_there_are(refusing_door: Any, path: str) -> None:
    answer = await refusing_door.client.get(path, params={"limit": "5", "Limit": "5", "page": "2"})
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (400, "urn:shortlist:problem:unknown_parameter")
    assert problem["detail"] == f"this address has no parameter 'Limit', 'page'; there are {PARAMETERS[path]}"
    assert problem["errors"] == [{"parameter": "Limit", "detail": problem["detail"]}]


async def test_every_route_refuses_unknown_parameters(refusing_door: Any) -> None:
    seen = set()
    for route in refusing_door.app.routes:
        for method in getattr(route, "route_handler_map", {}):
            path = route.path_format.replace("{document_id}", "x").replace("{receipt_id}", "er-1-1-0")
            if method not in ("OPTIONS", "HEAD") and "{" not in path:
                answer = await refusing_door.client.request(method, path, params={"nothing": ""})
                assert answer.status_code == 400, (method, path, answer.text)
                assert answer.json()["type"] == "urn:shortlist:problem:unknown_parameter"
                seen.add((method, path))
    assert len(seen) > 20


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("limit=5&limit=6", "the parameter limit stands there more than once"),
        ("q=%zz", "the parameters cannot be read"),
        ("q=100%", "the parameters cannot be read"),
        ("q=%ff", "the parameters cannot be read"),
        ("cursor=%ed%a0%80", "the parameters cannot be read"),
    ],
)
async def test_parameters_that_cannot_be_read_are_refused(refusing_door: Any, query: str, said: str) -> None:
    answer = await refusing_door.client.get(f"/api/v1/resumes?{query}")
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:shortlist:problem:invalid_request")
    assert answer.json()["detail"].startswith(said)


@pytest.mark.parametrize("path", ["/api/v1/resumes/%ff", "/api/v1/jobs/%", "/api/v1/resumes/%4", "/%c3%28"])
async def test_an_address_that_cannot_be_read_is_refused(refusing_door: Any, path: str) -> None:
    from httpx import URL, Request

    url = URL("http://gateway/").copy_with(raw_path=path.encode())
    answer = await refusing_door.client.send(Request("GET", url))
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:shortlist:problem:invalid_request")


async def test_a_very_long_address_is_refused(refusing_door: Any) -> None:
    answer = await refusing_door.client.get("/api/v1/resumes/" + "a" * 5_000)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:shortlist:problem:invalid_request")
    answer = await refusing_door.client.get("/api/v1/resumes/" + "a" * 3_000)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:shortlist:problem:invalid_id")


@pytest.mark.parametrize("charset", ["utf-16", "ISO-8859-1", '"latin1"', "nonsense"])
async def test_json_of_another_charset_is_refused(refusing_door: Any, charset: str) -> None:
    headers = {"content-type": f"{JSON}; charset={charset}"}
    answer = await refusing_door.client.post("/api/v1/jobs", content=b'{"text":"a"}', headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (415, "urn:shortlist:problem:unsupported_type")
    assert answer.json()["errors"][0]["header"] == "Content-Type"


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
async def test_json_that_says_it_is_utf8_is_taken(door: Any, charset: str) -> None:
    headers = {"content-type": f"{JSON}; charset={charset}"}
    answer = await door.client.post("/api/v1/jobs", content='{"text":"Pflegekräfte"}'.encode(), headers=headers)
    assert answer.status_code == 202
