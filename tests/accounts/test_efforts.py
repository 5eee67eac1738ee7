"""The week in hours, costs, and what a client leaves: worked out by hand."""

import datetime as dt
from decimal import Decimal as D

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import (
    Client,
    Document,
    EffortRules,
    EffortWeek,
    HourRate,
    Interaction,
    ProgrammeCost,
    Promise,
    RebateAccrual,
    ServiceCost,
)
from accounts.selectors import efforts as found
from accounts.services import efforts, serving
from kam.audit.models import Event
from kam.lib.editing import Conflict
from kam.lib.periods import today
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def kam(db):
    return make_user("kam")


@pytest.fixture
def client_of(kam):
    with acting_system("test"):
        return Client.objects.create(name="Vega", owner=kam)


@pytest.fixture
def week():
    return found.monday(today()) - dt.timedelta(weeks=1)


def note(client, day, kind="call", author=None):
    with acting_system("test"):
        Interaction.objects.create(client=client, date=day, kind=kind, author=author)


def document(client, number, day, **fields):
    values = {
        "type": "invoice", "year": day.year, "currency": "RUB", "net": D(1000), "gross": D(1200),
        "costed_net": D(1000), "cost": D(600),
    } | fields  # fmt: skip
    with acting_system("test"):
        return Document.objects.create(client=client, number=number, date=day, **values)


def test_a_week_is_filled_in_from_what_was_noted(kam, client_of, week):
    other = make_user("kam")
    note(client_of, week, "call", kam)
    note(client_of, week + dt.timedelta(days=6), "meeting")
    note(client_of, week, "visit", other)  # somebody else's work
    note(client_of, week + dt.timedelta(days=7), "call", kam)  # the week after
    with acting_system("test"):
        Promise.objects.create(
            client=client_of, what="A sample", owner=kam, due=week, first_due=week, state="kept",
            settled_on=week, evidence="letter",
        )  # fmt: skip
        member = Client.objects.create(name="Vega South", group=client_of, owner=kam)
    note(member, week, "email", kam)
    with acting_as(kam):
        (row,) = efforts.rows_of(kam, week)
    assert dict(row.counts) == {"call": 1, "meeting": 1, "promise": 1, "email": 1}
    assert row.estimated == row.hours == D("4.25"), "0.5 + 2 + 1.5 + 0.25"


def test_a_week_is_saved_corrected_and_keeps_its_rate(kam, client_of, week):
    note(client_of, week, "meeting", kam)
    with acting_as(kam):
        assert efforts.save_week(kam, week, {client_of.pk: D("3.5")}) == 1
        assert efforts.save_week(kam, week, {client_of.pk: D("3.5")}) == 0
        row = EffortWeek.objects.get()
        assert (row.hours, row.estimated, row.rate) == (D("3.5"), D(2), D(1500))
        (shown,) = efforts.rows_of(kam, week)
        assert shown.corrected
    with acting_system("test"):
        HourRate.objects.create(person=kam, rate=D(2000))
    with acting_as(kam):
        efforts.save_week(kam, week, {client_of.pk: D(4)})
        assert EffortWeek.objects.get().rate == 2000
    with acting_system("test"):
        assert Event.objects.filter(action="effort.save").count() == 2


def test_what_cannot_be_said(kam, client_of, week):
    with acting_system("test"):
        foreign = Client.objects.create(name="Foreign")
    with acting_as(kam):
        for bad_week, hours in (
            (week + dt.timedelta(days=1), {}),
            (week + dt.timedelta(weeks=5), {}),
            (week - dt.timedelta(weeks=60), {}),
            (week, {foreign.pk: D(1)}),
            (week, {client_of.pk: D(101)}),
            (week, {client_of.pk: D(-1)}),
        ):
            with pytest.raises(ValidationError):
                efforts.save_week(kam, bad_week, hours)
        assert not EffortWeek.objects.exists()


def test_the_database_holds_the_rules(kam, client_of, week):
    for fields in ({"week": week + dt.timedelta(days=1)}, {"hours": D(-1)}, {"hours": D(101)}):
        with acting_system("test"), pytest.raises(IntegrityError), transaction.atomic():
            EffortWeek.objects.create(
                **{"client": client_of, "person": kam, "week": week, "hours": 1, "rate": 1} | fields
            )


def test_the_page_saves_with_one_post_and_says_what_is_wrong(kam, client_of, week, client):
    client.force_login(kam)
    url = reverse("effort_week")
    page = client.get(url, {"week": week})
    assert "Vega" in page.content.decode()
    name = f"hours-{client_of.pk}"
    bad = client.post(url, {"week": week, name: "ten"})
    assert bad.status_code == 422
    assert 'value="ten"' in bad.content.decode()
    assert client.post(url, {"week": week, name: "2,5"}).status_code == 302
    with acting_system("test"):
        assert EffortWeek.objects.get().hours == D("2.5")
    for nonsense in ("yesterday", "9999-12-31", "0001-01-01"):
        assert client.get(url, {"week": nonsense}).status_code == 200


