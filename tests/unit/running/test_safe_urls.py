"""What decides who is let in is read over https, or from the machine itself."""

from __future__ import annotations

import pytest

from libs.running.safe_urls import is_safe_url

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "url", ["https://id.example", "https://id.example:8443/realms/a", "http://127.0.0.1:80/x", "http://localhost/x"]
)
def test_these_are_safe(url: str) -> None:
    assert is_safe_url(url)


@pytest.mark.parametrize(
    "url",
    [
        *("http://id.example", "http://10.0.0.1/keys", "file:///etc/passwd", "ftp://localhost/x", "id.example", ""),
        *("https://", "https:///keys", "http://[::1", "http://localhost.evil.example", "http://127.0.0.1@evil.example"),
    ],
)
def test_these_are_not(url: str) -> None:
    assert not is_safe_url(url)
