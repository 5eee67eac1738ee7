"""Which addresses of other systems may be called: public ones, and networks that the operator has
named.  The one place that decides, for webhooks and for connections.

A name is looked up once for a call; every address it has is checked, and the call goes to one
that was checked, so a name that means another address a moment later gains nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import idna

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# What is not a public host by the registries of special addresses (RFC 6890 and its followers).
_NOT_PUBLIC_4 = [
    ipaddress.ip_network(each)
    for each in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]
# Public hosts live here and nowhere else; tunnels (Teredo, 6to4) lead to any IPv4 address.
_PUBLIC_6 = ipaddress.ip_network("2000::/3")
_NOT_PUBLIC_6 = [
    ipaddress.ip_network(each)
    for each in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
# What a C library takes for an IPv4 address: 127.1, 0x7f000001, 2130706433, 0177.0.0.1.
_NUMERIC = re.compile(r"(?:\d+|0x[0-9a-f]*)")
_PLAIN = re.compile(r"[!-~\u0080-\U0010ffff]+")
LONGEST = 2000
DEFAULT_PORTS = {"https": 443, "http": 80}


class NotAllowed(ValueError):
    """This address may not be called; ``code`` says why: malformed, not_https, userinfo, port,
    unknown_host or private."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class UnknownHost(NotAllowed):
    """The host has no address at present."""


@dataclass(frozen=True)
class Rules:
    """networks: private ones that may be called, as "10.1.0.0/16".  http: without TLS too.
    ports: those that may be called; none named = any."""

    networks: Collection[str] = ()
    http: bool = False
    ports: Collection[int] = ()


@dataclass(frozen=True)
class Target:
    """An address in its parts, the host as the name service and TLS know it."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The ``Host`` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str, rules: Rules) -> Target:
    """The parts of an address, from its text alone.  Raises NotAllowed."""
    if not _PLAIN.fullmatch(url) or "\\" in url or len(url) > LONGEST:
        raise NotAllowed("malformed")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotAllowed("malformed") from error
    if parts.scheme not in ("https", "http"):
        raise NotAllowed("malformed")
    if parts.scheme == "http" and not rules.http:
        raise NotAllowed("not_https")
    if "@" in parts.netloc:
        raise NotAllowed("userinfo")
    if parts.fragment or not parts.hostname or not parts.path.isascii():
        raise NotAllowed("malformed")
    if not parts.query.isascii():
        raise NotAllowed("malformed")
    port = DEFAULT_PORTS[parts.scheme] if port is None else port
    if rules.ports and port not in rules.ports:
        raise NotAllowed("port")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host_of(parts.hostname), port, path)


def host_of(text: str) -> str:
    """A host as the name service knows it; numbers only in their one plain form."""
    if ":" in text:
        try:
            literal = ipaddress.IPv6Address(text)
        except ValueError as error:
            raise NotAllowed("malformed") from error
        if literal.scope_id:
            raise NotAllowed("malformed")
        return str(literal)
    try:
        host = text.lower() if text.isascii() else idna.encode(text).decode()
    except idna.IDNAError as error:
        raise NotAllowed("malformed") from error
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise NotAllowed("malformed")
    if _NUMERIC.fullmatch(labels[-1]):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError as error:
            raise NotAllowed("malformed") from error
    return host


def is_allowed(address: Address, rules: Rules) -> bool:
    """Whether a call may go to this address."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if any(address in network for network in map(_network, rules.networks)):
        return True
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    if address in _NAT64:
        return is_allowed(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF), rules)
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text.strip())


def addresses_of(target: Target, rules: Rules) -> list[str]:
    """Where a call may go, in the order of the name service.

    Raises UnknownHost, and NotAllowed where any address of the host may not be called: one
    among public ones would be reached sooner or later.
    """
    try:
        found = [ipaddress.ip_address(target.host)]
    except ValueError:
        found = [ipaddress.ip_address(each) for each in _looked_up(target)]
    if not found:
        raise UnknownHost("unknown_host")
    if not all(is_allowed(each, rules) for each in found):
        raise NotAllowed("private")
    return list(dict.fromkeys(map(str, found)))


def _looked_up(target: Target) -> list[str]:
    try:
        found = look_up(target.host, target.port)
    except (OSError, UnicodeError) as error:
        raise UnknownHost("unknown_host") from error
    # Only link-local addresses have a zone, and those are refused with or without it.
    return [entry[4][0].partition("%")[0] for entry in found]


def look_up(host: str, port: int) -> list[Any]:
    """The name service; tests put their own here."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def check(url: str, rules: Rules) -> Target:
    """Raises NotAllowed where this address may not be called as things stand."""
    target = target_of(url, rules)
    addresses_of(target, rules)
    return target
