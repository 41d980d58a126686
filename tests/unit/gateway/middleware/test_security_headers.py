"""What browsers are told with every answer, and which web sites' pages may read it."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient

from services.gateway.middleware.security_headers import HEADERS

pytestmark = pytest.mark.unit

SITE = "https://hr.example.org"
PATHS = ["/api/v1/resumes", "/api/v1/resumes/nobody", "/nothing/here", "/api/v1/health/live", "/metrics", "/a%zz"]


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_of_the_api_has_them(refusing_door: Any, matching: Any, path: str) -> None:
    answer = await refusing_door.client.get(path)
    # What a caller may keep, if it asks each time whether it still holds.
    kept = {"Cache-Control": "private, no-cache"} if path == "/api/v1/resumes" else {}
    for name, value in {**HEADERS, **kept}.items():
        assert answer.headers[name] == value, name
    assert "strict-transport-security" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_the_pages_for_people_have_a_policy_of_their_own_that_names_no_other_host(
    refusing_door: Any, path: str
) -> None:
    answer = await refusing_door.client.get(path)
    policy = answer.headers["content-security-policy"]
    assert "style-src" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy.replace("sha256-", "")
    assert answer.headers.get_list("content-security-policy") == [policy]
    assert answer.headers["x-frame-options"] == "DENY"


async def test_the_files_of_the_pages_may_be_kept(refusing_door: Any) -> None:
    answer = await refusing_door.client.get("/docs/files/swagger-ui.css")
    assert answer.headers["cache-control"] == "max-age=3600"


async def test_what_came_by_https_is_to_come_by_https_from_then_on(refusing_door: Any) -> None:
    async with AsyncClient(transport=ASGITransport(refusing_door.app), base_url="https://gateway") as client:
        answer = await client.get("/api/v1/health/live")
    assert answer.headers["strict-transport-security"].startswith("max-age=")


async def test_without_origins_no_page_of_another_site_may_read_anything(refusing_door: Any) -> None:
    for method in ("GET", "OPTIONS"):
        answer = await refusing_door.client.request(
            method,
            "/api/v1/health/live",
            headers={"origin": SITE, "access-control-request-method": "GET"},
        )
        assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_a_named_origin_may_ask_and_read(open_door: Any) -> None:
    async with open_door(cors_origins=f"{SITE}, http://localhost:5173") as door:
        preflight = await door.client.options(
            "/api/v1/resumes/r1",
            headers={
                "origin": SITE,
                "access-control-request-method": "PUT",
                "access-control-request-headers": "authorization,content-type",
            },
        )
        read = await door.client.get("/api/v1/jobs/nobody", headers={"origin": SITE})
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == SITE
    assert "PUT" in preflight.headers["access-control-allow-methods"]
    assert "Authorization" in preflight.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in preflight.headers
    assert read.headers["access-control-allow-origin"] == SITE
    assert read.headers["vary"] == "Origin"
    assert "X-Request-Id" in read.headers["access-control-expose-headers"]


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", f"{SITE}.evil.example", "https://hr.example.orgx", "http://hr.example.org", "null"],
)
async def test_others_are_answered_as_if_there_were_none(open_door: Any, origin: str) -> None:
    async with open_door(cors_origins=SITE) as door:
        for method in ("GET", "OPTIONS"):
            answer = await door.client.request(
                method,
                "/api/v1/jobs/nobody",
                headers={"origin": origin, "access-control-request-method": "PUT"},
            )
            assert not [name for name in answer.headers if name.startswith("access-control")]
            assert answer.headers["vary"] == "Origin"
