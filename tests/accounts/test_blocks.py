"""Somebody blocked is kept and shown as such, and neither used, handed out nor changed."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import override

from accounts.measures.compute import compute
from accounts.models import ApiToken, Contact, ContactBlock, Team
from accounts.selectors import timeline
from accounts.services import blocks, portrait, relationships
from accounts.services import clients as services
from kam.audit.models import Event
from kam.lib.policy import SCOPES
from kam.lib.scoping import acting_as, acting_system
from tests.accounts.services.importing import Importer
from tests.factories import make_client, make_contact, make_interaction, make_user

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 16)


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-03-16T09:00:00Z", tick=False):
        yield


@pytest.fixture
def admin():
    return make_user("administrator", language="en")


@pytest.fixture
def kam():
    return make_user("kam", language="en", team=Team.objects.create(name="North"))


@pytest.fixture
def shop(kam):
    return make_client("Shop", owner=kam, team=kam.team)


@pytest.fixture
def boris(shop):
    return make_contact(
        shop, "Boris Probe", email="boris@example.com", phone="+7 900 000-00-01",
        position="Head of secrets", role="decides", attitude="against",
    )  # fmt: skip


@pytest.fixture
def blocked(boris, admin):
    with acting_as(admin):
        blocks.block(boris, "objection", "letter 17 of Boris", admin)
    return boris


def test_blocking_and_ending_it_need_reasons_and_stay_in_the_history(boris, admin):
    with acting_as(admin):
        with pytest.raises(ValidationError):
            blocks.block(boris, "claim", " ", admin)
        with pytest.raises(ValidationError):
            blocks.block(boris, "claim", "why", admin, until=DAY)
        blocks.block(boris, "claim", "letter 17", admin, until=DAY + dt.timedelta(days=30))
        with pytest.raises(blocks.Blocked):
            blocks.block(boris, "claim", "once more", admin)
        assert (boris.is_blocked, boris.version) == (True, 2)
        with pytest.raises(ValidationError):
            blocks.unblock(boris, "", admin)
        blocks.unblock(boris, "the claim is settled", admin)
        assert (boris.is_blocked, boris.blocked_reason) == (False, "")
        with pytest.raises(ValidationError):
            blocks.unblock(boris, "again", admin)
        row = ContactBlock.objects.get()
        assert (row.since, row.ended_on, row.end_reason, row.ended_by) == (
            DAY, DAY, "the claim is settled", admin
        )  # fmt: skip
        details = [event.details for event in Event.objects.filter(action="contact.block")]
    assert details == [{"ground": "claim", "until": "2026-04-15"}]


def test_one_whose_time_ran_out_is_free_and_can_be_blocked_again(boris, admin):
    with acting_as(admin):
        blocks.block(boris, "claim", "one", admin, until=DAY + dt.timedelta(days=2))
        with time_machine.travel("2026-03-18T09:00:00Z", tick=False):
            assert not Contact.objects.get(pk=boris.pk).is_blocked
            blocks.block(boris, "claim", "two", admin)
        ends = list(ContactBlock.objects.order_by("pk").values_list("ended_on", flat=True))
    assert ends == [DAY + dt.timedelta(days=2), None]


def test_pages_show_the_name_with_a_lock_and_nothing_else(blocked, shop, kam, client):
    make_interaction(shop, "2026-03-15", contact=blocked, kind="call", subject="A call")
    client.force_login(kam)
    for route in ("client_people", "client_detail"):
        page = client.get(reverse(route, args=[shop.pk])).content.decode()
        assert "Boris Probe" in page
        assert "blocked" in page
        for withheld in ("boris@", "000-00-01", "secrets", "Against us"):
            assert withheld not in page, f"{route}: {withheld}"
    assert (
        "1 person is blocked and stands in no file."
        in client.get(reverse("client_people", args=[shop.pk])).content.decode()
    )
    with acting_as(kam):
        assert [e.who for e in timeline.timeline([shop.pk], DAY).entries] == [""]
        lines = " ".join(str(line.text) for line in portrait.lines(portrait.facts([shop.pk], DAY)))
    assert "Boris" not in lines


def test_nobody_changes_them(blocked, shop, kam, client):
    with acting_as(kam), pytest.raises(services.Blocked):
        services.update(blocked, {"position": "Buyer"}, 2)
    client.force_login(kam)
    edit = reverse("contact_edit", args=[blocked.pk])
    consents = reverse("contact_consents", args=[blocked.pk])
    assert client.get(edit)["Location"] == consents
    posted = client.post(edit, {"name": "B", "version": 2})
    assert posted["Location"] == consents
    moved = client.post(reverse("contact_position", args=[blocked.pk]), {"x": 5, "y": 5})
    assert moved.status_code == 409
    # Nor does a card beside theirs come in.
    posted = client.post(reverse("contact_create", args=[shop.pk]), {"name": "boris probe"})
    assert posted.status_code == 422
    assert "blocked here" in posted.content.decode()
    page = client.get(reverse("interaction_create", args=[shop.pk])).content.decode()
    assert "Boris Probe" not in page
    blocked.refresh_from_db()
    assert (blocked.name, blocked.version) == ("Boris Probe", 2)


def test_programs_get_the_id_alone_and_409(blocked, kam, client):
    _row, secret = ApiToken.issue(user=kam, name="crm", can_write=True)
    key = {"Authorization": f"Bearer {secret}"}
    address = reverse("api:contact-detail", args=[blocked.pk])
    answer = client.get(address, headers=key)
    told = answer.json()
    assert (told["id"], told["blocked"]) == (blocked.pk, True)
    assert not any(told[name] for name in ("name", "email", "phone", "position", "role"))
    (row,) = client.get(reverse("api:contact-list"), headers=key).json()["results"]
    assert row == told
    people = client.get(reverse("api:client-people", args=[blocked.client_id]), headers=key)
    assert "Boris" not in people.content.decode()
    for verb, url in (
        ("patch", address),
        ("put", reverse("api:contact-position", args=[blocked.pk])),
    ):
        said = getattr(client, verb)(
            url, {"phone": "1", "version": 2} if verb == "patch" else {"x": 1, "y": 1},
            content_type="application/json", headers=key,
        )  # fmt: skip
        assert said.status_code == 409
        assert "blocked" in said.content.decode()


def test_imports_leave_them_alone_and_say_so(tmp_path, admin):
    load = Importer(tmp_path)
    load("clients", "id;name\nc1;Shop\n")
    load("contacts", "client;name;email\nc1;Ivan Petrov;i@example.com\n")
    with acting_as(admin):
        ivan = Contact.objects.get()
        blocks.block(ivan, "inaccurate", "call of 1 March", admin)
    report = load(
        "contacts",
        "client;name;email;position\nc1;IVAN PETROV;x@example.com;1\nc1;Petrov I.;I@Example.com;2\n"
        "c1;Anna;a@example.com;3\n",
    )
    assert [(issue.row, issue.code) for issue in report.warnings] == [
        (2, "contact.blocked"), (3, "contact.blocked")
    ]  # fmt: skip
    with acting_as(admin):
        assert set(Contact.objects.values_list("name", "position")) == {
            ("Ivan Petrov", ""), ("Anna", "3")
        }  # fmt: skip


def test_they_are_in_no_gap_of_the_map(blocked, shop, kam):
    with acting_as(kam), override("en"):
        (gap,) = relationships.net_of(shop, [shop.pk], DAY).gaps
        assert (gap.code, gap.evidence) == ("nobody", "Everybody known here is blocked.")
        make_contact(shop, "Anna", role="buys")
        gaps = relationships.net_of(shop, [shop.pk], DAY).gaps
    assert {gap.code for gap in gaps} == {"no_sponsor", "single_thread"}
    assert "Boris" not in " ".join(f"{gap.text} {gap.evidence}" for gap in gaps)


def test_they_count_in_no_measure_while_they_are_blocked(boris, shop, admin):
    make_interaction(shop, "2026-03-10", contact=boris, kind="call")
    make_interaction(shop, "2026-03-10", contact=make_contact(shop, "Anna"), kind="call")
    assert measure("contacts_reached", shop) == 2
    with acting_as(admin):
        blocks.block(boris, "claim", "letter", admin)
    assert measure("contacts_reached", shop) == 1
    with time_machine.travel("2026-03-20T09:00:00Z", tick=False), acting_as(admin):
        blocks.unblock(boris, "settled", admin)
    # As of a day within the block it stays as it was.
    assert measure("contacts_reached", shop) == 1
    assert measure("contacts_reached", shop, dt.date(2026, 3, 20)) == 2


def measure(key, client, day=DAY):
    with acting_system("test"):
        columns = compute([key], day)
    return columns.values[key][list(columns.ids).index(client.pk)]


def test_the_administrator_blocks_and_ends_it_on_a_page(boris, admin, kam, client):
    address = reverse("contact_block", args=[boris.pk])
    client.force_login(kam)
    assert client.get(address).status_code == 403
    client.force_login(admin)
    form = {"ground": "objection", "reason": "letter 17"}
    assert client.post(address, form | {"act": "end"}).status_code == 302
    assert not ContactBlock.unscoped.exists()
    assert client.post(address, form | {"act": "block", "reason": ""}).status_code == 422
    assert client.post(address, form | {"act": "block"}).status_code == 302
    page = client.get(reverse("contact_consents", args=[boris.pk])).content.decode()
    assert "Blocked since" in page
    assert "letter 17" in page
    assert client.post(address, {"reason": "settled", "act": "end"}).status_code == 302
    boris.refresh_from_db()
    assert not boris.is_blocked


def test_blocking_over_rest_needs_the_scope_of_privacy(boris, admin, client):
    address = reverse("api:contact-blocks", args=[boris.pk])
    body = {"ground": "objection", "reason": "letter 17"}
    for scopes, status in ((["read", "write", "import", "admin"], 403), (list(SCOPES), 201)):
        _row, secret = ApiToken.issue(user=admin, name="k", scopes=scopes)
        key = {"Authorization": f"Bearer {secret}"}
        made = client.post(address, body, content_type="application/json", headers=key)
        assert made.status_code == status, made.json()
    again = client.post(address, body, content_type="application/json", headers=key)
    assert again.status_code == 409
    ended = client.post(
        reverse("api:contact-unblocking", args=[boris.pk]),
        {"reason": "settled"},
        content_type="application/json",
        headers=key,
    )
    assert [row["end_reason"] for row in ended.json()] == ["settled"]
