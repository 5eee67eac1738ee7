"""Signing in with the account of one's company, against a provider on this machine."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as configured
from django.urls import reverse
from joserfc import jwt
from joserfc.jwk import RSAKey

from accounts.models import User
from accounts.services import second_step
from kam.audit.models import Event
from tests.factories import make_user

pytestmark = pytest.mark.django_db
CLIENT, SECRET = "kam", "quite a secret"


class Provider(ThreadingHTTPServer):
    """OpenID Connect as a company has it: code, PKCE, RS256.  ``claims`` go into the token."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answers)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.key = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
        self.signs_with = self.key
        self.claims: dict = {}
        self.asked: dict = {}
        self.told: dict = {}  # what it says of itself beside the usual
        self.unsigned = False

    def metadata(self) -> dict:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            **self.told,
        }

    def token(self, posted: dict) -> tuple[int, dict]:
        challenge = hashlib.sha256(posted["code_verifier"][0].encode()).digest()
        proven = base64.urlsafe_b64encode(challenge).decode().rstrip("=")
        if posted["code"] != ["good"] or proven != self.asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "7", "iat": now, "exp": now + 60,
            "nonce": self.asked["nonce"], **self.claims,
        }  # fmt: skip
        if self.unsigned:
            parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
            bare = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
            return 200, {"access_token": "x", "token_type": "Bearer", "id_token": f"{bare}."}
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signs_with)
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": signed}


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        answers = {
            "/.well-known/openid-configuration": self.server.metadata,
            "/keys": lambda: {"keys": [self.server.key.as_dict(private=False)]},
        }
        self._send(200, answers[self.path]())

    def do_POST(self):
        size = int(self.headers["Content-Length"])
        self._send(*self.server.token(parse_qs(self.rfile.read(size).decode())))

    def _send(self, status, told):
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def provider(settings):
    server = Provider()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = server.issuer, CLIENT
    settings.OIDC_CLIENT_SECRET = SECRET
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _english(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


@pytest.fixture
def ann():
    return make_user("kam", email="ann@stol.example", language="en")


def begin(client, provider, **more):
    """The way to the provider; what it is asked."""
    answer = client.post(reverse("company_sign_in"), more)
    assert answer["Location"].startswith(f"{provider.issuer}/authorize?")
    asked = parse_qs(urlsplit(answer["Location"]).query)
    provider.asked = {name: values[0] for name, values in asked.items()}
    return provider.asked


def come_back(client, provider, code="good", **more):
    return client.get(
        reverse("company_sign_in_answer"), {"code": code, "state": provider.asked["state"], **more}
    )


def signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def said(client) -> str:
    return client.get(reverse("account_login")).content.decode()


def test_the_same_proven_address_opens_the_door(client, provider, ann):
    provider.claims = {"email": "Ann@Stol.example", "email_verified": True}
    assert "Sign in with your company" in said(client)
    asked = begin(client, provider, next="/clients/")
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"http://testserver{reverse('company_sign_in_answer')}"
    answer = come_back(client, provider)
    assert answer["Location"] == "/clients/"
    assert client.session["_auth_user_id"] == str(ann.pk)
    assert Event.unscoped.filter(action="sign_in", actor=ann).exists()
    assert ann.check_password("correct horse battery"), "the password stays as it was"


@pytest.mark.parametrize(
    ("claims", "word"),
    [
        ({"email": "ann@stol.example"}, "for certain"),
        ({"email": "ann@stol.example", "email_verified": False}, "for certain"),
        ({"email_verified": True}, "for certain"),
        ({"email": "eve@stol.example", "email_verified": True}, "Nobody signs in here"),
        ({"email": "ann@stol.example", "email_verified": True, "aud": "other"}, "not confirmed"),
        ({"email": "ann@stol.example", "email_verified": True, "nonce": "old"}, "not confirmed"),
        ({"email": "ann@stol.example", "email_verified": True, "exp": 1}, "not confirmed"),
        ({"email": "ann@stol.example", "email_verified": True, "iss": "http://x"}, "not confirmed"),
    ],
)
def test_what_is_not_proven_opens_nothing(client, provider, ann, claims, word):
    provider.claims = claims
    begin(client, provider)
    assert come_back(client, provider)["Location"] == reverse("account_login")
    assert not signed_in(client)
    assert word in said(client)
    assert User.objects.count() == 1, "nobody is made"


def test_a_foreign_key_a_wrong_code_and_a_strange_state_open_nothing(client, provider, ann):
    provider.claims = {"email": ann.email, "email_verified": True}
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
    begin(client, provider)
    come_back(client, provider)
    provider.signs_with = provider.key
    begin(client, provider)
    come_back(client, provider, code="bad")
    begin(client, provider)
    client.get(reverse("company_sign_in_answer"), {"code": "good", "state": "mine"})
    client.get(reverse("company_sign_in_answer"), {"error": "access_denied"})
    assert not signed_in(client)
    # An answer serves once.
    begin(client, provider)
    assert come_back(client, provider).status_code == 302
    assert signed_in(client)
    client.logout()
    come_back(client, provider)
    assert not signed_in(client)


def test_an_unsigned_token_and_a_provider_that_is_another_open_nothing(client, provider, ann):
    provider.claims = {"email": ann.email, "email_verified": True}
    provider.told = {"id_token_signing_alg_values_supported": ["none", "HS256"]}
    provider.unsigned = True
    begin(client, provider)
    come_back(client, provider)
    assert not signed_in(client)
    assert "not confirmed" in said(client)
    provider.unsigned = False
    provider.told = {"issuer": "https://other.example"}
    assert client.post(reverse("company_sign_in"))["Location"] == reverse("account_login")
    assert "not confirmed" in said(client)


def test_who_may_not_come_in_by_password_may_not_this_way(client, provider, ann):
    provider.claims = {"email": ann.email, "email_verified": True}
    User.objects.filter(pk=ann.pk).update(is_active=False)
    begin(client, provider)
    come_back(client, provider)
    assert not signed_in(client)
    User.objects.filter(pk=ann.pk).update(is_active=True)
    secret, _signed = second_step.new_app(ann)
    code = second_step.format_hotp_value(
        second_step.hotp_value(secret, next(iter(second_step.yield_hotp_counters_from_time())))
    )
    second_step.add_app(ann, secret, code)
    begin(client, provider)
    assert come_back(client, provider)["Location"] == reverse("mfa_authenticate")
    assert not signed_in(client)


def test_where_the_provider_is_away_the_password_remains(client, provider, ann, settings):
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    answer = client.post(reverse("company_sign_in"))
    assert answer["Location"] == reverse("account_login")
    assert "does not answer" in said(client)


def test_addresses_of_a_provider_that_has_only_its_own_may_be_trusted(
    client, provider, ann, settings
):
    settings.OIDC_EMAIL_IS_PROVEN = True
    provider.claims = {"email": ann.email}
    begin(client, provider)
    come_back(client, provider)
    assert signed_in(client)


def test_without_a_provider_there_is_no_such_door(client, ann):
    assert not configured.OIDC_ISSUER
    assert client.post(reverse("company_sign_in")).status_code == 404
    assert client.get(reverse("company_sign_in_answer")).status_code == 404
    assert "company/" not in said(client)
