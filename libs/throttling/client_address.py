"""Where a request comes from: the client's address, and the networks it is counted and shown by."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Protocol

from django.conf import settings

Address = IPv4Address | IPv6Address


class RequestWithMeta(Protocol):
    """A request of Django or of REST framework."""

    @property
    def META(self) -> dict[str, Any]: ...  # noqa: N802


def client_address(request: RequestWithMeta) -> str:
    """The client's address in its canonical form; "" when the server does not even know its own peer.

    Each trusted proxy appends the address it saw, so the client's stands settings.TRUSTED_PROXIES from the right of
    X-Forwarded-For; what is left of it anybody may have invented. A header that is too short or holds something else
    did not pass our proxies, and the peer counts.
    """
    peer = _parsed(request.META.get("REMOTE_ADDR", ""))
    trusted = settings.TRUSTED_PROXIES or 0
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    told = _parsed(hops[-trusted]) if 0 < trusted <= len(hops) else None
    return str(told or peer or "")


def network_of(address: str) -> str:
    """What is counted as one client: an IPv4 address, or the /64 that is one household's or server's in IPv6."""
    return _within(address, 32, 64)


def coarse_network_of(address: str) -> str:
    """As much of an address as the list of devices shows: /24, or /48 in IPv6."""
    return _within(address, 24, 48)


def _within(address: str, bits: int, bits6: int) -> str:
    parsed = _parsed(address)
    if parsed is None:
        return ""
    length = bits if parsed.version == 4 else bits6
    return str(parsed) if length == parsed.max_prefixlen else str(ip_network((parsed, length), strict=False))


def _parsed(text: str) -> Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    # One client is one key: an IPv4 client of an IPv6 socket as IPv4, and without the name of an interface.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or ip_address(address.packed)
