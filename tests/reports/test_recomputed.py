"""Every figure of every report is told again by the API at the date of the report, also when the
world has moved on: a ranking was published, a promise kept, a document corrected, a client become key."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from accounts.models import Document, HealthWeek, Potential, Promise, PromiseMove, Standing
from kam.lib.scoping import acting_as, acting_system
from reports.dashboards import programme as page
from reports.figures import programme_effect as effects
from reports.figures.built_choices import Definition
from reports.figures.calendar import Period
from reports.models import BuiltReport
from reports.models.periodic import Kind
from reports.services import business_reviews, making
from scoring.models import Matrix
from tests.factories import change_document, make_document, make_user
from tests.scoring.conftest import rank_now

from .conftest import DAY, sell

pytestmark = pytest.mark.django_db
JUNE = Period(dt.date(2024, 6, 1), DAY)
QUARTER = Period(dt.date(2024, 4, 1), DAY)
THEN = dt.datetime(2024, 6, 20, 9, tzinfo=dt.UTC)


def value_at(answer, path: str):
    for part in path.split("."):
        answer = answer[int(part) if isinstance(answer, list) else part]
    return answer


def told_again(client, person, content) -> int:
    """Asks for every figure; how many were told and not empty."""
    client.force_login(person)
    seen, answers = 0, {}
    for each in content["figures"]:
        assert each["source"].startswith("/api/v1/"), (content["title"], each["key"])
        if each["source"] not in answers:
            answer = client.get(each["source"])
            assert answer.status_code == 200, (each["source"], answer.content)
            answers[each["source"]] = answer.json()
        again = value_at(answers[each["source"]], each["path"])
        again = again if again is None else float(again)
        expected = None if each["value"] is None else pytest.approx(each["value"])
        assert again == expected, (content["title"], each["key"])
        seen += each["value"] is not None
    return seen


@pytest.fixture
def told(ranked, company, monkeypatch):
    """A world with something of everything that a figure counts, and whoever reads of it."""
    ann, big = company["ann"], company["big"]
    lead = make_user("manager", name="Lead", team=ann.team, language="en")
    admin = make_user("administrator", name="Root", language="en")
    with acting_system("test"):
        for name, value in (("big", "watch"), ("steady", "watch")):
            Standing.objects.create(
                client=company[name], value=value, since=dt.date(2023, 1, 1), known_from=THEN
            )
        for what, state, settled in (
            ("kept", "kept", "2024-06-10"), ("late", "late", "2024-06-30"),
            ("theirs", "kept", "2024-05-10"), ("open", "open", None), ("moved", "open", None),
        ):  # fmt: skip
            Promise.objects.create(
                client=big, what=what, owner=ann, state=state, evidence=(settled and "seen") or "",
                side="theirs" if what == "theirs" else "ours", first_due=dt.date(2024, 6, 15),
                due=dt.date(2024, 6, 15), settled_on=settled and dt.date.fromisoformat(settled),
            )  # fmt: skip
        Document.objects.create(
            client=big, type="order", number="O", year=2024, currency="RUB", net=1, gross=1,
            date=dt.date(2024, 5, 1), promised=dt.date(2024, 5, 9), shipped=dt.date(2024, 5, 8),
            known_from=THEN,
        )  # fmt: skip
        owed = make_document(big, "2024-06-02", 90, cost=10)
        Document.objects.filter(pk=owed.pk).update(due=dt.date(2024, 6, 20), gross=Decimal(108))
        HealthWeek.objects.create(client=big, week=dt.date(2024, 6, 24), score=70, coverage=90)
        Potential.objects.create(
            client=big, as_of=DAY, peers=8, low=100, middle=150, high=200, revenue=4000, reasons=[]
        )
    return {"lead": lead, "admin": admin, **company}


def world_moves_on(told) -> None:
    """What comes after the reports were made."""
    big, ann = told["big"], told["ann"]
    with acting_system("test"):
        sell(told["once"], -1, 90_000, 1)  # in July
        change_document(
            Document.objects.filter(client=big, type="invoice").order_by("-date").first(),
            dt.date(2024, 9, 1), net=Decimal(7777),
        )  # fmt: skip
        make_document(
            told["lost"],
            "2024-06-03",
            500,
            cost=1,
            known=dt.date(2024, 9, 1),
        )
        Promise.objects.filter(what="open").update(
            state="late", settled_on=dt.date(2024, 8, 1), evidence="at last"
        )
        moved = Promise.objects.get(what="moved")
        PromiseMove.objects.create(
            promise=moved, what="moved", due=moved.due, state="open", reason="x"
        )
        Promise.objects.filter(pk=moved.pk).update(due=dt.date(2024, 12, 1))
        HealthWeek.objects.create(client=big, week=dt.date(2024, 8, 5), score=20, coverage=90)
        Document.objects.filter(due__isnull=False).update(
            settled_on=dt.date(2024, 8, 8), paid=Decimal(108)
        )
        Standing.objects.filter(client=told["steady"]).update(until=dt.date(2024, 8, 1))
        Standing.objects.create(client=told["once"], value="watch", since=dt.date(2024, 8, 1))
    rank_now(Matrix.objects.get(is_main=True), dt.date(2024, 8, 31))
    assert ann is not None


def test_every_figure_of_every_report_is_told_again_after_the_world_has_moved_on(
    told, client, monkeypatch
):
    ann, lead, admin = told["ann"], told["lead"], told["admin"]
    found = effects.Effect(0.2, 0.1, 0.3, 900.0, 6)
    monkeypatch.setattr(
        page.figures, "judge", lambda *_given, **_more: effects.Verdict(effects.PAYS, found)
    )
    with time_machine.travel("2024-07-02T09:00:00Z", tick=False):
        with acting_as(lead):
            built = BuiltReport.objects.create(
                owner=lead, name="Mine", shared="nobody",
                definition=Definition(
                    ("revenue", "profit", "margin", "invoices"), "client", period="this_month",
                    key_only=True,
                ).told(),
            )  # fmt: skip
        given = {
            Kind.KAM: (ann, JUNE), Kind.TEAM: (lead, JUNE), Kind.COMPANY: (admin, JUNE),
            Kind.PROGRAMME: (admin, Period(dt.date(2024, 1, 1), DAY)), Kind.BUILT: (lead, JUNE),
            Kind.REVIEWS: (ann, QUARTER),
        }  # fmt: skip
        assert set(given) == set(Kind), "a new kind of report has to be told again here, too"
        made = [
            (person, making.make(
                person, kind, "month", period, built=built if kind == Kind.BUILT else None
            ).content)
            for kind, (person, period) in given.items()
        ]  # fmt: skip
        with acting_as(lead):
            editions = business_reviews.make(told["big"], QUARTER, lead, language="en")
        made += [(lead, each.content) for each in editions]
        counted = [told_again(client, person, content) for person, content in made]
    assert counted == [12, 12, 12, 7, 4, 0, 12, 7]
    with time_machine.travel("2024-09-02T09:00:00Z", tick=False):
        world_moves_on(told)
        with acting_as(lead):
            BuiltReport.objects.update(definition={"measures": ["talks"], "rows": "kam"})
        again = [told_again(client, person, content) for person, content in made]
        assert again == counted
        # And what is told now is another matter.
        now = client.get("/api/v1/portfolio/").json()
        assert now["selected_share"]["now"] != made[2][1]["figures"][3]["value"]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_days_of_no_figures_are_refused(told, client, day):
    client.force_login(told["admin"])
    big = told["big"].pk
    for address in (
        f"programme/?as_of={day}", f"portfolio/promises/?until={day}",
        f"clients/{big}/quarter/?ends={day}", f"clients/{big}/quarter/?edition=client&known={day}",
        f"built-figures/?as_of={day}", f"clients/{big}/quarter/?ends=2024-06-29",
    ):  # fmt: skip
        assert client.get(f"/api/v1/{address}").status_code == 400, address
