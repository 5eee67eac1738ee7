"""The description of the API: whole, without warnings, and kept to by every endpoint."""

import contextlib
import io

import pytest
from django.urls import resolve, reverse
from drf_spectacular.drainage import GENERATOR_STATS, reset_generator_stats

from kam.lib.api_contract import _description, description, operations, plain_path
from kam.lib.endpoints import Frame
from tests.access.routes import all_routes
from tests.factories import make_client, make_user

VERBS = ("get", "post", "put", "patch", "delete")


def operations_of(described):
    for path, verbs in described["paths"].items():
        for verb, operation in verbs.items():
            yield f"{verb} {path}", operation


def test_it_is_made_without_a_warning():
    reset_generator_stats()
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        _description.__wrapped__("en")
        GENERATOR_STATS.emit_summary()
    assert not GENERATOR_STATS, said.getvalue()


def test_every_operation_has_words_and_tells_its_errors():
    described = description("en")
    wanted = {"400", "401", "403", "404", "405", "429"}
    for name, operation in operations_of(described):
        assert operation["summary"], name
        assert operation["tags"], name
        assert wanted <= operation["responses"].keys(), name
        assert any(status < "300" for status in operation["responses"]), name
        error = operation["responses"]["400"]["content"]["application/json"]["schema"]
        assert error == {"$ref": "#/components/schemas/Error"}, name
    assert described["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_what_a_request_has_made_comes_as_it_is():
    for name, operation in operations_of(description("en")):
        made = str(operation["responses"].get("201", {}))
        assert "Paginated" not in made, name


def test_every_address_stands_under_a_heading_in_words():
    told = {tag["name"]: tag["description"] for tag in description("ru")["tags"]}
    for name, operation in operations_of(description("ru")):
        assert set(operation["tags"]) <= told.keys(), name
    english = {tag["name"]: tag["description"] for tag in description("en")["tags"]}
    assert all(told[name] != english[name] for name in told)


def test_what_programs_write_most_has_an_example():
    described = description("en")["paths"]
    for path, verb in (
        ("clients/", "post"),
        ("documents/bulk/", "post"),
        ("clients/by-external/{source}/{external_id}/", "put"),
        ("ratings/", "post"),
        ("matrices/{id}/draft/", "put"),
    ):
        body = described[f"/api/v1/{path}"][verb]["requestBody"]["content"]["application/json"]
        assert body["examples"], path


def test_every_route_of_the_api_is_described_and_stands_in_the_frame():
    described = {path for _verb, path in operations()}
    for route in (each for each in all_routes() if each.is_api):
        values = {
            name: "x" if name in ("key", "chart", "question", "source", "external_id") else 1
            for name in route.parameters
        }
        found = resolve(reverse(route.name, kwargs=values))
        assert issubclass(found.func.cls, Frame), route.name
        assert plain_path("/" + found.route) in described, route.name


@pytest.mark.parametrize("language", ["ru", "en"])
def test_programs_read_it(program, db, language):
    answer = program(make_user("colleague", language=language))("get", "schema").json()
    assert answer["openapi"].startswith("3.")
    assert answer["paths"].keys() == description("en")["paths"].keys()


def test_an_address_that_is_not_there_answers_as_json(client, kam):
    for signed_in in (False, True):
        if signed_in:
            client.force_login(kam)
        answer = client.get("/api/v1/nothing/of/the/kind/")
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "not_found"
    assert client.get("/nothing/").headers["Content-Type"].startswith("text/html")


def test_bad_bytes_answer_as_json(client, kam):
    client.force_login(kam)
    answer = client.get("/api/v1/clients/?q=%00")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid"


def test_what_is_not_described_is_refused_by_name(call):
    fields = call("get", "client-list", query={"nmae": "x", "team": "a"}).json()["error"]["fields"]
    assert set(fields) == {"nmae", "team"}
    assert "page_size" in fields["nmae"][0]
    unknown = call("get", "client-list", query={"fields": "id,salary"})
    assert unknown.status_code == 400
    assert "salary" in unknown.json()["error"]["fields"]["fields"][0]
    assert call("get", "document-list", query={"since": "2026-13-01"}).status_code == 400
    assert call("get", "document-list", query={"type": "bill"}).status_code == 400


def test_fields_cut_lists_rankings_and_single_rows(call, kam):
    made = make_client("Thin", owner=kam)
    rows = call("get", "client-list", query={"fields": "id,name"}).json()["results"]
    assert rows == [{"id": made.pk, "name": "Thin"}]
    assert call("get", "client-detail", made.pk, query={"fields": "city"}).json() == {"city": ""}
    assert call("get", "ranking-list", query={"fields": "place,score"}).status_code == 200


def test_lists_are_sorted_as_asked_page_by_page(call, kam):
    for name in ("b", "a", "c", "a"):
        make_client(name, owner=kam)
    seen, query = [], {"sort": "-name", "page_size": 2}
    answer = call("get", "client-list", query=query).json()
    while True:
        seen += [row["name"] for row in answer["results"]]
        if not answer["next"]:
            break
        cursor = answer["next"].partition("cursor=")[2].partition("&")[0]
        from urllib.parse import unquote

        answer = call("get", "client-list", query={**query, "cursor": unquote(cursor)}).json()
    assert seen == ["c", "b", "a", "a"]


def test_people_read_it_offline(client, kam):
    client.force_login(kam)
    page = client.get("/api/").content.decode()
    assert "swagger-ui-bundle.js" in page
    assert "https://" not in page
    assert reverse("api:schema") in page
    assert "/api/" in client.get("/me/").content.decode()
