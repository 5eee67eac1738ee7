"""A list becomes a file: as it stands on its page, with the rights of who asked, safely."""

import io
import zipfile

import pytest
import time_machine
from django.http import Http404
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import User
from kam.audit.models import DataAccess, Event
from kam.exports import services
from kam.exports.models import Export
from kam.exports.registry import Column, Sheet
from kam.exports.writing import TooLong, write
from kam.jobs.models import Job
from kam.lib.scoping import acting_as, acting_system
from scoring.models import Matrix
from tests.factories import make_client, make_contact, make_document, make_interaction, make_user
from tests.scoring.conftest import make_buyers, rank_now

from .conftest import finish

pytestmark = pytest.mark.django_db
NOW = "2026-03-20T12:00:00Z"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def administrator(client):
    person = make_user("administrator", language="en")
    client.force_login(person)
    return person


def test_a_filtered_list_is_asked_for_on_its_page_written_by_a_job_and_taken(client, administrator):
    for number in range(60):
        make_client(f"Client {number:02}", segment="Retail" if number < 55 else "Other", city="X")
    page = client.get(reverse("client_list"), {"segment": "Retail", "sort": "-name"})
    text = page.content.decode()
    assert 'data-export="clients"' in text
    assert 'name="query" value="segment=Retail&amp;sort=-name"' in text
    asked = {"list": "clients", "of": "", "format": "csv", "query": "segment=Retail&sort=-name"}
    answer = client.post(reverse("export_create"), asked, follow=True)
    row = Export.unscoped.get()
    assert answer.redirect_chain[-1][0] == reverse("export_detail", args=[row.pk])
    assert "is being written" in answer.content.decode()
    found = finish(row)
    names = found.column("Client")
    assert names == [f"Client {number:02}" for number in reversed(range(55))]
    shown = [line["client"].name for line in page.context["lines"]]
    assert names[: len(shown)] == shown
    page = client.get(reverse("export_detail", args=[row.pk])).content.decode()
    assert reverse("export_file", args=[row.pk]) in page
    taken = client.get(reverse("export_file", args=[row.pk]))
    assert b"".join(taken.streaming_content) == found.content
    assert "attachment" in taken["Content-Disposition"]
    assert "clients-2026-03-20.csv" in taken["Content-Disposition"]
    assert "clients" in client.get(reverse("export_list")).content.decode().lower()
    client.post(reverse("export_removal", args=[row.pk]))
    assert Export.unscoped.get().state == "removed"
    assert client.get(reverse("export_file", args=[row.pk])).status_code == 404


def test_the_figures_are_those_of_the_page(client, administrator, take):
    first, second = make_client("First"), make_client("Second")
    make_document(first, "2026-01-10", 1000, cost=400)
    make_document(first, "2025-01-10", 77)
    make_document(second, "2026-02-10", "20.50", cost=10, due="2026-03-01")
    rank_now(Matrix.objects.get(is_main=True))
    lines = client.get(reverse("client_list")).context["lines"]
    found = take(administrator, "clients")
    revenue = [float(each or 0) for each in found.column("Revenue, 12 months, ₽")]
    assert revenue == [float(line["sales"].revenue) for line in lines] == [1000, 20.5]
    assert found.column("Last purchase") == [line["sales"].last.isoformat() for line in lines]
    ranks = [line["client"].place.rank for line in lines]
    assert [int(each) if each else None for each in found.column("Place")] == ranks
    assert float(found.column("Overdue, ₽")[1]) == 20.5


def test_the_ranking_in_a_file_is_the_ranking_on_its_pages(client, administrator, take):
    make_buyers(90)
    rank_now(Matrix.objects.get(is_main=True))
    for query in ({}, {"sort": "-name"}, {"sort": "coverage"}, {"q": "client 1"}):
        found = take(administrator, "ranking", "&".join(f"{k}={v}" for k, v in query.items()))
        seen, after = [], ""
        while after is not None:
            page = client.get(reverse("ranking"), query | {"after": after}).context["slice"]
            seen += [(row.rank, row.client.name, row.score) for row in page.rows]
            after = page.after
        told = zip(
            map(int, found.column("Place")),
            found.column("Client"),
            map(float, found.column("Points")),
            strict=True,
        )
        assert [(rank, name, round(points, 4)) for rank, name, points in told] == [
            (rank, name, round(score, 4)) for rank, name, score in seen
        ]
        assert len(seen) > 40 or query.get("q")


