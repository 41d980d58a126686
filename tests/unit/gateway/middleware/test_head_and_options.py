"""HEAD and OPTIONS, as load balancers and browsers ask."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("path", ["/api/v1/health/live", "/health/live/", "/api/v1/resumes/", "/api/v1/resumes/nobody"])
async def test_head_answers_as_get_does_without_a_body(door: Any, path: str) -> None:
    read, headed = await door.client.get(path), await door.client.head(path)
    assert (headed.status_code, headed.content) == (read.status_code, b"")
    for name in ("content-type", "content-length"):
        assert headed.headers[name] == read.headers[name]


async def test_head_where_there_is_no_get_is_not_allowed(door: Any) -> None:
    assert (await door.client.head("/api/v1/matching/calculate")).status_code == 405


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/v1/jobs/", "GET, HEAD, OPTIONS, POST"),
        ("/api/v1/resumes/r1", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"),
    ],
)
async def test_options_names_every_method_of_an_address(door: Any, path: str, allowed: str) -> None:
    answer = await door.client.options(path)
    assert (answer.status_code, answer.headers["allow"]) == (204, allowed)


async def test_a_method_that_is_not_allowed_is_told_which_are(door: Any) -> None:
    answer = await door.client.post("/api/v1/resumes/r1")
    assert answer.status_code == 405
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        assert method in answer.json()["detail"]
        assert method in answer.headers["allow"]
