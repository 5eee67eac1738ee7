"""Whom a proxy in front speaks for: its word is taken, that of anybody else is not."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.conf import settings

SAID = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST")


class TrustedProxies:
    """Middleware: ``REMOTE_ADDR`` becomes the visitor's where the peer is one of ``TRUSTED_PROXIES``;
    from any other peer the headers of proxies are dropped.  Stands before all that reads them.

    Without ``TRUSTED_PROXIES`` nothing is touched.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.networks = [ip_network(name, strict=False) for name in settings.TRUSTED_PROXIES]

    def __call__(self, request):
        if self.networks:
            peer = request.META.get("REMOTE_ADDR", "")
            if self._is_ours(peer):
                given = request.META.get("HTTP_X_FORWARDED_FOR", "")
                request.META["REMOTE_ADDR"] = self._visitor(peer, given)
            else:
                for name in SAID:
                    request.META.pop(name, None)
        return self.get_response(request)

    def _visitor(self, peer: str, given: str) -> str:
        """The last address of the list that is not a proxy of ours: those before it are claims."""
        for part in reversed([part.strip() for part in given.split(",")]):
            try:
                address = str(ip_address(part))
            except ValueError:
                return peer
            if not self._is_ours(address):
                return address
            peer = address
        return peer

    def _is_ours(self, text: str) -> bool:
        try:
            address = ip_address(text)
        except ValueError:
            return False
        return any(address in network for network in self.networks)
