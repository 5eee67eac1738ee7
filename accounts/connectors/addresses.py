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


@dataclass(frozen=True, slots=True)
class Rules:
    """networks: private ones that may be called, as "10.1.0.0/16". http: without TLS too."""

    networks: Sequence[str] = ()
    http: bool = False


def check_address(url: str, rules: Rules) -> list[str]:
    """The addresses behind `url`, each of which may be called.

    Raises Problem address.malformed, address.not_https, address.unknown, address.private.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Problem("address.malformed") from error
    if parts.scheme not in PORTS or not parts.hostname or "@" in parts.netloc or "\\" in url:
        raise Problem("address.malformed")
    if parts.scheme == "http" and not rules.http:
        raise Problem("address.not_https")
    found = _looked_up(parts.hostname, port or PORTS[parts.scheme])
    if not found:
        raise Problem("address.unknown", host=parts.hostname)
    if not all(is_allowed(each, rules) for each in found):
        raise Problem("address.private", host=parts.hostname)
    return found


def is_allowed(text: str, rules: Rules) -> bool:
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_allowed(str(address.ipv4_mapped), rules)
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
