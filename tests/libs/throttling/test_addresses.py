"""The address of a client, whatever it writes into its headers."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from libs.throttling.client_address import client_address, coarse_network_of, network_of, site_of


def address(peer: str, forwarded: str | None = None) -> str:
    request = RequestFactory().get("/", REMOTE_ADDR=peer)
    if forwarded is not None:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    return client_address(request)


@pytest.mark.parametrize("trusted", [0, None])
def test_a_forwarded_address_is_ignored_without_trusted_proxies(settings: Settings, trusted: int | None) -> None:
    settings.TRUSTED_PROXIES = trusted
    assert address("203.0.113.7", "198.51.100.1") == "203.0.113.7"


@pytest.mark.parametrize(("trusted", "expected"), [(1, "10.0.0.2"), (2, "203.0.113.7"), (3, "198.51.100.1")])
def test_each_trusted_proxy_adds_one_address_on_the_right(settings: Settings, trusted: int, expected: str) -> None:
    settings.TRUSTED_PROXIES = trusted
    assert address("10.0.0.3", "198.51.100.1, 203.0.113.7,10.0.0.2") == expected


@pytest.mark.parametrize("invented", ["", "1.2.3.4", "1.2.3.4, 5.6.7.8", "x" * 9000, ",,,", "::1"])
def test_addresses_that_a_client_invents_on_the_left_change_nothing(settings: Settings, invented: str) -> None:
    settings.TRUSTED_PROXIES = 1
    assert address("10.0.0.2", f"{invented}, 203.0.113.7") == "203.0.113.7"


@pytest.mark.parametrize("forwarded", [None, "", "unknown", "203.0.113.7:x", "[::1", "<script>", "1.2.3", "7.7.7.7, "])
def test_the_peer_counts_when_the_header_holds_no_address(settings: Settings, forwarded: str | None) -> None:
    settings.TRUSTED_PROXIES = 1
    assert address("10.0.0.2", forwarded) == "10.0.0.2"


@pytest.mark.parametrize(
    ("hop", "expected"),
    [
        ("203.0.113.7:4711", "203.0.113.7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ('"[2001:DB8::7]:4711"', "2001:db8::7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("[::ffff:203.0.113.7]:80", "203.0.113.7"),
    ],
)
def test_proxies_may_write_an_address_with_port_and_brackets(settings: Settings, hop: str, expected: str) -> None:
    settings.TRUSTED_PROXIES = 1
    assert address("10.0.0.2", f"198.51.100.9, {hop}") == expected


def test_the_peer_counts_when_the_header_has_too_few_addresses(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 2
    assert address("10.0.0.2", "198.51.100.1") == "10.0.0.2"


def test_a_peer_without_an_address_has_an_empty_one() -> None:
    assert address("") == network_of("") == coarse_network_of("") == ""


@pytest.mark.parametrize(
    ("peer", "counted", "coarse"),
    [
        ("203.0.113.7", "203.0.113.7", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.7", "203.0.113.0/24"),
        ("2001:DB8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/48"),
    ],
)
def test_an_address_is_counted_by_network_and_stored_coarsely(peer: str, counted: str, coarse: str) -> None:
    assert (network_of(address(peer)), coarse_network_of(address(peer))) == (counted, coarse)


@pytest.mark.parametrize(
    ("peer", "site"),
    [("203.0.113.7", ""), ("::ffff:203.0.113.7", ""), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("", "")],
)
def test_only_an_ipv6_address_is_in_a_larger_site(peer: str, site: str) -> None:
    assert site_of(address(peer)) == site
