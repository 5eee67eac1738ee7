"""Questions to the portfolio: figures by hand, whose they are, what is said where there are few."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.models import (
    EffortWeek,
    HealthWeek,
    Initiative,
    Invitation,
    Need,
    NeedStep,
    PlannedSale,
    Potential,
    ProductFamily,
    Promise,
    Standing,
)
from kam.lib import copy
from kam.lib.scoping import acting_as, acting_system
from reports.dashboards.boards import BOARDS, QUESTIONS, Board
from reports.dashboards.portfolio import Asked
from reports.datasets import Filters
from scoring.selectors.matrices import main_run
from tests.factories import make_client, make_document, make_interaction, make_user, moment
from tests.scoring.test_decisions import goal_for

from .conftest import DAY, sell

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def manager(db):
    return make_user("manager", language="en")


@pytest.fixture
def wide(company):
    """Five more that bought alike in both years, so that shares say something; one is key."""
    with acting_system("test"):
        for number in range(5):
            one = make_client(f"Even {number}", owner=company["ann"], region="Tver")
            for quarter in (1, 4, 7, 10):
                sell(one, quarter, 100, 60)
                sell(one, quarter + 12, 100, 60)
            company[f"even{number}"] = one
        for name in ("big", "steady", "even0"):
            goal_for(company[name], company["ann"])
            Standing.objects.create(
                client=company[name], value="key", since=dt.date(2023, 6, 1),
                known_from=moment(dt.date(2023, 6, 1)),
            )  # fmt: skip
    return company


def answer_to(question, person, months=12, **filters):
    with acting_as(person):
        board = Board(Asked(DAY, months, Filters(**filters)), main_run())
        answer = QUESTIONS[question](board)
        return answer, list(answer.behind.all())


def test_retention_by_hand(ranked, wide, manager):
    answer, rows = answer_to("retention", manager)
    last = answer.series[-1]
    # Key a year before: big 3200 -> 4000, steady 1200.50 -> 1200, even0 400 -> 400.
    assert last["key_net"] == pytest.approx(5600 / 4800.5)
    assert last["key_gross"] == pytest.approx(4800 / 4800.5)
    # The rest: once 1000 -> 500, lost 800 -> 0, four times 400 -> 400; new and bad are new.
    assert last["rest_net"] == last["rest_gross"] == pytest.approx(2100 / 3400)
    assert (last["rest_clients"], last["rest_stayed"]) == (6, 5)
    assert answer.series[0]["key_net"] is None, "a year before there was no year before"
    assert "Key clients bring 117" in answer.chart.title
    assert [row.name for row in rows[:2]] == ["Lost", "Once"], "the largest loss first"
    assert len(rows) == 9
    other, _rows = answer_to("retention", manager, months=3)
    # Of the last quarter: big 1000 against 800, steady and even0 alike.
    assert other.series[-1]["key_net"] == pytest.approx(1400 / 1200)


def test_cohorts_leave_out_who_was_there_when_the_data_begin(ranked, wide, manager):
    answer, rows = answer_to("cohorts", manager)
    assert answer.chart.missing, "only Bad and New came later"
    with acting_system("test"):
        for number in range(3):
            one = make_client(f"Later {number}")
            sell(one, 10, 60, 30)
            sell(one, 7, 30 + number, 30)
    answer, rows = answer_to("cohorts", manager)
    found = next(each for each in answer.series if each["clients"] > 2)
    assert found["quarter"] == "2023-Q3"
    # With Bad, who bought 50 in month 10 and in month 7.
    assert (found["clients"], found["base"]) == (4, 230)
    assert found["kept"][1] == pytest.approx((93 + 50) / 230)
    assert {row.name for row in rows} == {"New", "Bad", "Later 0", "Later 1", "Later 2"}


def test_departure_risk_and_regions_by_hand(ranked, wide, manager):
    with acting_system("test"):
        for name, score in (("big", 30), ("steady", 80)):
            HealthWeek.objects.create(
                client=wide[name], week=dt.date(2024, 6, 24), score=score, coverage=90
            )
        HealthWeek.objects.create(
            client=wide["even0"], week=dt.date(2024, 5, 6), score=10, coverage=90
        )
    answer, rows = answer_to("departure", manager)
    # Profit 2280 + 5 × 160; big brings 1600.
    assert [each["profit"] for each in answer.series][:2] == pytest.approx([3080, 1480])
    assert answer.series[1]["profit_change"] == pytest.approx(-1600 / 3080)
    assert (rows[0].name, rows[0].values[1]) == ("Big", pytest.approx(4000 / 8200))
    answer, rows = answer_to("risk", manager)
    fields = {(each["value"], each["health"]): each for each in answer.series}
    assert fields["A", "bad"]["profit"] == 1600
    assert fields["A", "good"]["profit"] == 480
    assert all(f["clients"] == 0 for f in answer.series if f["health"] == "watch"), "too old"
    assert (rows[0].name, rows[0].values[0]) == ("Big", 30)
    answer, rows = answer_to("regions", manager)
    assert answer.series[0]["amount"] == pytest.approx(2280)
    assert answer.series[1] == {
        "region": "Tver", "code": 1, "clients": 5, "groups": 1, "amount": 800, "before": 800,
        "share": pytest.approx(800 / 3080), "growth": 0,
    }  # fmt: skip
    answer, rows = answer_to("regions", manager, region="Tver")
    assert answer.chart.title.startswith("Tver brings 100")
    assert {row.name[:4] for row in rows} == {"Even"}


def test_work_by_hand(ranked, wide, manager):
    administrator = make_user("administrator", language="en")
    ann, bob = wide["ann"], wide["bob"]
    with acting_system("test"):
        hours = {"big": 10, "steady": 20, "bad": 10, "even0": 5, "even1": 5}
        for name, spent in hours.items():
            EffortWeek.objects.create(
                client=wide[name], person=wide[name].owner, week=dt.date(2024, 6, 3),
                hours=spent, rate=1,
            )  # fmt: skip
        for number, state in enumerate(["kept"] * 4 + ["broken"]):
            Promise.objects.create(
                client=wide["big"], owner=ann, what=f"{number}", due=dt.date(2024, 5, 31),
                first_due=dt.date(2024, 5, 31), state=state, settled_on=dt.date(2024, 5, 30),
                evidence="seen",
            )  # fmt: skip
        for month in (3, 4):
            PlannedSale.objects.create(
                client=wide["big"], month=dt.date(2024, month, 1), amount=1000,
                known_from=moment(dt.date(2024, 1, 1)),
            )  # fmt: skip
        for day in (4, 5):
            make_interaction(wide["big"], dt.date(2024, 6, day), kind="call")
    answer, rows = answer_to("effort", manager)
    # Four promises kept in a week of which nobody said anything: 6 hours by rule, on top of the 10
    # said for big.  Two talks in the week that was said count no more.  Profit an hour: big 100,
    # even 32 each, steady 24, bad −12; of 2280 in 56 hours.
    by = {each["hours"]: each["profit"] for each in answer.series}
    total = 1600 + 160 * 2 + 480 - 120
    assert by[0.2] == pytest.approx(100 * 0.2 * 56 / total)
    assert by[0.3] == pytest.approx((1600 + 32 * (0.3 * 56 - 16)) / total)
    assert "11 % of them by the rules" in answer.chart.note.replace("\u202f", " ")
    assert [row.name for row in rows][:2] == ["Bad", "Steady"]
    answer, rows = answer_to("kams", administrator)
    lines = {each["name"]: each for each in answer.series}
    assert (lines["Ann"]["clients"], lines["Bob"]["clients"]) == (7, 4)
    assert (lines["Ann"]["hours"], lines["Bob"]["hours"]) == (26, 30)
    assert (lines["Ann"]["promises_kept"], lines["Ann"]["promises_ended"]) == (4, 5)
    assert lines["Ann"]["key_clients"] == 2
    # Of the year's complete months, January to June, big bought in two: 2000 planned and sold.
    assert (lines["Ann"]["plan"], lines["Ann"]["fact"]) == (2000, 2000)
    # Ann: big 1600, once 200, five times 160; a year before 1280, 400 and the same.
    assert (lines["Ann"]["profit"], lines["Ann"]["opening"]) == pytest.approx((2600, 2480))
    assert {row.name for row in rows} == {"Ann", "Bob"}
    assert rows[0].values[3] == 0.8
    answer, _rows = answer_to("kams", bob)
    assert [each["name"] for each in answer.series] == ["Bob"], "a KAM sees the own work alone"


def test_openings_by_hand(ranked, wide, manager):
    with acting_system("test"):
        pans = ProductFamily.objects.create(name="Pans")
        room = {"family": pans.pk, "buyers": 6, "peers": 20, "low": 100, "high": 300}
        for name, own in (("big", 0), ("steady", 0), ("bad", 5)):
            Potential.objects.create(
                client=wide[name], as_of=DAY, middle=200, reasons=[room | {"own": own}]
            )
        for state, steps in (
            ("noted", []), ("won", ["confirmed", "offered", "won"]), ("lost", ["confirmed", "lost"]),
        ):  # fmt: skip
            need = Need.objects.create(
                client=wide["big"], what=state, state=state, since=DAY, low=10, high=30,
                reason="so", created_at=moment(dt.date(2024, 5, 1)),
            )  # fmt: skip
            before = "noted"
            for after in steps:
                NeedStep.objects.create(need=need, before=before, after=after, reason="so")
                before = after
        initiative = Initiative.objects.create(name="Beta", goal="try")
        for name, state in (("big", "took_part"), ("steady", "declined"), ("bad", "invited")):
            Invitation.objects.create(
                initiative=initiative, client=wide[name], state=state, words="no",
                invited_on=dt.date(2024, 4, 1), expected=50,
                answered_on=None if state == "invited" else dt.date(2024, 4, 2),
            )  # fmt: skip
    answer, rows = answer_to("gaps", manager)
    assert answer.series == [{"family": "Pans", "clients": 2, "room": 400}]
    assert {row.name for row in rows} == {"Big", "Steady"}
    assert answer_to("gaps", wide["bob"])[0].series[0]["clients"] == 1
    answer, rows = answer_to("needs", manager)
    assert [each["count"] for each in answer.series] == [3, 2, 1, 1]
    assert [each["amount"] for each in answer.series] == [60, 40, 20, 20]
    assert len(rows) == 3
    assert answer_to("needs", wide["bob"])[0].chart.missing
    answer, rows = answer_to("invitations", manager)
    assert [each["count"] for each in answer.series] == [3, 1, 1, 1], "the last one declined"
    assert len(rows) == 3


def test_every_question_counts_ones_own_clients_only(client, ranked, wide):
    stranger = make_client("Stranger", owner=make_user("kam"), region="Perm")
    for back in (1, 4, 7, 10, 13, 16, 19, 22):
        sell(stranger, back, 90_000, 10)
    client.force_login(wide["bob"])
    pages = [client.get(reverse(f"portfolio_{board}")).content.decode() for board in BOARDS]
    for question in QUESTIONS:
        page = client.get(reverse("portfolio_question", args=[question]))
        data = client.get(reverse("api:portfolio-question", args=[question])).json()
        assert data["key"] == question
        pages += [page.content.decode(), str(data)]
    for text in pages:
        assert "Stranger" not in text
        assert "Perm" not in text
        assert ">Big" not in text
    assert client.get(reverse("portfolio_question", args=["nothing"])).status_code == 404
    assert client.get(reverse("api:portfolio-question", args=["nothing"])).status_code == 404


def test_with_too_little_every_question_says_what_is_missing(client, manager, db):
    client.force_login(manager)
    for board, questions in BOARDS.items():
        text = client.get(reverse(f"portfolio_{board}")).content.decode()
        assert text.count("portfolio-missing") == len(questions)
        part = client.get(reverse(f"portfolio_{board}"), headers=PART).content.decode()
        assert "<html" not in part
    for question in QUESTIONS:
        assert client.get(reverse("api:portfolio-question", args=[question])).json()["missing"]


def test_queries_do_not_grow(client, manager, ranked, wide, monkeypatch):
    client.force_login(manager)
    addresses = [reverse(f"portfolio_{board}") for board in BOARDS]
    addresses += [reverse("portfolio_question", args=[question]) for question in QUESTIONS]
    copies = []
    raw = copy.raw_cursor
    monkeypatch.setattr(copy, "raw_cursor", lambda cursor: copies.append(1) or raw(cursor))

    def counts():
        """With COPY statements, which Django does not count."""
        found = {}
        for address in addresses:
            copies.clear()
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address, {"as_of": DAY}).status_code == 200
            asked = [q["sql"] for q in queries.captured_queries if "SAVEPOINT" not in q["sql"]]
            found[address] = len(asked) + len(copies)
        return found

    client.get(addresses[0])  # what is kept between requests is kept now
    before = counts()
    for number in range(60):
        buyer = make_client(f"More {number}", segment=f"S{number}", region=f"R{number}")
        make_document(buyer, "2024-05-05", 10 + number, cost=1)
        make_document(buyer, "2023-05-05", 90 - number, cost=1)
    after = counts()
    # A page that was empty may ask more once it has rows: what counts is that it stays flat.
    assert {a: n for a, n in after.items() if n > before[a] + 3} == {}
    assert max(after.values()) <= 15, after
