"""Where a webhook goes: its URL, checked for its form; the addresses behind a name are checked at each attempt."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from services.gateway.webhooks.outgoing.addresses import AddressRules, literal

MAX_URL_CHARS = 2_000


class UnfitUrl(Exception):
    """A URL that no webhook may have; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class UrlRules:
    """What URLs may look like. `ports`: those that may be used; empty: any."""

    addresses: AddressRules
    ports: frozenset[int] = frozenset()

    def check(self, text: str) -> httpx.URL:
        """The URL, in the form in which it is used. Raises UnfitUrl."""
        url = _parsed(text)
        if url.scheme not in ("https", "http") or not url.host:
            raise UnfitUrl("a webhook's url begins with https:// and names a host")
        if url.userinfo:
            raise UnfitUrl("a webhook's url holds no user and no password: check the signature in their place")
        if url.fragment:
            raise UnfitUrl("a webhook's url has no part behind #, since that is never sent")
        if url.scheme == "http" and not self.addresses.lists(url.host):
            raise UnfitUrl(
                "a webhook's url begins with https://; http:// is for hosts that WEBHOOK_ALLOWED_PRIVATE lists"
            )
        if url.port is not None and not 0 < url.port < 65_536:
            raise UnfitUrl(f"the url cannot be read: there is no port {url.port}")
        if self.ports and port_of(url) not in self.ports:
            raise UnfitUrl(f"webhooks go to the ports {', '.join(map(str, sorted(self.ports)))} only (WEBHOOK_PORTS)")
        address = literal(url.host)
        if address is not None and (why := self.addresses.refusal(url.host, address)) is not None:
            raise UnfitUrl(f"webhooks do not go to this url: {why}")
        return url


def port_of(url: httpx.URL) -> int:
    """The port that a URL leads to."""
    return url.port or (443 if url.scheme == "https" else 80)


def _parsed(text: str) -> httpx.URL:
    if len(text) > MAX_URL_CHARS:
        raise UnfitUrl(f"a webhook's url has at most {MAX_URL_CHARS} characters")
    if not text.isprintable() or any(char.isspace() or char == "\\" for char in text):
        raise UnfitUrl("a webhook's url holds no spaces, control characters or backslashes")
    try:
        return httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise UnfitUrl(f"the url cannot be read: {error}") from None
