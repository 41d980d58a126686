"""/: whoever opens the gateway's address learns where to go on."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = pytest.mark.unit


async def test_the_address_itself_leads_to_docs_and_health(door: Any) -> None:
    answer = await door.client.get("/")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    links = re.findall(r'href="([^"]+)"', answer.text)
    assert {"/docs", "/openapi.json", "/health/live", "/health/ready", "/api/v1/health/detailed"} == set(links)
    for link in links:
        assert (await door.client.get(link)).status_code in (200, 503), link


async def test_the_first_steps_name_the_address_that_was_opened(door: Any) -> None:
    page = (await door.client.get("/", headers={"host": "jobs.example:8443"})).text
    assert "curl http://jobs.example:8443/api/v1/resumes/" in page


@pytest.mark.parametrize("host", ["a:b:c", "h:99999999"])
async def test_a_host_header_that_names_no_host_is_no_error_of_ours(door: Any, host: str) -> None:
    answer = await door.client.get("/", headers={"host": host})
    assert answer.status_code == 200
    assert "curl http://localhost:8080/api/v1/resumes/" in answer.text


@pytest.mark.parametrize("host", ["<script>alert(1)</script>", "a'$(id)'", 'x"onload=1'])
async def test_nothing_that_a_host_header_says_gets_into_the_page(door: Any, host: str) -> None:
    answer = await door.client.get("/", headers={"host": host})
    if answer.status_code == 200:
        assert host not in answer.text


async def test_the_page_runs_no_script_and_loads_nothing(door: Any) -> None:
    answer = await door.client.get("/")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "<script" not in answer.text
