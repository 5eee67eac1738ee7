"""The programme of the invented company pays, and the page finds that out from the documents alone."""

import datetime as dt

import numpy as np
import pytest

from accounts.measures.monthly import by_month
from accounts.models import Client, Document, Standing
from accounts.services.demo import efforts
from accounts.services.demo.key_growth import MONTHS_TO_COME_ABOUT, more
from accounts.services.demo.load import load
from accounts.services.demo.shapes import Size
from accounts.services.demo.words import ru
from kam.lib.scoping import acting_system
from reports.dashboards import programme as page
from reports.figures import programme_effect as figures
from reports.figures.calendar import Period
from reports.services import making
from scoring.services import demo, demo_decisions
from tests.factories import make_user

from .test_recomputed import told_again

AS_OF = dt.date(2026, 3, 17)
USUAL = Size(clients=380, months=34, seed=7, as_of=AS_OF)  # as `manage.py demo_data` makes it


def documents() -> list[tuple]:
    return sorted(Document.objects.values_list("type", "year", "number", "version", "date"))


def test_the_demo_shows_what_its_programme_brought(db, monkeypatch, client):
    """Every figure is there, and the interval holds what was really won: the same months of the same
    clients with and without the growth.  Without it nothing is claimed.  The report on it is told
    again by REST, whoever becomes key or leaves the list later."""
    without = []

    def tell(*given):
        if given[3] and not without:
            without.extend(by_month(page.last_whole_month(AS_OF), page.MONTHS))
        numbers = documents()
        tell_anew(*given)
        assert documents() == numbers

    tell_anew = demo_decisions.tell_anew
    monkeypatch.setattr(demo_decisions, "tell_anew", tell)
    # Who has paid does not matter here.
    monkeypatch.setattr(demo, "allocate", lambda **_given: None)
    with acting_system("test"):
        loaded = load(ru.WORDS, USUAL)
        demo.judge_so_far(ru.WORDS, USUAL, loaded)
        keys = Standing.objects.filter(value__in=Standing.ON_LIST, until__isnull=True)
        clients = [row.client for row in keys.select_related("client").order_by("client")]
        efforts.fill(clients, "ru", AS_OF, loaded.people, USUAL.seed)
        told = page.programme(AS_OF)
        _months, ids, _revenue, profit = by_month(told.as_of, page.MONTHS)
        admin = make_user("administrator", language="en")
        report = making.make(admin, "programme", "year", Period(dt.date(2025, 3, 1), told.as_of))
        assert told_again(client, admin, report.content) == 8
        later = told.as_of + dt.timedelta(days=5)
        Standing.objects.filter(client=told.lines[0].client).update(until=later)
        never = Client.objects.exclude(standings__isnull=False).filter(group__isnull=True)
        for each in never[:40]:
            Standing.objects.create(client=each, value="watch", since=later)
        assert told_again(client, admin, report.content) == 8
        monkeypatch.setattr(page, "by_month", lambda *_given: without)
        nothing = page.programme(AS_OF)
    found, placebo = told.verdict.found, told.verdict.placebo
    assert told.verdict.word == figures.PAYS
    assert placebo.low <= 0 <= placebo.high
    assert found.clients >= 8
    compared = [line.client for line in told.lines]
    since = without[0].index(told.months[0])
    before = without[3][np.isin(without[1], compared), since:].sum()
    really = profit[np.isin(ids, compared), since:].sum() / before - 1
    assert really > 0.05
    assert found.low <= really <= found.high
    assert told.left > 0
    assert told.paid_back is not None
    assert len(page.programme_charts(told)) == 2
    assert nothing.verdict.word == figures.OPEN
    assert nothing.verdict.found.low <= 0 <= nothing.verdict.found.high


def test_key_clients_buy_more_from_their_first_month_on_each_in_its_own_way():
    size = Size(clients=10, months=12, seed=1, as_of=AS_OF)
    worth = more({3: 5, 4: 7, 12: 0}, 2, 4, size)  # places 2 to 5; 12 is in another block
    assert (worth[[0, 3]] == 1).all()
    assert (worth[1, :5] == 1).all()
    whole = 5 + MONTHS_TO_COME_ABOUT - 1
    assert (np.diff(worth[1, 4 : whole + 1]) > 0).all()
    assert worth[1, whole:] == pytest.approx(worth[1, whole])
    assert worth[1, -1] != worth[2, -1]
