"""The portfolio's pages and endpoints: what each shows, to whom, in both languages."""

import csv
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kam.audit.models import Event
from reports.dashboards.portfolio_charts import CHARTS
from tests.factories import make_client, make_document, make_user

from .conftest import DAY

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}


@pytest.fixture
def manager(client):
    person = make_user("manager", language="en")
    client.force_login(person)
    return person


def test_the_page_says_its_answers(client, manager, ranked):
    text = client.get(reverse("portfolio")).content.decode()
    assert "2 selected clients bring 106.1" in text
    assert "2 clients bring 80" in text
    assert "Big rose most" in text
    assert "Lost fell most" in text
    assert "Big brings 65" in text, "a dependence is told"
    assert "key client" not in text.lower()
    assert text.count("data-chart=") == len(CHARTS)


def test_the_page_in_russian(client, ranked):
    client.force_login(make_user("manager", language="ru"))
    text = client.get(reverse("portfolio")).content.decode()
    assert "2 отобранных клиента приносят 106,1" in text
    assert "Самый большой рост: Big" in text
    for word in ("selected", "clients", "revenue", "ключев"):
        assert word not in visible(text).lower(), word


def visible(text: str) -> str:
    """Texts of the charts and the page's headings: no attributes, names of files or people."""
    import re

    body = text[text.index("<main") : text.index("</main")]
    body = re.sub(r"<script.*?</script>", "", body, flags=re.S)
    return re.sub(r"<[^>]+>", " ", body)


def test_figures_are_json_without_colours_of_their_own(client, manager, ranked):
    import re

    text = client.get(reverse("portfolio")).content.decode()
    found = re.findall(r'<script type="application/json">(.*?)</script>', text, re.S)
    assert len(found) == len(CHARTS)
    for script in found:
        figure = json.loads(script)
        assert figure["data"]
        assert "title" not in figure["layout"]
        assert "#" not in re.sub(r"&#\d+;", "", script), "colours follow the theme"


def test_a_part_for_filters_and_the_same_answer(client, manager, ranked):
    whole = client.get(reverse("portfolio"), {"months": 3}).content.decode()
    part = client.get(reverse("portfolio"), {"months": 3}, headers=PART).content.decode()
    assert "<html" not in part
    assert part.strip() in whole


@pytest.mark.parametrize("query", [
    {"as_of": "x"}, {"as_of": "0001-01-01"}, {"as_of": "9999-12-31"}, {"months": "-1"},
    {"team": "x"}, {"owner": "%"}, {"segment": "'"}, {"as_of": "1990-01-01"},
])  # fmt: skip
def test_nonsense_in_the_address_is_left_out(client, manager, ranked, query):
    assert client.get(reverse("portfolio"), query).status_code == 200
    assert client.get(reverse("portfolio_rows", args=["pareto"]), query).status_code == 200
    told = client.get(reverse("api:portfolio"), query)  # programs are told what cannot be
    refused = query in ({"as_of": "x"}, {"months": "-1"})
    assert told.status_code == (400 if refused else 200)


def test_filters_follow_from_page_to_page_until_they_are_taken_off(client, manager, ranked):
    page, next_page = reverse("portfolio"), reverse("portfolio_retention")
    assert client.get(next_page).status_code == 200, "nothing was chosen yet"
    client.get(page, {"segment": "B2B", "months": "6", "region": "", "as_of": DAY}, headers=PART)
    followed = client.get(next_page)
    assert followed.status_code == 302
    assert followed["Location"] == f"{next_page}?segment=B2B&months=6", "the date stays behind"
    assert "?segment=&amp;" in client.get(followed["Location"]).content.decode()
    assert client.get(f"{page}?as_of={DAY}").status_code == 200, "an address is taken at its word"
    client.get(page, {"segment": "", "months": "12"})
    assert client.get(next_page).status_code == 200


def test_empty_company_has_a_page_that_teaches(client, manager):
    text = client.get(reverse("portfolio")).content.decode()
    assert "No purchases to show" in text
    assert "data-chart=" not in text


def test_a_colleague_may_not_look(client, ranked):
    client.force_login(make_user("colleague", language="en"))
    for name, arguments in (("portfolio", []), ("portfolio_rows", ["pareto"])):
        assert client.get(reverse(name, args=arguments)).status_code == 403


