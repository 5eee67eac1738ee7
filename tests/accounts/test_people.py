"""People: the first administrator, the directory, leaving at once, keys shown once."""

import pytest
from django.test import Client as Browser

from accounts.models import ApiToken, User
from accounts.services import people as services
from kam.audit.models import Event

PASSWORD = "violet harbour lamp"


def make(email="admin@example.com", role="administrator", **fields) -> User:
    return User.objects.create_user(
        email, PASSWORD, name=email.split("@")[0], role=role, language="en", **fields
    )


def signed_in(user) -> Browser:
    browser = Browser()
    assert (
        browser.post(
            "/sign-in/", {"login": user.email, "password": PASSWORD}, follow=False
        ).status_code
        == 302
    )
    return browser


def actions() -> list[str]:
    return list(Event.unscoped.order_by("pk").values_list("action", flat=True))


@pytest.mark.django_db
def test_an_empty_installation_leads_to_its_first_administrator():
    browser = Browser()
    assert browser.get("/sign-in/")["Location"] == "/setup/"
    weak = browser.post(
        "/setup/", {"name": "A", "email": "a@example.com", "language": "en", "password": "123"}
    )
    assert weak.status_code == 200
    assert not User.objects.exists()
    answer = browser.post(
        "/setup/",
        {"name": "Ann", "email": "Ann@Example.com", "language": "en", "password": PASSWORD},
    )
    assert answer.status_code == 302
    ann = User.objects.get()
    assert (ann.email, ann.role) == ("ann@example.com", "administrator")
    assert browser.get("/me/").status_code == 200, "signed in"
    assert browser.get("/setup/").status_code == 404
    with pytest.raises(services.AlreadySetUp):
        services.create_first_administrator(
            name="B", email="b@example.com", password=PASSWORD, language="en"
        )


@pytest.mark.django_db
def test_signing_in_by_e_mail_is_audited_and_a_wrong_password_is_not_explained():
    user = make()
    browser = Browser()
    wrong = browser.post("/sign-in/", {"login": user.email, "password": "wrong"})
    unknown = browser.post("/sign-in/", {"login": "nobody@example.com", "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 200
    signed_in(user)
    assert "sign_in.failed" in actions()
    assert "sign_in" in actions()


@pytest.mark.django_db
def test_a_person_who_may_not_sign_in_any_more_is_out_at_once():
    admin, leaver = make(), make("leaver@example.com", role="kam")
    theirs = signed_in(leaver)
    assert theirs.get("/me/").status_code == 200
    answer = signed_in(admin).post(
        f"/people/{leaver.pk}/",
        {"name": "leaver", "email": leaver.email, "role": "kam", "language": "en"},
    )
    assert answer.status_code == 302
    assert theirs.get("/me/").status_code == 302
    assert "person.change" in actions()


@pytest.mark.django_db
def test_an_administrator_cannot_lock_themselves_out():
    admin = make()
    answer = signed_in(admin).post(
        f"/people/{admin.pk}/",
        {"name": "admin", "email": admin.email, "role": "kam", "language": "en", "is_active": "on"},
    )
    assert answer.status_code == 200
    admin.refresh_from_db()
    assert admin.role == "administrator"


@pytest.mark.django_db
def test_two_people_cannot_share_an_address_in_any_spelling():
    admin = make()
    make("kam@example.com", role="kam")
    answer = signed_in(admin).post(
        "/people/new/",
        {
            "name": "Twin",
            "email": "KAM@example.com",
            "role": "kam",
            "language": "en",
            "password": PASSWORD,
            "is_active": "on",
        },
    )
    assert answer.status_code == 200
    assert User.objects.count() == 2


@pytest.mark.django_db
def test_a_key_is_shown_once_works_and_can_be_withdrawn():
    browser = signed_in(make("kam@example.com", role="kam"))
    page = browser.post("/me/tokens/", {"name": "Shop", "scopes": ["read"]}).content.decode()
    secret = next(
        word for word in page.replace("<", " ").replace(">", " ").split() if word.startswith("kam_")
    )
    token = ApiToken.unscoped.get()
    assert secret not in f"{token.prefix} {token.digest}"
    call = Browser(headers={"authorization": f"Bearer {secret}"})
    assert call.get("/api/v1/jobs/").status_code == 200
    assert secret not in browser.get("/me/").content.decode()
    assert browser.post(f"/me/tokens/{token.pk}/revocation/").status_code == 302
    answer = call.get("/api/v1/jobs/")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "authentication_failed"


@pytest.mark.django_db
def test_an_expired_or_mutilated_key_is_refused():
    from django.utils import timezone

    user = make()
    _token, secret = ApiToken.issue(user=user, name="old", expires_at=timezone.now())
    for value in (secret, secret[:-1], "kam_x", "nonsense", "kam__"):
        call = Browser(headers={"authorization": f"Bearer {value}"})
        assert call.get("/api/v1/jobs/").status_code == 401, value


@pytest.mark.django_db
def test_changing_the_own_password_asks_for_the_present_one():
    user = make()
    browser = signed_in(user)
    other = signed_in(user)
    wrong = browser.post("/me/password/", {"present": "no", "password": "amber window seven"})
    assert wrong.status_code == 200
    right = browser.post("/me/password/", {"present": PASSWORD, "password": "amber window seven"})
    assert right.status_code == 302
    assert browser.get("/me/").status_code == 200
    assert other.get("/me/").status_code == 302, "other devices are signed out"
