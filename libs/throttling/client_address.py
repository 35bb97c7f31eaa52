"""The address of a client, and the networks that it is counted and shown by."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Protocol

from django.conf import settings

Address = IPv4Address | IPv6Address
# An IPv6 address in brackets, with a port or without, or an IPv4 address with a port.
HOP_WITH_PORT = re.compile(r"\[(?P<bracketed>[0-9A-Fa-f:.%\w]+)\](?::\d+)?|(?P<v4>[\d.]+):\d+")


class RequestWithMeta(Protocol):
    """A request of Django or of REST framework."""

    @property
    def META(self) -> dict[str, Any]: ...  # noqa: N802


def client_address(request: RequestWithMeta) -> str:
    """Return the client's address in canonical form, or "" when the server does not know its own peer.

    Each trusted proxy appends the address that it saw, so the client's is at place settings.TRUSTED_PROXIES from the
    right of X-Forwarded-For; a client may have invented what is left of it. A header that is too short or holds
    something else did not pass the proxies, and the peer's address counts. Some proxies add the port: 192.0.2.7:4711 or
    [2001:db8::7]:4711 (RFC 7239 6 describes these forms for its own header).
    """
    peer = _parse(request.META.get("REMOTE_ADDR", ""))
    trusted = settings.TRUSTED_PROXIES or 0
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    forwarded = _parse(_without_port(hops[-trusted])) if 0 < trusted <= len(hops) else None
    return str(forwarded or peer or "")


def network_of(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 of an IPv6 address."""
    return _network(address, 32, 64)


def site_of(address: str) -> str:
    """Return the /48 around an IPv6 address, all of which one customer of a provider may have (RFC 6177); else ""."""
    parsed = _parse(address)
    return _network(address, 32, 48) if parsed is not None and parsed.version == 6 else ""


def coarse_network_of(address: str) -> str:
    """Return the part of an address that the list of devices shows: /24, or /48 in IPv6."""
    return _network(address, 24, 48)


def _network(address: str, length_v4: int, length_v6: int) -> str:
    parsed = _parse(address)
    if parsed is None:
        return ""
    length = length_v4 if parsed.version == 4 else length_v6
    return str(parsed) if length == parsed.max_prefixlen else str(ip_network((parsed, length), strict=False))


def _without_port(hop: str) -> str:
    match = HOP_WITH_PORT.fullmatch(hop.strip().strip('"'))
    return match["bracketed"] or match["v4"] if match else hop


def _parse(text: str) -> Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    # A client has one key: its IPv4 address on an IPv6 socket too, and without the name of an interface.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or ip_address(address.packed)
