"""What people said to purposes, whether they may be written to, and telling them of their data."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import ApiToken, Consent, Contact, Purpose, Team
from accounts.selectors import consents as found
from accounts.services import blocks, consents, erasure, purposes, subjects, telling
from accounts.services import clients as services
from accounts.services.clients import Conflict
from kam.audit.models import Event
from kam.lib.scoping import acting_as, acting_system
from tests.accounts.services.importing import Importer
from tests.factories import make_client, make_contact, make_user

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 16)


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-03-16T09:00:00Z", tick=False):
        yield


@pytest.fixture
def kam():
    return make_user("kam", language="en", team=Team.objects.create(name="North"))


@pytest.fixture
def admin():
    return make_user("administrator", language="en")


@pytest.fixture
def anna(kam):
    shop = make_client("Shop", owner=kam, team=kam.team)
    return make_contact(shop, "Anna Probe", email="anna@example.com")


@pytest.fixture
def catalogue():
    def of(key, basis):
        return Purpose.objects.update_or_create(
            key=key, defaults={"label_en": key, "basis": basis, "is_active": True}
        )[0]

    return {
        "contract": of("contract", "contract"),
        "documents": of("documents", "duty"),
        "surveys": of("surveys", "interest"),
        "marketing": of("marketing", "consent"),
    }


def say(contact, purpose, person, answer="agrees", on=DAY, **values):
    values = {"channel": "paper", "text_version": "form 4", "source": "folder 12", **values}
    with acting_as(person):
        return consents.note(contact, purpose, {"answer": answer, "given_on": on, **values}, person)


def may(contact, purpose, day=None) -> tuple[bool, str]:
    with acting_system("test"):
        said = consents.may_contact(Contact.objects.get(pk=contact.pk), purpose, day)
    return bool(said), said.code


def test_each_basis_has_its_rule(anna, catalogue):
    assert may(anna, "contract") == (True, "basis")
    assert may(anna, "documents") == (True, "basis")
    assert may(anna, "surveys") == (True, "basis")
    assert may(anna, "marketing") == (False, "never")
    with pytest.raises(Purpose.DoesNotExist):
        may(anna, "unheard-of")


def test_a_consent_allows_within_its_dates(anna, kam, catalogue):
    say(anna, catalogue["marketing"], kam, on=DAY - dt.timedelta(days=9), until=DAY)
    assert may(anna, "marketing") == (True, "agreed")
    assert may(anna, "marketing", DAY + dt.timedelta(days=1)) == (False, "ended")
    assert may(anna, "marketing", DAY - dt.timedelta(days=10)) == (False, "early")


def test_taking_back_ends_it_and_keeps_the_row(anna, kam, catalogue):
    row = say(anna, catalogue["marketing"], kam, on=DAY - dt.timedelta(days=9))
    with acting_as(kam):
        with pytest.raises(ValidationError):
            consents.withdraw(row, DAY + dt.timedelta(days=1), "email", person=kam)
        with pytest.raises(ValidationError):
            consents.withdraw(row, DAY - dt.timedelta(days=10), "email", person=kam)
        consents.withdraw(row, DAY, "email", "letter 17", kam)
        with pytest.raises(ValidationError):
            consents.withdraw(row, DAY, "email", person=kam)
    assert may(anna, "marketing") == (False, "withdrawn")
    row.refresh_from_db()
    assert (row.given_on, row.withdrawn_on, row.withdrawn_how, row.withdrawal) == (
        DAY - dt.timedelta(days=9), DAY, "email", "letter 17"
    )  # fmt: skip
    say(anna, catalogue["marketing"], kam)
    assert may(anna, "marketing") == (True, "agreed")
    assert Consent.unscoped.count() == 2


def test_a_refusal_ends_what_needs_consent_or_rests_on_interest(anna, kam, catalogue):
    first = say(anna, catalogue["marketing"], kam, on=DAY - dt.timedelta(days=1))
    say(anna, catalogue["marketing"], kam, "refuses")
    first.refresh_from_db()
    assert first.withdrawn_on == DAY
    assert may(anna, "marketing") == (False, "refused")
    refusal = say(anna, catalogue["surveys"], kam, "refuses")
    assert may(anna, "surveys") == (False, "refused")
    with acting_as(kam):
        consents.withdraw(refusal, DAY, "phone", person=kam)
    assert may(anna, "surveys") == (True, "basis")
    for key in ("contract", "documents"):
        with pytest.raises(ValidationError) as refused:
            say(anna, catalogue[key], kam, "refuses")
        assert "answer" in refused.value.message_dict


def test_a_consent_to_what_needs_none_counts_once_it_is_taken_back(anna, kam, catalogue):
    row = say(anna, catalogue["surveys"], kam, text_version="", source="")
    with acting_as(kam):
        consents.withdraw(row, DAY, "email", person=kam)
    assert may(anna, "surveys") == (False, "withdrawn")


@pytest.mark.parametrize(
    "values, field",
    [
        ({"text_version": ""}, "text_version"),
        ({"source": ""}, "source"),
        ({"until": DAY - dt.timedelta(days=1)}, "until"),
        ({"on": DAY + dt.timedelta(days=1)}, "given_on"),
    ],
)
def test_what_proves_nothing_is_refused(anna, kam, catalogue, values, field):
    with pytest.raises(ValidationError) as refused:
        say(anna, catalogue["marketing"], kam, **values)
    assert list(refused.value.message_dict) == [field]
    assert not Consent.unscoped.exists()


def test_an_answer_before_the_one_that_holds_is_refused(anna, kam, catalogue):
    say(anna, catalogue["marketing"], kam)
    with pytest.raises(ValidationError) as refused:
        say(anna, catalogue["marketing"], kam, on=DAY - dt.timedelta(days=1))
    assert "given_on" in refused.value.message_dict


def test_the_database_holds_one_open_answer(anna, kam, catalogue):
    row = say(anna, catalogue["marketing"], kam)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic(), acting_system("test"):
        row.save(force_insert=True)


def test_who_has_left_or_is_blocked_or_destroyed_is_not_written_to(anna, kam, admin, catalogue):
    say(anna, catalogue["marketing"], kam)
    with acting_as(admin):
        blocks.block(anna, "objection", "letter 17", admin)
        assert may(anna, "contract") == (False, "blocked")
        with pytest.raises(blocks.Blocked):
            say(anna, catalogue["marketing"], kam)
        blocks.unblock(anna, "settled", admin)
        Contact.objects.filter(pk=anna.pk).update(left_on=DAY)
        assert may(anna, "contract") == (False, "left")
        erasure.erase(anna, basis="withdrawn", person=admin)
        assert may(anna, "marketing") == (False, "destroyed")


def test_many_are_asked_by_one_query(anna, kam, catalogue, django_assert_num_queries):
    say(anna, catalogue["marketing"], kam)
    with acting_as(kam):
        people = list(Contact.objects.all())
        with django_assert_num_queries(1):
            may = consents.answers_for(people, catalogue.values())
    assert [key for key, said in may.items() if said][-1] == (anna.pk, catalogue["marketing"].pk)


def test_the_trail_holds_no_words_of_the_person(anna, kam, catalogue):
    say(anna, catalogue["marketing"], kam, source="Anna wrote it")
    with acting_system("test"):
        event = Event.objects.get(action="consent.note")
    assert event.details == {"contact": anna.pk, "purpose": "marketing", "answer": "agrees"}


def test_purposes_are_kept_by_version_and_get_keys_of_their_own(admin, catalogue):
    with acting_as(admin):
        first = purposes.add({"label_en": "Trade fairs", "basis": "consent"})
        second = purposes.add({"label_en": "Trade fairs", "basis": "interest"})
        assert (first.key, second.key) == ("trade-fairs", "trade-fairs-2")
        assert purposes.change(first, {"is_active": False}, 1) == ["is_active"]
        with pytest.raises(Conflict):
            purposes.change(first, {"is_active": True}, 1)
        with pytest.raises(ValidationError):
            purposes.add({"basis": "consent"})
    assert may(make_contact(make_client("A")), "trade-fairs") == (False, "unused")


def test_a_kam_writes_answers_down_and_takes_them_back_on_the_page(anna, kam, catalogue, client):
    client.force_login(kam)
    url = reverse("contact_consents", args=[anna.pk])
    page = client.get(url, {"purpose": "marketing"}).content.decode()
    assert "nobody has asked the person yet" in page
    form = {
        "purpose": catalogue["marketing"].pk, "answer": "agrees", "given_on": "2026-03-10",
        "channel": "email", "text_version": "form 4", "source": "",
    }  # fmt: skip
    posted = client.post(reverse("consent_create", args=[anna.pk]), form)
    assert posted.status_code == 422
    assert "Say where the consent is kept" in posted.content.decode()
    form["source"] = "mail of 10 March"
    posted = client.post(reverse("consent_create", args=[anna.pk]), form)
    assert posted.status_code == 302
    row = Consent.unscoped.get()
    posted = client.post(
        reverse("consent_withdrawal", args=[row.pk]), {"on": "2026-03-12", "how": "phone"}
    )
    assert posted.status_code == 302
    page = client.get(url).content.decode()
    assert "the consent was taken back" in page
    assert "mail of 10 March" in page


def test_the_catalogue_is_the_administrators(kam, admin, catalogue, client):
    client.force_login(kam)
    assert client.get(reverse("purpose_list")).status_code == 403
    client.force_login(admin)
    form = {"label_ru": "Семинары", "basis": "consent", "is_active": "on"}
    assert client.post(reverse("purpose_create"), form).status_code == 302
    row = Purpose.objects.get(label_ru="Семинары")
    address = reverse("purpose_edit", args=[row.pk])
    assert client.post(address, form | {"text_version": "4", "version": 1}).status_code == 302
    assert client.post(address, form | {"text_version": "5", "version": 1}).status_code == 409
    assert "Семинары" in client.get(reverse("purpose_list")).content.decode()


def test_programs_write_answers_and_ask_before_they_send(anna, kam, catalogue, client):
    _row, secret = ApiToken.issue(user=kam, name="mailer", can_write=True)
    key = {"Authorization": f"Bearer {secret}"}
    body = {
        "contact": anna.pk, "purpose": catalogue["marketing"].pk, "answer": "agrees",
        "given_on": "2026-03-10", "channel": "web", "text_version": "form 4",
    }  # fmt: skip
    address = reverse("api:consent-list")
    made = client.post(address, body, content_type="application/json", headers=key)
    assert made.status_code == 400
    assert "source" in str(made.json())
    body["source"] = "log of the web site"
    made = client.post(address, body, content_type="application/json", headers=key)
    assert made.status_code == 201, made.json()
    permissions = reverse("api:contact-permissions", args=[anna.pk])
    rows = {row["key"]: row for row in client.get(permissions, headers=key).json()}
    assert (rows["marketing"]["allowed"], rows["marketing"]["why"]) == (True, "agreed")
    ended = client.post(
        reverse("api:consent-withdrawal", args=[made.json()["id"]]),
        {"how": "email"},
        content_type="application/json",
        headers=key,
    )
    assert ended.json()["withdrawn_on"] == "2026-03-16"
    rows = {row["key"]: row for row in client.get(permissions, headers=key).json()}
    assert (rows["marketing"]["allowed"], rows["marketing"]["why"]) == (False, "withdrawn")


# Telling people that we have their data.


def test_whoever_came_by_file_or_program_waits_to_be_told(kam, tmp_path, client):
    load = Importer(tmp_path)
    load("clients", "id;name\nc1;Shop\n", source="crm")
    load("contacts", "client;name\nc1;Ivan Petrov\n", source="crm")
    shop = make_client("Own", owner=kam, team=kam.team)
    with acting_as(kam):
        services.create_contact(shop, {"name": "By hand"})
    _row, secret = ApiToken.issue(user=kam, name="crm", can_write=True)
    client.post(
        reverse("api:contact-list"),
        {"client": shop.pk, "name": "By program"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    with acting_system("test"):
        waiting = [found.waiting(row, DAY) for row in found.not_told()]
    assert [each.contact.name for each in waiting] == ["Ivan Petrov", "By program"]
    assert [each.contact.source for each in waiting] == ["crm", "api"]
    assert waiting[0].due == dt.date(2026, 4, 16)
    assert waiting[0].left == 31


def test_many_are_marked_as_told_at_once_and_the_longest_come_first(admin, client):
    shop = make_client("Shop")
    late = make_contact(shop, "Late", source="crm", came_on=dt.date(2026, 1, 10))
    new = make_contact(shop, "New", source="crm", came_on=dt.date(2026, 3, 10))
    client.force_login(admin)
    address = reverse("not_told_list")
    page = client.get(address).content.decode()
    assert page.index("Late") < page.index("New")
    assert "34 days late" in page
    assert "of them 1 is overdue" in page
    posted = client.post(
        address, {"contacts": [late.pk, new.pk], "on": "2026-03-01", "how": "email"}
    )
    assert posted.status_code == 422
    assert "came after this day" in posted.content.decode()
    assert client.post(address, {"on": "2026-03-16", "how": "email"}).status_code == 422
    posted = client.post(
        address, {"contacts": [late.pk, new.pk], "on": "2026-03-16", "how": "email"}
    )
    assert posted.status_code == 302
    assert "Everybody has been told" in client.get(address).content.decode()
    new.refresh_from_db()
    assert (new.told_on, new.told_how, new.told_by) == (DAY, "email", admin)
    with acting_as(admin):
        event = Event.objects.get(action="contact.told")
        assert event.details == {"how": "email", "contacts": [late.pk, new.pk]}
        assert telling.mark_told([late.pk], DAY, "email", admin) == 0


def test_what_is_handed_out_tells_answers_and_blocks(anna, kam, admin, catalogue):
    say(anna, catalogue["marketing"], kam)
    with acting_as(admin):
        blocks.block(anna, "objection", "letter of the 3rd", admin)
        kept = subjects.export(Contact.objects.get(pk=anna.pk))
        (said,), (blocked,) = kept["consents"], kept["blocks"]
        assert (said["answer"], said["given_on"], said["text_version"], said["withdrawn_on"]) == (
            "agrees", DAY.isoformat(), "form 4", None,
        )  # fmt: skip
        assert (blocked["ground"], blocked["since"], blocked["ended_on"]) == (
            "objection", DAY.isoformat(), None,
        )  # fmt: skip
        rows = subjects.as_csv(kept).decode("utf-8-sig").splitlines()
    assert sum(DAY.isoformat() in row for row in rows) >= 2
