"""Networks as ranges: the same answers as the standard library's."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from hypothesis import given
from hypothesis import strategies as st

from garrison.waf.addresses import AddressSet, address_number

NEAR = st.integers(0, 2**12).map(lambda number: str(IPv4Address(0x0A000000 + number)))
NEAR_6 = st.integers(0, 2**12).map(lambda number: str(IPv6Address(number)))
ADDRESSES = NEAR | NEAR_6
NETWORKS = st.tuples(NEAR, st.integers(20, 32)).map(lambda pair: f"{pair[0]}/{pair[1]}") | st.tuples(
    NEAR_6, st.integers(116, 128)
).map(lambda pair: f"{pair[0]}/{pair[1]}")


@given(st.lists(NETWORKS, max_size=12), st.lists(ADDRESSES, max_size=12))
def test_an_address_is_in_the_set_when_it_is_in_one_of_the_networks(networks: list[str], addresses: list[str]) -> None:
    made = AddressSet(networks)
    parsed = [ip_network(network, strict=False) for network in networks]
    for text in addresses:
        number = address_number(text)
        assert number is not None
        assert (number in made) is any(ip_address(text) in network for network in parsed)


def test_the_two_versions_do_not_meet_but_ipv4_in_ipv6_is_ipv4() -> None:
    assert address_number("::1") != address_number("0.0.0.1")
    assert address_number("::ffff:10.0.0.1") == address_number("10.0.0.1")
    everything = AddressSet(["0.0.0.0/0"])
    assert address_number("255.255.255.255") in everything
    assert address_number("::1") not in everything
    assert len(AddressSet(["10.0.0.0/25", "10.0.0.128/25", "10.0.0.0/24"])) == 1
    assert address_number("10.0.0.1") in AddressSet(["::ffff:10.0.0.0/120"])


def test_what_is_no_address_has_no_number() -> None:
    assert [address_number(text) for text in ("", "10.0.0", "10.0.0.1:80", "[::1]", "a" * 500)] == [None] * 5
