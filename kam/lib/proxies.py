"""Whom a proxy in front speaks for: its word is taken, that of anybody else is not.  And what
comes past TLS: pages are led there, programs are refused."""

from __future__ import annotations

import logging
import re
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import JsonResponse
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)
API = "/api/v1/"
# The part of a key that names it; the secret follows.
_KEY = re.compile(r"\b(kam_[0-9A-Za-z]{1,24})_")
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


class RefusePlainApi:
    """Middleware: where the product is reached by https, a request of a program by http is refused
    and not redirected, so that whoever sends a key in the clear is told so the first time.  Stands
    before what redirects.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.on = settings.SECURE_SSL_REDIRECT

    def __call__(self, request):
        asks_api = f"{request.path}/".startswith(API)
        if not self.on or not asks_api or request.is_secure():
            return self.get_response(request)
        if key := _KEY.search(request.META.get("HTTP_AUTHORIZATION", "")):
            log.warning("a key was sent in the clear, change it: %s_…", key[1])
        message = _("Ask by https. A key that was sent by http may have been read: change it.")
        said = {"code": "https_needed", "message": message, "fields": {}}
        return JsonResponse({"error": said}, status=403)