def test_a_kam_sees_no_foreign_name_or_sum(client, company, ranked):
    client.force_login(company["ann"])
    pages = [client.get(reverse("portfolio")).content.decode()]
    pages += [client.get(reverse("portfolio_rows", args=[c])).content.decode() for c in CHARTS]
    for page in pages:
        for name in ("Steady", "New<", "Lost", "Bad", "Inns", "Bob"):
            assert name not in page
    data = client.get(reverse("api:portfolio")).json()
    assert data["revenue"]["now"] == 4500
    assert {mover["name"] for mover in data["movers"]} == {"Big", "Once"}


def test_rows_page_by_page(client, manager):
    for number in range(60):
        make_document(make_client(f"Buyer {number:02}"), DAY, 1000 - number)
    address = reverse("portfolio_rows", args=["concentration"]) + f"?as_of={DAY}"
    first, second = (client.get(f"{address}&page={page}").content.decode() for page in (1, 2))
    assert "Buyer 49" in first
    assert "Buyer 50" not in first
    assert "Buyer 50" in second
    assert "Buyer 49" not in second
    assert client.get(reverse("portfolio_rows", args=["nothing"])).status_code == 404


@pytest.mark.parametrize(
    "language, delimiter, amount", [("en", ",", "1600.00"), ("ru", ";", "1600,00")]
)
def test_csv_opens_in_a_spreadsheet_of_the_language(
    client, ranked, company, language, delimiter, amount
):
    company["big"].name = '=HYPERLINK("x")'
    type(company["big"]).unscoped.filter(pk=company["big"].pk).update(name='=HYPERLINK("x")')
    client.force_login(make_user("manager", language=language))
    response = client.get(reverse("portfolio_rows", args=["pareto"]), {"file": "csv"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
    assert len(rows) == 5
    assert rows[0]["client"] == '\'=HYPERLINK("x")', "never a formula"
    assert rows[0]["profit"] == amount
    assert Event.unscoped.filter(action="portfolio.exported").count() == 1


def test_the_endpoint_has_the_numbers_of_the_page(client, manager, ranked):
    data = client.get(reverse("api:portfolio")).json()
    assert data["as_of"] == data["ranking_as_of"] == "2024-06-30"
    assert data["revenue"] == {"now": 6200.0, "before": 6200.5}
    assert data["clients_for_80_percent"]["now"] == 2
    assert len(data["selected_share_by_month"]) == 13
    assert len(data["revenue_by_month"]) == 12
    assert {part["part"]: part["clients"] for part in data["change_of_revenue"]} == {
        "new": 2, "expanded": 1, "level": 0, "shrunk": 2, "lost": 1,
    }  # fmt: skip
    rows = client.get(reverse("api:portfolio-rows", args=["pareto"])).json()
    assert (rows["count"], rows["rows"][0]["profit"]) == (5, 1600)


def test_months_of_a_client_as_slot_page_and_endpoint(client, company, ranked):
    client.force_login(company["ann"])
    address = reverse("client_months", args=[company["big"].pk])
    part = client.get(address, headers=PART).content.decode()
    assert "<html" not in part
    assert "25.0" in part
    assert 'data-chart="months"' in part
    assert part.strip() in client.get(address).content.decode()
    data = client.get(reverse("api:client-months", args=[company["big"].pk])).json()
    assert sum(float(month["revenue"]) for month in data["months"][12:]) == 4000
    for name in ("client_months", "api:client-months"):
        assert client.get(reverse(name, args=[company["steady"].pk])).status_code == 404


def test_queries_do_not_grow(client, manager, ranked):
    def count(address):
        client.get(address)  # what is kept between requests is kept now
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return sum("SAVEPOINT" not in query["sql"] for query in queries.captured_queries)

    addresses = [reverse("portfolio")]
    addresses += [reverse("portfolio_rows", args=[chart]) for chart in CHARTS]
    addresses += [reverse("api:portfolio")]
    before = [count(address) for address in addresses]
    for number in range(70):
        buyer = make_client(f"More {number}", segment=f"S{number}")
        make_document(buyer, "2024-05-05", 10 + number, cost=1)
        make_document(buyer, "2023-05-05", 90 - number, cost=1)
    assert [count(address) for address in addresses] == before
    # Three more are COPY statements, which Django does not count.
    assert max(before) + 3 <= 15
