"""Problems: raised, solved step by step, closed with an outcome; signals taken, dismissed, put off;
the nightly search finds, shows within the budget and lets go."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.models import (
    Client,
    HealthWeek,
    Problem,
    ProblemStep,
    Promise,
    RadarSettings,
    Signal,
    Team,
)
from accounts.selectors import health as fare
from accounts.selectors import problems as found
from accounts.services import problems, radar
from accounts.services.clients import Conflict
from kam.audit.models import Event
from kam.jobs.models import Job
from kam.lib.scoping import acting_as, acting_system
from kam.webhooks.models import Message
from tests.factories import make_client, make_contact, make_document, make_interaction, make_user
from tests.kam.webhooks.conftest import make_endpoint

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 16)  # a Monday


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-03-16T09:00:00Z", tick=False):
        yield


@pytest.fixture
def kam():
    return make_user("kam", language="en", team=Team.objects.create(name="North"))


@pytest.fixture
def shop(kam):
    return make_client("Shop", owner=kam, team=kam.team, lifecycle="active")


def orders(client, gap=10, many=14, last=DAY, net=100):
    for back in range(many):
        make_document(client, last - dt.timedelta(days=gap * back), net=net)


def search(day=DAY):
    with acting_system("test"):
        return radar.search(day)


def signal_of(client, kind="late_order", **values) -> Signal:
    given = {"since": DAY, "seen_on": DAY, "shown_on": DAY, "level": 2} | values
    with acting_system("test"):
        return Signal.objects.create(client=client, kind=kind, **given)


def raised(client, person, **values) -> Problem:
    with acting_as(person):
        return problems.raise_problem(client, {"what": "Short deliveries", **values}, person)


# --- Problems ---------------------------------------------------------------------------------------


def test_a_client_may_have_any_number_and_the_kam_answers(shop, kam):
    make_endpoint("https://93.184.215.14/kam", ["problem.raised"])
    first, second = raised(shop, kam), raised(shop, kam, kind="price", severity=3)
    assert first.owner == second.owner == kam
    assert (first.state, first.raised_on, first.previous) == ("open", DAY, None)
    with acting_system("test"):
        assert Message.objects.filter(type="problem.raised").count() == 2
        assert Event.objects.filter(action="problem.raise").count() == 2
    with pytest.raises(ValidationError), acting_system("test"):
        problems.raise_problem(make_client("Nobody's"), {"what": "x"}, None)


def test_a_repeat_is_linked_to_the_one_before(shop, kam):
    first = raised(shop, kam, kind="quality")
    with acting_as(kam):
        problems.close(first, "eased", "A second check at the gate.", kam)
    assert raised(shop, kam, kind="quality").previous == first
    assert raised(shop, kam, kind="price").previous is None
    with time_machine.travel("2027-04-01T09:00:00Z", tick=False):
        assert raised(shop, kam, kind="quality").previous is None


def test_steps_begin_the_work_and_are_done_and_undone(shop, kam):
    problem = raised(shop, kam)
    with acting_as(kam):
        step = problems.add_step(problem, {"what": "Ask the warehouse", "due": DAY}, kam)
        assert (problem.state, step.person) == ("working", kam)
        assert problems.settle_step(step, True).done_on == DAY
        assert problems.settle_step(step, False).done_on is None


def test_closing_needs_an_outcome_and_what_came_of_it(shop, kam):
    make_endpoint("https://93.184.215.14/kam", ["problem.closed"])
    problem = raised(shop, kam)
    with acting_as(kam):
        for outcome, words in (("", "x"), ("solved", " "), ("vanished", "x")):
            with pytest.raises(ValidationError):
                problems.close(problem, outcome, words, kam)
        problems.close(problem, "solved", "A second delivery day.", kam)
        assert (problem.state, problem.closed_on, problem.closed_by) == ("closed", DAY, kam)
        for refused in (
            lambda: problems.close(problem, "solved", "again", kam),
            lambda: problems.add_step(problem, {"what": "x", "due": DAY}, kam),
            lambda: problems.change(problem, {"what": "x"}, problem.version),
        ):
            with pytest.raises(ValidationError):
                refused()
        problems.reopen(problem)
        assert (problem.state, problem.outcome, problem.closed_on) == ("working", "", None)
    with acting_system("test"):
        told = Message.objects.get(type="problem.closed")
        assert told.data["outcome"] == "solved"


def test_the_database_lets_none_end_without_an_outcome(shop, kam):
    problem = raised(shop, kam)
    with acting_system("test"), pytest.raises(DatabaseError), transaction.atomic():
        Problem.objects.filter(pk=problem.pk).update(state="closed", closed_on=DAY)


def test_who_was_slower_loses_nothing(shop, kam):
    problem = raised(shop, kam)
    with acting_as(kam):
        assert problems.change(problem, {"what": "Short and late"}, 1) == ["what"]
        with pytest.raises(Conflict):
            problems.change(problem, {"what": "Late"}, 1)
        assert problems.change(problem, {"what": "Short and late"}, 2) == []


# --- Signals ----------------------------------------------------------------------------------------


def test_a_signal_becomes_a_problem_in_one_step(shop, kam, client):
    signal = signal_of(shop)
    client.force_login(kam)
    answer = client.post(reverse("signal_detail", args=[signal.pk]), {"act": "take"})
    with acting_as(kam):
        problem = Problem.objects.get()
        signal.refresh_from_db()
    assert answer.url == reverse("problem_detail", args=[problem.pk])
    assert (problem.kind, problem.severity, problem.owner) == ("late_order", 3, kam)
    assert (signal.state, signal.problem, signal.settled_by) == ("taken", problem, kam)
    again = client.post(reverse("signal_detail", args=[signal.pk]), {"act": "take"})
    assert again.status_code == 422
    with acting_as(kam):
        assert Problem.objects.count() == 1


def test_dismissing_and_putting_off_need_reasons(shop, kam):
    signal = signal_of(shop)
    with acting_as(kam):
        with pytest.raises(ValidationError):
            problems.dismiss(signal, " ", kam)
        for until, reason in (
            (DAY, "x"),
            (DAY + dt.timedelta(181), "x"),
            (DAY + dt.timedelta(5), ""),
        ):
            with pytest.raises(ValidationError):
                problems.snooze(signal, until, reason, kam)
        problems.snooze(signal, DAY + dt.timedelta(days=5), "They moved", kam)
        assert list(found.shown(DAY)) == []
        assert list(found.shown(DAY + dt.timedelta(days=5))) == [signal]
        problems.dismiss(signal, "They moved", kam)
        assert signal.state == "dismissed"


# --- The search -------------------------------------------------------------------------------------


def test_the_search_finds_shows_and_lets_go_and_twice_is_once(shop, kam):
    make_endpoint("https://93.184.215.14/kam", ["signal.raised"])
    orders(shop, last=DAY - dt.timedelta(days=40))
    told = search()
    assert (told["found"], told["shown"], told["gone"], told["clients"]) == (1, 1, 0, 1)
    with acting_as(kam):
        signal = Signal.objects.get()
        assert (signal.kind, signal.level, signal.state, signal.shown_on) == (
            "late_order", 2, "open", DAY
        )  # fmt: skip
        assert signal.evidence["days"] == 40
        before = Signal.objects.values().get()
    assert search() == {"found": 0, "shown": 0, "gone": 0, "clients": 1}
    with acting_as(kam):
        assert Signal.objects.values().get() == before
        assert HealthWeek.objects.count() == 1
    make_document(shop, DAY, net=100)
    assert search()["gone"] == 1
    with acting_as(kam):
        signal.refresh_from_db()
        assert (signal.state, signal.cleared_on) == ("gone", DAY)
    with acting_system("test"):
        assert Message.objects.filter(type="signal.raised").count() == 1


def test_what_was_dismissed_stays_so_until_its_cause_has_gone_and_come(shop, kam):
    orders(shop, last=DAY - dt.timedelta(days=40))
    search()
    with acting_as(kam):
        problems.dismiss(Signal.objects.get(), "They moved", kam)
    assert search()["found"] == 0
    make_document(shop, DAY, net=100)
    search()
    with acting_as(kam):
        first = Signal.objects.get()
        assert (first.state, first.cleared_on) == ("dismissed", DAY)
    later = DAY + dt.timedelta(days=60)
    with time_machine.travel("2026-05-15T09:00:00Z", tick=False):
        assert search(later)["found"] == 1
    with acting_as(kam):
        assert Signal.objects.filter(cleared_on__isnull=True).get().state == "open"


def test_a_signal_joins_the_open_problem_about_the_same(shop, kam):
    problem = raised(shop, kam, kind="late_order")
    orders(shop, last=DAY - dt.timedelta(days=40))
    search()
    with acting_as(kam):
        signal = Signal.objects.get()
        assert (signal.state, signal.problem) == ("taken", problem)
        problems.close(problem, "lasting", "They buy elsewhere.", kam)
    later = DAY + dt.timedelta(days=radar.AGAIN_DAYS + 1)
    search(later)
    with acting_as(kam):
        signal.refresh_from_db()
        # The late order goes on a month after the problem was closed: it is told again.
        assert (signal.state, signal.problem, signal.shown_on) == ("open", None, later)


def test_the_budget_shows_the_weightiest_and_holds_the_rest_until_there_is_room(kam):
    clients = [make_client(f"C{n}", owner=kam, team=kam.team, lifecycle="active") for n in range(4)]
    for n, client in enumerate(clients):
        orders(client, last=DAY - dt.timedelta(days=40), net=100 * (n + 1))
    with acting_system("test"):
        RadarSettings.objects.create(budget=3)
    assert search()["shown"] == 3
    with acting_as(kam):
        shown = {row.client.name for row in found.shown(DAY)}
        assert shown == {"C1", "C2", "C3"}
        assert [row.client.name for row in found.held(DAY)] == ["C0"]
    assert search(DAY + dt.timedelta(days=2))["shown"] == 0
    assert search(DAY + dt.timedelta(days=7))["shown"] == 1


def test_nobody_watches_prospects_members_and_those_without_a_kam(shop, kam):
    group = make_client("Group", owner=kam, kind="group", lifecycle="active")
    make_client("Member", owner=kam, lifecycle="active", group=group)
    make_client("Prospect", owner=kam, lifecycle="prospect")
    make_client("Nobody's", lifecycle="active")
    assert search()["clients"] == 2


def test_a_blocked_person_is_no_evidence(shop, kam):
    contact = make_contact(shop, role="decides", left_on=DAY - dt.timedelta(days=5))
    with acting_system("test"):
        type(contact).objects.update(added_at="2025-01-01T00:00Z")
        type(contact).objects.update(blocked_since=DAY)
        facts = radar.read([shop.pk], DAY)
        assert facts[shop.pk].weighty == []
        type(contact).objects.update(blocked_since=None)
        assert len(radar.read([shop.pk], DAY)[shop.pk].weighty) == 1


def test_health_is_kept_by_week_with_its_parts_and_weights(shop, kam):
    orders(shop, many=60)
    contact = make_contact(shop, role="decides", added_at="2025-01-01T00:00Z")
    make_interaction(
        shop, DAY - dt.timedelta(days=3), contact=contact, kind="call", satisfaction=10
    )
    with acting_system("test"):
        for state in ("kept", "kept", "broken"):
            Promise.objects.create(
                client=shop, what="x", due=DAY, first_due=DAY, state=state, settled_on=DAY,
                evidence="x", owner=kam,
            )  # fmt: skip
    search()
    with acting_as(kam):
        row = HealthWeek.objects.get()
        assert row.week == DAY
        values = {key: part["value"] for key, part in row.parts.items()}
    assert values["rhythm"] == 100
    assert values["promises"] == pytest.approx(66.7, abs=0.05)
    assert values["contacts"] == 100
    assert values["satisfaction"] == 100
    assert values["problems"] == 100
    known = sum(p["weight"] for p in row.parts.values() if p["value"] is not None)
    expected = sum(p["weight"] * (p["value"] or 0) for p in row.parts.values()) / known
    assert row.score == round(expected)
    assert row.coverage == round(100 * known / 100)
    with acting_as(kam):
        assert fare.health_of([shop.pk], DAY)[shop.pk].score == row.score


def test_history_is_filled_once_by_what_was_known_then(shop, kam):
    orders(shop, many=60)
    with acting_system("test"):
        assert radar.fill_weeks(DAY, 12) == 12
        assert radar.fill_weeks(DAY, 12) == 0
        weeks = list(HealthWeek.objects.values_list("week", flat=True))
    assert weeks == [DAY - dt.timedelta(days=7 * back) for back in range(12, 0, -1)]


def test_a_finished_import_asks_for_a_search(db):
    from accounts.signals import portfolio_changed

    with acting_system("test"):
        portfolio_changed.send(sender=None)
        assert Job.objects.filter(kind=radar.JOB).count() == 1


def test_rules_are_settled_by_version_and_cannot_all_be_nothing(kam):
    with acting_system("test"):
        row = radar.settle_rules(7, {"rhythm": 1}, 1)
        assert (row.budget, row.version) == (7, 2)
        with pytest.raises(Conflict):
            radar.settle_rules(8, {"rhythm": 1}, 1)
        with pytest.raises(ValidationError):
            radar.settle_rules(8, {"rhythm": 0}, 2)


# --- What people see --------------------------------------------------------------------------------


def test_attention_holds_ones_own_the_most_pressing_first(shop, kam):
    other = make_user("kam", team=kam.team)
    signal = signal_of(shop)
    signal_of(make_client("Theirs", owner=other, team=kam.team))
    problem = raised(shop, kam, severity=2)
    with acting_as(kam):
        problems.add_step(problem, {"what": "Ask", "due": DAY - dt.timedelta(days=3)}, kam)
        rows = found.attention_of(kam, DAY)
        assert [row.what for row in rows] == ["step", "signal", "problem"]
        assert rows[1].pk == signal.pk
        assert len(found.attention_of(kam, DAY, most=1)) == 1


def test_a_signal_is_put_off_where_the_day_begins(shop, kam, client):
    signal = signal_of(shop)
    client.force_login(kam)
    page = client.get(reverse("home")).content.decode()
    assert 'name="until" value="2026-03-23"' in page
    sent = {"act": "snooze", "until": "2026-03-23", "reason": "Stock-taking", "next": "/"}
    answer = client.post(reverse("signal_detail", args=[signal.pk]), sent)
    assert answer["Location"] == "/"
    assert "Put off for a week" not in client.get(reverse("home")).content.decode()
    with acting_as(kam):
        assert Signal.objects.get(pk=signal.pk).reason == "Stock-taking"


def test_attention_is_three_queries(shop, kam, django_assert_num_queries):
    signal_of(shop)
    raised(shop, kam)
    with acting_as(kam), django_assert_num_queries(3):
        found.attention_of(kam, DAY)


def test_a_helper_does_a_step_without_seeing_the_client(shop, kam, client):
    helper = make_user("colleague", language="en")
    problem = raised(shop, kam)
    with acting_as(kam):
        step = problems.add_step(problem, {"what": "Ask", "due": DAY, "person": helper}, kam)
    client.force_login(helper)
    address = reverse("problem_step", args=[step.pk])
    assert client.get(address).status_code == 200
    assert client.get(reverse("problem_detail", args=[problem.pk])).status_code == 404
    assert client.post(address, {"done": "yes"}).status_code == 302
    with acting_as(helper):
        assert ProblemStep.objects.get().done_on == DAY


def test_quality_of_data_names_what_is_missing_with_its_form(shop, kam, client):
    client.force_login(kam)
    page = client.get(reverse("data_quality")).content.decode()
    assert reverse("contact_create", args=[shop.pk]) in page
    make_contact(shop, role="decides", email="a@b.example")
    page = client.get(reverse("data_quality")).content.decode()
    assert reverse("contact_create", args=[shop.pk]) not in page
    page = client.get(reverse("data_quality") + "?missing=decider").content.decode()
    assert "Shop" not in page.split("data-quality")[1]


def test_quality_in_the_database_is_the_quality_of_the_arithmetic(shop, kam):
    from accounts.measures.data_quality import CHECKS, quality

    make_contact(shop, role="decides", phone="1")
    with acting_as(kam):
        row = fare.written_down(Client.objects.filter(pk=shop.pk), DAY, CHECKS).get()
    has = [key for key in CHECKS if getattr(row, f"has_{key}")]
    assert row.quality == quality(has).score
    assert {"owner", "decider", "reachable", "goal"} <= set(has)


def test_every_kind_of_evidence_speaks(shop, kam):
    from accounts.services.radar_words import evidence_of

    evidence = {
        "late_order": {"last": "2026-01-02", "days": 73, "usual": 30, "from": 20, "to": 40, "gaps": 2},
        "silence": {"last": "2026-01-02", "days": 73, "usual": 30, "from": 20, "to": 40, "gaps": 9},
        "revenue": {"now": 5, "before": 10, "fall": 50.0, "slope": -1, "low": -2, "high": -0.5,
                    "seasonal": True},
        "assortment": {"quarters": [6, 5, 3]},
        "payments": {"usual": 1.0, "now": 12.5, "limit": 4.0, "payments": 9},
        "contact": {"contacts": [1], "left": "2026-03-01", "staying": 0},
        "promises": {"broken": 1, "overdue": 2, "promises": [1, 2, 3], "oldest": "2026-01-01"},
        "volume": {"commitment": 1, "bought": 5, "expected": 10, "amount": 20, "share": 50,
                   "ends": "2026-12-31"},
    }  # fmt: skip
    assert set(evidence) == {kind.value for kind in Problem.FOUND}
    with acting_as(kam):
        for kind, facts in evidence.items():
            lines = evidence_of(Signal(client=shop, kind=kind, evidence=facts))
            assert lines, kind
            assert all(line.text and line.url for line in lines)
        assert evidence_of(Signal(client=shop, kind="revenue", evidence={})) == []


# --- REST -------------------------------------------------------------------------------------------


def test_the_way_of_a_problem_over_rest(shop, kam, client):
    client.force_login(kam)

    def post(name, pk, **data):
        return client.post(
            reverse(f"api:{name}", args=[pk] if pk else []), data, content_type="application/json"
        )

    made = post("problem-list", None, client=shop.pk, what="Short", severity=3)
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    step = post("problem-steps", pk, what="Ask", due="2026-03-20")
    assert step.status_code == 201, step.content
    address = reverse("api:problem-step-detail", args=[step.json()["id"]])
    done = client.patch(address, {"done": True}, content_type="application/json")
    assert done.json()["done_on"] == "2026-03-16"
    assert post("problem-closing", pk, outcome="", came_of_it="x").status_code == 400
    closed = post("problem-closing", pk, outcome="solved", came_of_it="A second day")
    assert closed.json()["state"] == "closed"
    assert post("problem-reopening", pk).json()["state"] == "working"
    one = client.get(reverse("api:problem-detail", args=[pk])).json()
    assert [each["what"] for each in one["steps"]] == ["Ask"]
    change = client.patch(
        reverse("api:problem-detail", args=[pk]),
        {"what": "Late", "version": 1}, content_type="application/json",
    )  # fmt: skip
    assert change.status_code == 409


def test_signals_over_rest(shop, kam, client):
    client.force_login(kam)
    first, second, third = (signal_of(shop, kind) for kind in ("silence", "revenue", "payments"))

    def post(name, signal, **data):
        address = reverse(f"api:{name}", args=[signal.pk])
        return client.post(address, data, content_type="application/json")

    assert post("signal-problem", first).status_code == 201
    assert post("signal-dismissal", second).status_code == 400
    assert post("signal-dismissal", second, reason="Season").json()["state"] == "dismissed"
    snoozed = post("signal-snooze", third, until="2026-03-30", reason="Their stock-taking")
    assert snoozed.json()["snoozed_until"] == "2026-03-30"
    rows = client.get(reverse("api:signal-list") + "?state=open").json()["results"]
    assert [row["kind"] for row in rows] == ["payments"]
