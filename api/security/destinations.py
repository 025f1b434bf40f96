"""Where this service sends messages to: https, to names that lead to public addresses alone.

Who chooses an address for a webhook must not make the server talk to its own network. A name is
looked up once for each try, and the address that was checked is the one that is called.
"""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from api.security.errors import AddressRefusedError
from api.settings import Destinations

Resolver = Callable[[str, int], Sequence[str]]
_PORTS = {"https": 443, "http": 80}
# Addresses that look public and lead elsewhere: into IPv4 by a detour, or to a cloud's own agent.
_REFUSED = tuple(
    ip_network(network)
    for network in (
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
        "168.63.129.16/32",
        "192.88.99.0/24",
    )
)


@dataclass(frozen=True, slots=True)
class Destination:
    """A URL, and the address that its name led to when it was checked."""

    url: str
    host: str  # its name, for the certificate
    address: str  # what is called


def resolve(host: str, port: int) -> list[str]:
    """Every address that a name leads to now.

    Raises:
        OSError: it leads nowhere.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


@dataclass(frozen=True, slots=True)
class DestinationRule:
    """Decides what may be called."""

    allowed: Destinations
    resolver: Resolver = resolve

    def checked(self, url: str) -> Destination:
        """Look a URL's name up and check every address behind it.

        Raises:
            AddressRefusedError: it is no https URL, or one of its addresses is not public.
            OSError: its name leads nowhere now.
        """
        parts = _parts(url)
        host = parts.hostname or ""
        addresses = self.resolver(host, parts.port or _PORTS[parts.scheme])
        here = self.allowed is Destinations.LOOPBACK
        if here and addresses and all(_is_loopback(address) for address in addresses):
            return Destination(url, host, addresses[0])
        public = bool(addresses) and all(is_public(address) for address in addresses)
        if parts.scheme != "https" or not public:
            raise AddressRefusedError
        return Destination(url, host, addresses[0])


def is_public(address: str) -> bool:
    """Whether an address belongs to the open internet, as far as addresses tell."""
    found = ip_address(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if not found.is_global or found.is_multicast or found.is_reserved:
        return False
    return not any(found.version == net.version and found in net for net in _REFUSED)


def _is_loopback(address: str) -> bool:
    found: IPv4Address | IPv6Address = ip_address(address)
    return found.is_loopback


def _parts(url: str) -> SplitResult:
    """A URL's parts, where it has no surprises."""
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError as error:
        raise AddressRefusedError from error
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    known = parts.scheme in _PORTS and bool(parts.hostname) and port_is_fine
    if not (plain and known) or parts.username is not None or parts.fragment:
        raise AddressRefusedError
    return parts
