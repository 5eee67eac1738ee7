"""A visitor's address and scheme come from a trusted proxy, and from nobody else."""

import pytest
from django.test import RequestFactory

from kam.lib.proxies import TrustedProxies

OURS = "172.31.250.2"


def seen(peer: str, said: str) -> tuple[str, str | None]:
    request = RequestFactory().get(
        "/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=said, HTTP_X_FORWARDED_PROTO="https"
    )
    TrustedProxies(lambda request: None)(request)
    return request.META["REMOTE_ADDR"], request.headers.get("X-Forwarded-Proto")


@pytest.mark.parametrize(
    ("peer", "said", "address", "scheme"),
    [
        (OURS, "203.0.113.9", "203.0.113.9", "https"),
        (OURS, "2001:db8::9", "2001:db8::9", "https"),
        # What the visitor claimed stands before what the proxy added.
        (OURS, "198.51.100.1, 203.0.113.9", "203.0.113.9", "https"),
        (OURS, "203.0.113.9, 172.31.250.3", "203.0.113.9", "https"),
        (OURS, "nonsense", OURS, "https"),
        (OURS, "", OURS, "https"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9", None),
        ("", "198.51.100.1", "", None),
    ],
)
def test_the_word_of_a_trusted_proxy_counts_alone(settings, peer, said, address, scheme):
    settings.TRUSTED_PROXIES = ["172.31.250.0/28"]
    assert seen(peer, said) == (address, scheme)


def test_without_a_trusted_proxy_nothing_is_touched(settings):
    settings.TRUSTED_PROXIES = []
    assert seen("203.0.113.9", "198.51.100.1") == ("203.0.113.9", "https")
