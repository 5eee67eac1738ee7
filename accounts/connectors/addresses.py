"""Where a connector may call: https, a public host or a network that the operator has named.

The host is looked up once for a request; all its addresses are checked, and the request goes to
one of those that were, so a name that means another address a moment later gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from accounts.connectors.problems import Problem

PORTS = {"https": 443, "http": 80}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Rules:
    """networks: private ones that may be called, as "10.1.0.0/16". http: without TLS too."""

    networks: Sequence[str] = ()
    http: bool = False


def check_address(url: str, rules: Rules) -> list[str]:
    """The addresses behind `url`, each of which may be called: the one place that decides.

    Raises Problem address.malformed, address.not_https, address.unknown, address.private.
    """
    host, port = check_form(url, rules)
    found = _looked_up(host, port)
    if not found:
        raise Problem("address.unknown", host=host)
    if not all(is_allowed(each, rules) for each in found):
        raise Problem("address.private", host=host)
    return found


def check_form(url: str, rules: Rules) -> tuple[str, int]:
    """Host and port of an address that is well formed, from its text alone. Raises Problem."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Problem("address.malformed") from None
    printable = url.isprintable() and " " not in url and "\\" not in url
    if parts.scheme not in PORTS or not parts.hostname or "@" in parts.netloc or not printable:
        raise Problem("address.malformed")
    if parts.scheme == "http" and not rules.http:
        raise Problem("address.not_https")
    return parts.hostname, port or PORTS[parts.scheme]


def is_allowed(text: str, rules: Rules) -> bool:
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_allowed(str(address.ipv4_mapped), rules)
        if address in _NAT64:
            return is_allowed(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)), rules)
        # Tunnels lead to any IPv4 address.
        if address.sixtofour is not None or address.teredo is not None:
            return False
    if any(address in ipaddress.ip_network(each.strip()) for each in rules.networks):
        return True
    return address.is_global and not address.is_multicast


def _looked_up(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