def test_columns_that_a_person_hides_are_not_in_the_file(administrator, take):
    make_client("One", city="Tver", segment="Retail")
    whole = take(administrator, "clients")
    assert "City" in whole.head
    narrow = take(administrator, "clients", "hidden=city,segment")
    assert set(whole.head) - set(narrow.head) == {"City", "Segment"}
    assert narrow.column("Client") == ["One"]


def test_rights_are_those_of_the_moment_the_file_is_written(take):
    kam = make_user("kam")
    make_client("Mine", owner=kam)
    make_client("Theirs", owner=make_user("kam"))
    assert take(kam, "clients").column("Клиент" if kam.language == "ru" else "Client") == ["Mine"]
    with acting_as(kam):
        row = services.request(kam, "clients", "csv")
    User.objects.filter(pk=kam.pk).update(role="colleague")
    found = finish(row)
    assert found.row.state == "failed"
    assert found.content == b""
    with acting_as(kam):
        later = services.request(kam, "clients", "csv")
    User.objects.filter(pk=kam.pk).update(role="kam", is_active=False)
    assert finish(later).row.state == "failed"


def test_a_file_is_not_taken_by_who_may_not_open_the_list_any_more(client):
    manager = make_user("manager")
    with acting_as(manager):
        row = services.request(manager, "imports", "csv")
    finish(row)
    client.force_login(manager)
    address = reverse("export_file", args=[row.pk])
    assert client.get(address).status_code == 200
    User.objects.filter(pk=manager.pk).update(role="kam")
    assert client.get(address).status_code == 404


def test_nobody_takes_the_file_of_somebody_else(client):
    one, other = make_user("kam"), make_user("kam")
    with acting_as(one):
        row = services.request(one, "clients", "csv")
    finish(row)
    client.force_login(other)
    for route in ("export_detail", "export_file"):
        assert client.get(reverse(route, args=[row.pk])).status_code == 404


def test_lists_of_pages_that_a_role_may_not_open_are_not_there(client):
    kam = make_user("kam")
    for name in ("events", "people", "imports", "nonsense"):
        with acting_as(kam), pytest.raises(Http404):
            services.request(kam, name, "csv")
    client.force_login(kam)
    assert (
        client.post(reverse("export_create"), {"list": "events", "format": "csv"}).status_code
        == 404
    )
    assert (
        client.post(reverse("export_create"), {"list": "clients", "format": "pdf"}).status_code
        == 400
    )
    assert (
        client.post(reverse("export_create"), {"list": "clients", "format": "zip"}).status_code
        == 400
    )


def test_texts_never_run_as_formulas_and_a_workbook_has_types(administrator, take):
    bad = '=HYPERLINK("http://x")'
    made = make_client(bad, city="+7", segment="a;b")
    make_document(made, "2026-01-10", "1234.50")
    found = take(administrator, "clients")
    assert found.column("Client") == [f"'{bad}"]
    assert found.column("City") == ["'+7"]
    assert found.content.startswith(b"\xef\xbb\xbf")
    book = take(administrator, "clients", format="xlsx")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0)
    head, row = sheet.to_python()
    told = dict(zip(head, row, strict=True))
    assert told["Client"] == bad
    assert told["Revenue, 12 months, ₽"] == 1234.5
    assert told["Last purchase"].isoformat() == "2026-01-10"
    assert b"<f>" not in book.content


def test_a_russian_file_has_semicolons_and_decimal_commas(take):
    person = make_user("administrator", language="ru")
    made = make_client("Ёлка")
    make_document(made, "2026-01-10", "1234.50")
    found = take(person, "clients")
    assert found.column("Клиент") == ["Ёлка"]
    assert "1234,50" in found.rows[0]
    assert found.row.filename == "клиенты-2026-03-20.csv"


def test_the_trail_tells_of_the_list_and_its_filters_but_not_what_was_typed(administrator, take):
    make_client("Secret name")
    take(administrator, "clients", "q=secret&segment=")
    event = Event.unscoped.get(action="export.written")
    assert event.details == {"list": "clients", "format": "csv", "rows": 1, "filters": ["q"]}
    assert event.actor_id == administrator.pk


def test_looking_at_people_in_a_file_is_noted_as_on_the_page(administrator, take):
    made = make_client("One")
    make_contact(made, "Anna", email="anna@example.com")
    assert take(administrator, "contacts", of=made.pk).column("Name") == ["Anna"]
    look = DataAccess.unscoped.get(client_ref=made.pk)
    assert (look.actor_id, look.ways, len(look.contacts)) == (administrator.pk, ["file"], 1)
    assert Event.unscoped.get(action="export.written").details["people"] == 1