def test_contribution_by_hand(kam, client_of, week):
    day = today()
    document(client_of, "1", day - dt.timedelta(days=40), discount=D(50),
             due=day - dt.timedelta(days=20), settled_on=day - dt.timedelta(days=10), paid=D(1200))  # fmt: skip
    document(client_of, "2", day - dt.timedelta(days=400))
    note(client_of, week, "call", kam)
    note(client_of, week - dt.timedelta(weeks=1), "visit", kam)
    with acting_system("test"):
        EffortWeek.objects.create(
            client=client_of, person=kam, week=week, hours=D(2), estimated=D("0.5"), rate=D(100)
        )
        EffortRules.objects.create(pk=1, rate=D(10), capital=D("36.5"))
        ServiceCost.objects.create(client=client_of, what="Fitter", date=day, amount=D(70))
        ServiceCost.objects.create(
            client=client_of, what="Start", kind="start", date=day, amount=D(500)
        )
        ServiceCost.objects.create(
            client=client_of, what="Long ago", date=day - dt.timedelta(days=500), amount=D(9)
        )
    with acting_as(kam):
        value = serving.value_of(client_of, day)
    now = value.now
    assert (now.revenue, now.margin, now.discounts) == (1000, 400, 50)
    assert (now.said, now.guessed, now.hours_cost) == (2, 4, 240), "2 × 100 + 4 × 10"
    assert now.late_cost == D("12.00"), "1200 × 10 ÷ 365 × 36.5 %"
    assert (now.service, now.start, now.rebates) == (70, 500, 0)
    assert now.contribution == 400 - 240 - 12 - 70
    assert (value.stayed, value.could) == (1, 1)
    assert value.growth == pytest.approx(0)
    assert value.lifetime.start == 500


def test_nothing_known_is_nothing_and_no_error(kam, client_of, client):
    with acting_as(kam):
        value = serving.value_of(client_of, today())
    assert value.now.contribution == 0
    assert value.now.cost_share is None
    client.force_login(kam)
    assert client.get(reverse("client_costs", args=[client_of.pk])).status_code == 200
    part = client.get(reverse("client_costs", args=[client_of.pk]), headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()


def test_costs_are_written_changed_and_removed(kam, client_of, client):
    client.force_login(kam)
    values = {"kind": "service", "what": "Fitter", "date": today(), "amount": "120.50"}
    create = reverse("service_cost_create", args=[client_of.pk])
    late = {**values, "date": today() + dt.timedelta(days=1)}
    assert client.post(create, late).status_code == 422
    assert client.post(create, values).status_code == 302
    with acting_system("test"):
        row = ServiceCost.objects.get()
    edit = reverse("service_cost_edit", args=[row.pk])
    assert client.post(edit, {**values, "amount": "10", "version": 1}).status_code == 302
    assert client.post(edit, {**values, "amount": "11", "version": 1}).status_code == 409
    assert client.post(edit, {"act": "remove"}).status_code == 302
    with acting_system("test"):
        assert not ServiceCost.objects.exists()
    with acting_system("test"):
        told = Event.objects.filter(action__startswith="service_cost").order_by("pk")
        assert [event.action.split(".")[1] for event in told] == ["add", "change", "remove"]


def test_leaders_write_what_the_programme_costs(client):
    manager, kam = make_user("manager"), make_user("kam")
    values = {"kind": "training", "what": "A course", "date": today(), "amount": "9000"}
    client.force_login(kam)
    assert client.post(reverse("programme_cost_create"), values).status_code == 403
    client.force_login(manager)
    assert client.post(reverse("programme_cost_create"), values).status_code == 302
    assert "A course" in client.get(reverse("programme_cost_list")).content.decode()
    with acting_system("test"):
        row = ProgrammeCost.objects.get()
        with pytest.raises(Conflict):
            efforts.change_cost(row, {"amount": D(1)}, 7)


def test_rules_begin_with_what_the_product_brings(client):
    client.force_login(make_user("administrator"))
    url = reverse("effort_rules")
    assert 'name="meeting" value="2' in client.get(url).content.decode()
    values = dict.fromkeys(efforts.RULES, "1") | {"rate": "2000", "version": ""}
    assert client.post(url, values).status_code == 302
    with acting_system("test"):
        assert (EffortRules.objects.get().rate, EffortRules.objects.get().version) == (2000, 1)


def test_rebates_count(kam, client_of):
    with acting_system("test"):
        from accounts.models import Agreement

        agreement = Agreement.objects.create(
            client=client_of, number="A", starts=today() - dt.timedelta(days=100)
        )
        RebateAccrual.objects.create(
            client=client_of, agreement=agreement, date=today(), amount=D(33)
        )
    with acting_as(kam):
        assert serving.value_of(client_of, today()).now.contribution == -33


def test_over_rest(kam, client_of, week, client):
    client.force_login(kam)
    url = reverse("api:effort-list")
    said = {"client": client_of.pk, "week": week.isoformat(), "hours": "3.00"}
    assert client.post(url, said, content_type="application/json").status_code == 201
    assert client.get(url).json()["results"][0]["hours"] == "3.00"
    wrong = {**said, "week": (week + dt.timedelta(days=2)).isoformat()}
    assert client.post(url, wrong, content_type="application/json").status_code == 400
    value = client.get(reverse("api:client-value", args=[client_of.pk])).json()
    assert value["hours"] == "3.00"
    assert value["contribution"] == "-4500.00"
