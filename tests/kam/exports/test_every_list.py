"""Every page with a table of rows can be taken as a file, or says here why not; and no file holds
what its person may not see."""

import html
import re

import pytest
import time_machine
from django.http import Http404

from kam.exports.registry import lists
from kam.lib.navigation import may
from kam.lib.scoping import acting_as
from tests.access import world as worlds
from tests.access.routes import all_routes, policy_allows
from tests.access.test_walk import NOW, ask, browser_of

pytestmark = pytest.mark.django_db

# What stands in the address of a page, and comes beside what it was asked for.
ASKED = {"portfolio_rows": "chart=pareto", "portfolio_questions": "question=departure"}
# Pages with a table that is no list of rows to be taken away.
NO_EXPORT = {
    "agreement_create": "a form",
    "agreement_edit": "a form",
    "agreement_renewal": "a form",
    "backtest_detail": "one report; its charts give their numbers",
    "backtest_charts": "charts, which give their numbers",
    "health_page": "how it stands at this moment; programs read it over REST",
    "person_invitation_list": "who waits for an answer; the list of people has who came",
    "own_sessions": "one's own sessions of eight hours",
    "handover_pack": "a sheet to print; its rows stand in lists that can be taken",
    "home_clients": "part of a page; the list of clients holds them",
    "client_history": "what one card said before; programs read it over REST",
    "contact_history": "what one card said before, which goes with the person",
    "goal_history": "what one goal said before",
    "plan_history": "what one plan said before",
    "promise_history": "what one promise said before",
    "person_history": "what one account said before; programs read it over REST",
    "matrix_history": "what one matrix said before; programs read it over REST",
    "criterion_history": "what one criterion said before; programs read it over REST",
    "client_rating_history": "opinions on one client; programs read them over REST",
    "client_detail": "one client; its parts have pages with exports of their own",
    "client_growth": "one client; its charts give their numbers",
    "client_growth_criteria": "one client; the ranking holds ratings for all",
    "client_months": "a chart, which gives its numbers",
    "client_score": "one client's points explained; the ranking holds them for all",
    "client_score_criterion": "one rating explained",
    "client_standing": "one client",
    "component_gallery": "samples of components",
    "confidence_charts": "charts, which give their numbers",
    "connection_detail": "one connection; what was loaded is in the list of imports",
    "contact_consents": "one person",
    "decision_detail": "its record is a file of its own, at once",
    "destruction_detail": "one act",
    "document_detail": "one document",
    "export_list": "the files themselves",
    "effort_rules": "a form",
    "first_hour": "steps that lead through the first hour",
    "goal_detail": "one goal with its check-ins",
    "home": "today; each part leads to its list",
    "import_detail": "one report; refused rows are a file of their own",
    "import_file": "one file; refused rows are a file of their own",
    "import_undo": "what undoing would do",
    "matrix_detail": "one matrix; its versions are in the list of matrices",
    "matrix_draft": "a form",
    "matrix_paste": "a form",
    "matrix_rule": "a form",
    "matrix_weighing": "a form",
    "matrix_workbench": "a trial; what is ranked is in the ranking",
    "need_detail": "one need with its way",
    "onboarding_template_create": "a form",
    "onboarding_template_edit": "a form",
    "person_edit": "a form, with the keys of one person",
    "plan_detail": "one plan, which is printed",
    "plan_template_create": "a form",
    "plan_template_edit": "a form",
    "portfolio": "charts, each with the rows behind it",
    "portfolio_retention": "charts, each with the rows behind it",
    "portfolio_dependence": "charts, each with the rows behind it",
    "portfolio_work": "charts, each with the rows behind it",
    "portfolio_openings": "charts, each with the rows behind it",
    "programme": "one verdict; its charts give their numbers",
    "process_create": "a form",
    "process_edit": "a form",
    "process_template_create": "a form",
    "process_template_edit": "a form",
    "profile": "a form, with one's own keys",
    "report_detail": "one report, which is a file of its own",
    "business_review_create": "a form",
    "business_review_detail": "one review, which is a file of its own",
    "business_review_list": "the reviews themselves, each a file of its own",
    "client_reviews": "the reviews themselves, each a file of its own",
    "report_built": "the reports themselves, each a list of its own",
    "report_built_edit": "a form",
    "report_list": "the reports themselves, each a file of its own",
    "offer_detail": "one offer; all of a client go out together",
    "backup_list": "attempts at backups, told over REST",
    "problem_detail": "one problem with its steps",
    "signal_detail": "one signal",
    "client_health": "one client explained part by part; the list of clients holds the numbers",
    "promise_detail": "one promise with its history",
    "ranking_comparison": "two clients side by side",
    "benefit_detail": "one benefit",
    "survey_invitation": "one person asked",
    "webhook_delivery": "one message to another system",
    "webhook_detail": "a log of messages, which goes after a month; programs read it over REST",
    "webhook_list": "settings: a few addresses of other systems",
}


