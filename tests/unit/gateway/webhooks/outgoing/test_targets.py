"""URLs are checked for their form when a webhook is made, and again at each attempt."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from services.gateway.webhooks.outgoing.addresses import AddressRules
from services.gateway.webhooks.outgoing.targets import UnfitUrl, UrlRules

pytestmark = pytest.mark.unit

STRICT = UrlRules(AddressRules())
LENIENT = UrlRules(AddressRules((ip_network("10.0.0.0/8"),), frozenset({"hr.intranet"})))


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://hooks.example.org/", "https://"),
        ("ftp://hooks.example.org/", "https://"),
        ("hooks.example.org/", "https://"),
        ("https://", "names a host"),
        ("https:///path", "names a host"),
        ("https://user:secret@hooks.example.org/", "no password"),
        ("https://user@hooks.example.org/", "no password"),
        ("https://hooks.example.org/#part", "behind #"),
        ("https://hooks.example.org/a b", "no spaces"),
        ("https://hooks.example.org/\r\nx-injected: 1", "control characters"),
        ("https://hooks.example.org\\@127.0.0.1/", "backslashes"),
        ("https://hooks.example.org:99999/", "cannot be read"),
        ("https://127.0.0.1/", "loopback"),
        ("https://[::1]/", "loopback"),
        ("https://[::ffff:127.0.0.1]/", "not list"),
        ("https://169.254.169.254/latest/meta-data", "link-local"),
        ("https://10.0.0.1/", "not list"),
        (f"https://hooks.example.org/{'a' * 2_000}", "characters"),
    ],
)
def test_a_url_that_no_webhook_may_have_is_refused_with_the_reason(url: str, says: str) -> None:
    with pytest.raises(UnfitUrl, match=says):
        STRICT.check(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.org/a?b=c",
        "https://hooks.example.org:8443",
        "https://8.8.8.8/",
        "https://bücher.example/",
    ],
)
def test_a_public_url_may_be_used(url: str) -> None:
    assert STRICT.check(url).scheme == "https"


@pytest.mark.parametrize("url", ["http://hr.intranet/hook", "http://10.1.2.3:8080/", "https://10.1.2.3/"])
def test_listed_hosts_may_be_private_and_go_without_tls(url: str) -> None:
    assert LENIENT.check(url)


def test_http_is_for_listed_hosts_alone() -> None:
    with pytest.raises(UnfitUrl, match="WEBHOOK_ALLOWED_PRIVATE"):
        LENIENT.check("http://hooks.example.org/")


def test_ports_may_be_limited() -> None:
    rules = UrlRules(AddressRules(), frozenset({443, 8443}))
    assert rules.check("https://hooks.example.org/")
    assert rules.check("https://hooks.example.org:8443/")
    with pytest.raises(UnfitUrl, match="WEBHOOK_PORTS"):
        rules.check("https://hooks.example.org:25/")
