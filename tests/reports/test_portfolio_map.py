"""The map, its axes, ABC/XYZ and the list of potential clients, as pages and over REST."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Standing
from kam.lib.periods import today
from kam.lib.scoping import acting_as, acting_system
from reports.dashboards.portfolio_map import portfolio_map
from reports.datasets import Filters
from scoring.library import ensure_library, prospects_matrix
from scoring.models import Criterion, Matrix, MatrixVersion, RankingRow
from scoring.services.ranking import run_ranking
from scoring.services.ratings import rate
from tests.factories import make_client, make_document, make_user
from tests.scoring.conftest import DAY, matrix, put_to_use, rank_now  # noqa: F401

pytestmark = pytest.mark.django_db
NOBODY = Filters()


def rated(client, value, rater, key="values"):
    with acting_as(rater):
        rate(client, Criterion.objects.get(key=key), value, rater=rater, reason="for the test")


def recent_buyers(count, **fields):
    """Clients that bought two years ago and last month, the first one the most."""
    buyers = []
    for number in range(count):
        buyer = make_client(f"Buyer {number + 1:03}", **fields)
        for days in (700, 30):
            day = today() - dt.timedelta(days=days)
            net = 1000 * (count - number)
            make_document(buyer, day, net, cost=net / 2)
        buyers.append(buyer)
    return buyers


@pytest.fixture
def ranked(matrix):  # noqa: F811
    """Three buyers on two axes: profit is about them, values about us."""
    put_to_use(matrix, {"profit": 50, "values": 50}, min_coverage=0.3, selection_value=2)
    boss = make_user("administrator")
    kam = make_user("kam")
    buyers = recent_buyers(3, owner=kam)
    return matrix, buyers, boss, kam


def test_points_are_the_runs_ratings_and_revenue(ranked):
    the_matrix, buyers, boss, _kam = ranked
    rated(buyers[0], 9, boss)
    rated(buyers[1], 2, boss)
    run = rank_now(the_matrix, today())
    with acting_as(boss):
        found = portfolio_map(run, NOBODY)
        row = RankingRow.objects.get(run_id=run.pk, client_id=buyers[0].pk)
    by_name = {point.client.pk: point for point in found.points}
    assert set(by_name) == {buyers[0].pk, buyers[1].pk}
    assert found.unplaced == 1  # nobody has rated the third one's values
    first = by_name[buyers[0].pk]
    assert (first.strength, first.attractiveness) == (9, row.r1 / 100)
    assert by_name[buyers[1].pk].quadrant in ("invest", "simple")
    assert first.before is None


def test_the_trail_leads_from_the_ranking_of_a_year_ago(ranked):
    the_matrix, buyers, boss, _kam = ranked
    rated(buyers[0], 9, boss)
    now = today()
    with acting_system("test"):
        version = the_matrix.versions.get(status=MatrixVersion.Status.ACTIVE)
        old = run_ranking(version, now - dt.timedelta(days=380))
    run = rank_now(the_matrix, now)
    with acting_as(boss):
        found = portfolio_map(run, NOBODY)
    assert found.earlier == old
    assert found.points[0].before is None  # the rating was not known then


def test_people_see_their_clients_and_keys_are_marked(ranked, client):
    the_matrix, buyers, boss, kam = ranked
    foreign = make_client("Somebody else", owner=make_user("kam"))
    make_document(foreign, today() - dt.timedelta(days=30), 9_000, cost=1_000)
    for each in (*buyers, foreign):
        rated(each, 8, boss)
    run = rank_now(the_matrix, today())
    with acting_system("test"):
        Standing.objects.create(client=buyers[0], value="trial", taken_over=True, since=DAY)
    with acting_as(kam):
        assert {p.client.pk for p in portfolio_map(run, NOBODY).points} == {b.pk for b in buyers}
    client.force_login(kam)
    page = client.get(reverse("matrix_map", args=[the_matrix.pk])).content.decode()
    assert "Somebody else" not in page
    assert "Buyer 001" in page


def test_axes_change_no_ranking(ranked, client):
    the_matrix, buyers, boss, _kam = ranked
    rated(buyers[0], 9, boss)
    run = rank_now(the_matrix, today())
    client.force_login(boss)
    answer = client.post(reverse("matrix_axes", args=[the_matrix.pk]), {"axis-values": ""})
    assert answer.status_code == 302
    assert Criterion.objects.get(key="values").axis == ""
    page = client.get(reverse("matrix_map", args=[the_matrix.pk])).content.decode()
    assert "<dl" not in page.split('id="map"')[1].split("</div>")[0]
    run.refresh_from_db()
    ensure_library()  # an upgrade leaves the choice alone
    assert Criterion.objects.get(key="values").axis == ""


def test_abc_xyz_page_and_rest_agree(ranked, client):
    _matrix, buyers, boss, _kam = ranked
    client.force_login(boss)
    page = client.get(reverse("portfolio_abc_xyz"), {})
    assert page.status_code == 200
    data = client.get(reverse("api:portfolio-abc-xyz"), {}).json()
    assert sum(cell["clients"] for cell in data["grid"]) == 3
    assert {row["field"][0] for row in data["clients"]} <= {"A", "B", "C"}
    assert data["clients"][0]["client"] == buyers[0].pk
    for cell in ("AX", "AZ", "C", "nonsense"):
        assert client.get(reverse("portfolio_abc_xyz"), {"cell": cell}).status_code == 200


def test_prospects_have_a_list_of_their_own(ranked, client):
    the_matrix, buyers, boss, _kam = ranked
    with acting_system("test"):
        type(buyers[0]).objects.filter(pk__in=[b.pk for b in buyers]).update(lifecycle="active")
    first, second = make_client("Hopeful"), make_client("Doubtful")
    make_client("Gone", lifecycle="lost")
    client.force_login(boss)
    assert client.get(reverse("prospect_list")).status_code == 200
    assert client.post(reverse("prospect_list")).status_code == 302
    prospects = Matrix.objects.get(population="prospects")
    assert prospects_matrix().pk == prospects.pk
    for each, value in ((first, 9), (second, 3)):
        for key in ("potential", "product_fit", "values"):
            rated(each, value, boss, key)
    run = rank_now(prospects, today())
    assert run.clients == 2  # nobody who has bought, nobody who is lost
    answer = client.get(reverse("prospect_list"))
    assert answer["Location"].endswith(f"?run={run.pk}")
    page = client.get(answer["Location"]).content.decode()
    assert page.index("Hopeful") < page.index("Doubtful")
    assert rank_now(the_matrix, today()).clients == 6


def test_pages_keep_to_their_budget(ranked, client, django_assert_max_num_queries):
    the_matrix, buyers, boss, _kam = ranked
    for each in buyers:
        rated(each, 8, boss)
    rank_now(the_matrix, today())
    client.force_login(boss)
    for url in (reverse("matrix_map", args=[the_matrix.pk]), reverse("portfolio_abc_xyz")):
        client.get(url)
        with django_assert_max_num_queries(15):
            assert client.get(url).status_code == 200
