"""Which addresses webhooks may reach: public ones, and those that the operator allows by name or network.

A tenant chooses where its webhooks go, and the gateway stands where a tenant does not: beside databases, admin pages
and the metadata service of a cloud. So nothing but what the whole Internet can reach is reached, unless it is listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Listed here and not asked of `ipaddress.is_global`, whose answers differ between versions of Python.
_NOT_PUBLIC_4: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # unspecified: this host
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by a provider's customers (CGNAT); holds Alibaba's metadata service
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's own service for machines, at an address that looks public
        "169.254.0.0/16",  # link-local; holds the metadata service of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocols; holds Oracle's metadata service
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
# Of IPv6 only this is given out. Outside of it lie loopback, unspecified, IPv4-mapped, NAT64 (64:ff9b::/96), unique
# local (with metadata services), link-local and multicast addresses.
_PUBLIC_6: Final = IPv6Network("2000::/3")
_NOT_PUBLIC_6: Final = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocols; holds Teredo, which carries IPv4 addresses
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which carries IPv4 addresses
        "3fff::/20",  # documentation
    )
)
# What a listed name may not lead to either: these belong to the machine, not to a network of the operator's.
_NEVER_BY_NAME: Final = ("link-local", "multicast", "unspecified")


@dataclass(frozen=True, slots=True)
class AddressRules:
    """`networks` and `hosts` (lower case) are what is allowed beside public addresses."""

    networks: tuple[Network, ...] = ()
    hosts: frozenset[str] = frozenset()

    def lists(self, host: str) -> bool:
        """Whether a host is allowed by its name, or by the address that it is written as."""
        address = literal(host)
        return normal_host(host) in self.hosts or (address is not None and self._is_listed(address))

    def refusal(self, host: str, address: Address) -> str | None:
        """Why a host that leads to this address is not reached, as the end of a sentence; None where it may be."""
        if self._is_listed(address):
            return None
        kind = _kind_of(address)
        if kind is None or (normal_host(host) in self.hosts and kind not in _NEVER_BY_NAME):
            return None
        return f"{address} is {kind}, and WEBHOOK_ALLOWED_PRIVATE does not list it"

    def _is_listed(self, address: Address) -> bool:
        return any(address.version == network.version and address in network for network in self.networks)


def literal(host: str) -> Address | None:
    """The address that a host is written as; None for a name."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def normal_host(host: str) -> str:
    """A host's name in lower case, without the full stop that may end it."""
    return host.lower().rstrip(".")


def _kind_of(address: Address) -> str | None:
    """What an address is that is not public, in a word or two."""
    if isinstance(address, IPv4Address):
        public = not any(address in network for network in _NOT_PUBLIC_4)
    else:
        public = address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)
    if public:
        return None
    if address.is_loopback:
        return "loopback"
    if address.is_link_local:
        return "link-local"
    if address.is_multicast:
        return "multicast"
    if address.is_unspecified or (isinstance(address, IPv4Address) and address in _NOT_PUBLIC_4[0]):
        return "unspecified"
    return "not a public address"