def test_names_in_a_list_of_what_happened_are_noted_too(administrator, take):
    made = make_client("One")
    anna = make_contact(made, "Anna")
    make_interaction(made, "2026-03-01", contact=anna, subject="Call")
    take(administrator, "timeline", of=made.pk)
    look = DataAccess.unscoped.get(client_ref=made.pk)
    assert (look.ways, look.contacts) == (["file"], [])


def test_people_who_are_blocked_are_in_no_file(administrator, take):
    made = make_client("One")
    make_contact(made, "Anna")
    blocked = make_contact(made, "Boris", blocked_since="2026-03-01")
    make_contact(made, "Clara", blocked_since="2026-03-01", blocked_until="2026-03-10")
    make_interaction(made, "2026-03-15", contact=blocked, kind="call", subject="A call")
    assert take(administrator, "contacts", of=made.pk).column("Name") == ["Anna", "Clara"]
    told = take(administrator, "timeline", of=made.pk)
    assert told.column("Title") == ["A call"]
    assert told.column("With whom") == [""]


def test_a_workbook_that_cannot_hold_the_rows_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("kam.exports.writing.MOST_XLSX", 3)
    sheet = Sheet([Column("A")], ([str(n)] for n in range(5)))
    with pytest.raises(TooLong):
        write(sheet, "xlsx", tmp_path / "a", "en")
    assert write(Sheet([Column("A")], [["x"]] * 5), "csv", tmp_path / "b", "en") == 5


def test_a_stopped_export_leaves_no_file(administrator):
    make_client("One")
    with acting_as(administrator):
        row = services.request(administrator, "clients", "csv")
    Job.unscoped.filter(pk=row.job_id).update(cancel_requested=True)
    found = finish(row)
    assert found.row.state == "cancelled"
    assert found.content == b""


def test_old_files_go_and_their_rows_stay(administrator, take):
    found = take(administrator, "clients")
    Export.unscoped.filter(pk=found.row.pk).update(at="2026-03-01T00:00:00Z")
    kept = take(administrator, "clients")
    with acting_system("test"):
        assert services.expire(7) == 1
    assert Export.unscoped.get(pk=found.row.pk).state == "removed"
    assert Export.unscoped.get(pk=kept.row.pk).state == "ready"


def test_over_rest(client, administrator):
    make_client("One")
    make_client("Two", segment="Retail")
    create = reverse("api:export-list")
    kind = {"content_type": "application/json"}
    asked = {"list": "clients", "format": "csv", "query": "segment=Retail"}
    answer = client.post(create, asked, **kind)
    assert answer.status_code == 201
    said = answer.json()
    assert said["state"] == "waiting"
    file = reverse("api:export-file", args=[said["id"]])
    assert client.get(file).status_code == 404
    found = finish(Export.unscoped.get(pk=said["id"]))
    assert client.get(reverse("api:export-detail", args=[said["id"]])).json()["state"] == "ready"
    assert b"".join(client.get(file).streaming_content) == found.content
    assert found.column("Client") == ["Two"]
    for wrong in ({"list": "none"}, {"format": "zip"}, {"format": "pdf"}, {"query": "x" * 5000}):
        assert client.post(create, asked | wrong, **kind).status_code == 400
    names = [each["name"] for each in client.get(reverse("api:export-lists")).json()]
    assert {"clients", "ranking", "events"} <= set(names)


def test_a_key_without_the_scope_gets_no_trail(client):
    from accounts.models import ApiToken

    person = make_user("administrator")
    for scopes, status in ((["read", "write"], 400), (["read", "write", "admin"], 201)):
        _row, secret = ApiToken.issue(user=person, name="key", scopes=scopes)
        answer = client.post(
            reverse("api:export-list"),
            {"list": "events", "format": "csv"},
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )
        assert answer.status_code == status, scopes


def test_an_administrator_takes_the_whole_company_and_nobody_else(client, administrator):
    make_client("One")
    assert 'value="zip"' in client.get(reverse("company_edit")).content.decode()
    client.post(reverse("export_create"), {"list": "company", "format": "zip"})
    row = Export.unscoped.get()
    assert Job.unscoped.get(pk=row.job_id).queue == "heavy"
    found = finish(row)
    assert found.error == ""
    names = zipfile.ZipFile(io.BytesIO(found.content)).namelist()
    assert {"manifest.json", "tables/accounts_client.csv"} <= set(names)
    for role in ("manager", "auditor"):
        client.force_login(make_user(role))
        refused = client.post(reverse("export_create"), {"list": "company", "format": "zip"})
        assert refused.status_code == 404
