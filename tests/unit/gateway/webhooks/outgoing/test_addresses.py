"""Nothing but public addresses is reached, unless the operator lists it."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from services.gateway.webhooks.outgoing.addresses import AddressRules

pytestmark = pytest.mark.unit

PRIVATE = [
    "127.0.0.1", "127.255.255.254", "::1",
    "0.0.0.0", "0.1.2.3", "::",
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12::1",
    "100.64.0.1", "100.127.255.255",
    "169.254.1.1", "fe80::1",
    "224.0.0.1", "239.255.255.250", "255.255.255.255", "240.0.0.1", "ff02::1",
    "192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "2001:db8::1", "3fff::1",
    # Metadata services: most clouds, Alibaba, Azure, Oracle, Amazon by IPv6.
    "169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254",
    # IPv4 addresses in IPv6: mapped, compatible, NAT64, local NAT64, 6to4, Teredo.
    "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::a00:1",
    "2002:7f00:1::", "2002:a00:1::1", "2001:0:7f00:1::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "93.184.216.34", "172.32.0.1", "100.128.0.1", "169.253.1.1", "2606:4700::1111", "2a00:1450::1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    why = AddressRules().refusal("hooks.example.org", ip_address(address))
    assert why is not None
    assert address in why or str(ip_address(address)) in why


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_reached(address: str) -> None:
    assert AddressRules().refusal("hooks.example.org", ip_address(address)) is None


def test_a_listed_network_is_reached_and_its_neighbour_is_not() -> None:
    rules = AddressRules(networks=(ip_network("10.1.0.0/16"), ip_network("fd00::/8")))
    assert rules.refusal("hr.intranet", ip_address("10.1.2.3")) is None
    assert rules.refusal("hr.intranet", ip_address("fd12::1")) is None
    assert rules.refusal("hr.intranet", ip_address("10.2.0.1")) is not None
    # The same address written as IPv6 is another one.
    assert rules.refusal("hr.intranet", ip_address("::ffff:10.1.2.3")) is not None


def test_a_listed_host_may_lead_to_a_private_address_but_not_to_the_machines_metadata() -> None:
    rules = AddressRules(hosts=frozenset({"hr.intranet"}))
    assert rules.refusal("HR.intranet.", ip_address("10.2.0.1")) is None
    assert rules.refusal("hr.intranet", ip_address("169.254.169.254")) is not None
    assert rules.refusal("other.intranet", ip_address("10.2.0.1")) is not None
