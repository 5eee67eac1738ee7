"""A small company whose portfolio can be checked with a calculator."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import Team
from kam.lib.periods import add_months
from kam.lib.scoping import acting_as
from reports.dashboards.portfolio import Asked, Portfolio, portfolio
from reports.datasets import Filters
from scoring.models import Matrix, RankingRun
from scoring.selectors.matrices import main_run
from tests.factories import make_client, make_document, make_user
from tests.scoring.conftest import put_to_use, rank_now

DAY = dt.date(2024, 6, 30)


def day(months_ago: int) -> dt.date:
    """The fifteenth, so many months before June 2024."""
    return add_months(dt.date(2024, 6, 15), -months_ago)


def sell(client, months_ago: int, net, cost=None) -> None:
    make_document(client, day(months_ago), net, cost=cost)


@pytest.fixture
def company(db) -> dict:
    """Revenue of the 12 months to 30 June 2024, and of the 12 before; cost is 60 %.

    big: 4 × 1,000 in every quarter, before 4 × 800 (selected);  steady: 4 × 300, before the same;
    once: 500 once, before 4 × 250;  new: 3 × 100;  lost: before 4 × 200;  bad: 4 × 50, costs 80.
    """
    north, south = Team.objects.create(name="North"), Team.objects.create(name="South")
    ann = make_user("kam", name="Ann", team=north, language="en")
    bob = make_user("kam", name="Bob", team=south, language="en")
    people = {"ann": ann, "bob": bob}
    owners = {"big": ann, "steady": bob, "once": ann, "new": bob, "lost": bob, "bad": bob}
    clients = {
        name: make_client(
            name.title(), owner=owner, team=owner.team, segment="Shops" if owner is ann else "Inns"
        )
        for name, owner in owners.items()
    }
    for quarter in (1, 4, 7, 10):
        sell(clients["big"], quarter, 1000, 600)
        sell(clients["big"], quarter + 12, 800, 480)
        sell(clients["steady"], quarter, 300, 180)
        sell(clients["steady"], quarter + 12, 300, 180)
        sell(clients["once"], quarter + 12, 250, 150)
        sell(clients["lost"], quarter + 12, 200, 120)
        sell(clients["bad"], quarter, 50, 80)
    sell(clients["once"], 2, 500, 300)
    for month in (1, 2, 3):
        sell(clients["new"], month, 100, 60)
    # A first purchase at the edge of the window: the year before is a whole one.
    sell(clients["steady"], 23, Decimal("0.50"), Decimal("0.30"))
    return {**people, **clients}


@pytest.fixture
def ranked(company) -> RankingRun:
    """The two clients with most revenue are selected: big and steady."""
    matrix = Matrix.objects.get(is_main=True)
    put_to_use(matrix, {"profit": 50, "average_invoice": 50}, selection_value=2)
    return rank_now(matrix, DAY)


def figures_of(person, as_of=DAY, months=12, **filters) -> Portfolio:
    with acting_as(person):
        asked = Asked(as_of, months, Filters(**{k: str(v) for k, v in filters.items()}))
        found = portfolio(asked, main_run())
        _ = found.names, found.moved  # read while somebody is asking
    return found