@pytest.fixture
def world():
    with time_machine.travel(NOW, tick=False):
        yield worlds.build()


def pages(world, role="administrator"):
    """Pages that this role may read, with the answer for its own rows."""
    browser = browser_of(role, world)
    for route in all_routes():
        if route.is_api or route.policy.public or not policy_allows(route, role, "GET"):
            continue
        relation = "own" if route.model is not None else "none"
        response, body = ask(browser, "GET", route.url(world, relation), route)
        if response.status_code == 200 and "text/html" in response.get("Content-Type", ""):
            yield route.name, body.decode()


def test_every_page_with_a_table_has_an_export_or_a_reason(world):
    exported = {each.route for each in lists().values()}
    tables, offered = set(), set()
    for name, text in pages(world):
        if re.search(r'<table class="table', text):
            tables.add(name)
        if "data-export=" in text:
            offered.add(name)
    assert len(tables) > 20
    assert " ".join(tables - exported - set(NO_EXPORT)) == "", "pages without an export or a reason"
    assert sorted(exported & set(NO_EXPORT)) == []
    # Lists that are empty in this world offer nothing to take.
    assert " ".join(tables & exported - offered) == "", "pages without the button"


def test_reasons_are_of_pages_that_are_there():
    assert sorted(set(NO_EXPORT) - {route.name for route in all_routes()}) == []


def subject_of(name: str, world, relation: str):
    """The id of what a list belongs to: the client, or a row that is everybody's."""
    routes = {route.name: route for route in all_routes()}
    model = routes[lists()[name].route].model
    return None if model is None else world.rows[model._meta.label][relation].pk


@pytest.mark.parametrize("name", sorted(lists()))
@pytest.mark.parametrize("language", ("ru", "en"))
def test_every_list_is_written_in_both_formats(name, language, world, take):
    administrator = world.people["administrator"]
    of = subject_of(name, world, "own")
    query = ASKED.get(name, "")
    for format in lists()[name].formats:
        if format == "zip":
            continue
        found = take(administrator, name, query, of, format, language)
        assert found.error == "", name
        assert found.row.size > 0
        assert found.row.language == language
        assert all(len(row) == len(found.head) for row in found.rows)
        assert len(found.rows) == (found.row.rows if format == "csv" else 0)


# Whose page heads its rows with something else than the file does.
HEADED_OTHERWISE = {
    "destructions": "a number of one digit",
    "imports": "no head of a row",
    "events": "no head of a row",
}


def test_the_rows_of_a_page_are_in_its_file(world, take):
    """Every head of a row in a table of a page stands in a row of one of the files of that page."""
    administrator = world.people["administrator"]
    by_route: dict[str, list[str]] = {}
    for name, found in lists().items():
        if name not in HEADED_OTHERWISE and found.build is not None:
            by_route.setdefault(found.route, []).append(name)
    compared, missing = 0, []
    for route, text in pages(world):
        if route not in by_route:
            continue
        rows = []
        for name in by_route[route]:
            query = ASKED.get(name, "")
            of = subject_of(name, world, "own")
            rows += take(administrator, name, query, of).rows
        cells = {cell for row in rows for cell in row if len(cell) > 2}
        text = re.sub(r"<tfoot.*?</tfoot>", "", text, flags=re.DOTALL)
        tables = re.findall(
            r'<table class="table(?! abc-grid| summary).*?</table>', text, re.DOTALL
        )
        for head in re.findall(r'<th scope="row".*?</th>', " ".join(tables), re.DOTALL):
            said = html.unescape(re.sub(r"<small.*?</small>|<[^>]+>", " ", head)).strip()
            if re.match(r"\d+ [A-Z][a-z]{2} \d{4}", said):
                continue  # a day in words; files have it as a date
            if not any(cell in said for cell in cells):
                missing.append(f"{route}: {said}")
            compared += 1
    assert "; ".join(missing) == ""
    assert compared > 20


@pytest.mark.parametrize("role", ("kam", "colleague"))
@pytest.mark.parametrize("name", sorted(lists()))
def test_no_file_sings_of_foreign_clients(role, name, world, take):
    person = world.people[role]
    query = ASKED.get(name, "")
    for relation in ("own", "team", "foreign"):
        of = subject_of(name, world, relation)
        if not may(person, lists()[name].route):
            with pytest.raises(Http404):
                take(person, name, query, of)
            continue
        found = take(person, name, query, of)
        assert worlds.CANARY not in found.content.decode("utf-8-sig"), f"{name} ({relation})"
        assert worlds.CANARY not in found.error


def test_foreign_documents_are_refused_when_the_job_runs(world, take):
    foreign = world.clients["foreign"].pk
    found = take(world.people["kam"], "documents", of=foreign)
    assert found.row.state == "failed"
    assert not found.row.file
    with acting_as(world.people["manager"]):
        assert take(world.people["manager"], "documents", of=foreign).rows
