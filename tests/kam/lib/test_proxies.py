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


@pytest.mark.parametrize(
    ("path", "secure", "status"),
    [
        ("/api/v1/clients/", False, 403),
        ("/api/v1", False, 403),
        ("/api/v1/nowhere", False, 403),
        ("/api/v1/clients/", True, 401),
        ("/api/", False, 301),  # the page that describes it
        ("/clients/", False, 301),
    ],
)
def test_plain_http_leads_people_to_https_and_refuses_programs(
    client, settings, db, caplog, path, secure, status
):
    settings.SECURE_SSL_REDIRECT = True
    key = {"Authorization": "Bearer kam_0123456789ab_" + "s" * 40}
    answer = client.get(path, headers=key, secure=secure)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["error"]["code"] == "https_needed"
        assert "kam_0123456789ab_…" in caplog.text
        assert "ssss" not in caplog.text


def test_without_tls_as_in_the_demo_programs_are_not_refused(client, settings, db):
    settings.SECURE_SSL_REDIRECT = False
    assert client.get("/api/v1/clients/").status_code == 401
