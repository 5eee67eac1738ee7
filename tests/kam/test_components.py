"""Tags, drawings, preferences and error pages."""

import json
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import Client, RequestFactory, override_settings
from django.utils import translation
from django.views.defaults import server_error

from kam.lib import drawing, navigation

PARTS = [
    {"label": "Tenure", "points": 3.2, "colour": 1},
    {"label": "<b>Profit</b>", "points": 2.4, "colour": 2},
]


def render(source: str, language="en", path="/", **context) -> str:
    request = RequestFactory().get(path)
    request.user = context.pop("user", AnonymousUser())
    with translation.override(language):
        return Template(source).render(Context({"request": request, **context}))


@pytest.fixture
def person(db):
    from accounts.models import User

    return User.objects.create_user(
        "anna@example.test", "secret words here", name="Анна", role="kam"
    )


# --- Drawings


def test_a_score_bar_is_laid_end_to_end():
    bar = drawing.score_bar([("a", 4.0, 1), ("b", 3.5, 2)], low=7.0, high=8.25)
    assert [(part.x, part.width) for part in bar.parts] == [("0", "80"), ("80", "70")]
    assert (bar.total, bar.end, bar.low, bar.high) == (7.5, "150", "140", "165")


def test_a_score_bar_never_leaves_its_track():
    bar = drawing.score_bar([("a", 8.0, 1), ("b", 8.0, 11)], low=-1.0, high=12.0)
    assert sum(float(part.width) for part in bar.parts) == 200
    assert [part.colour for part in bar.parts] == [1, 1]
    assert (bar.low, bar.high) == ("0", "200")


def test_a_part_of_nothing_is_not_drawn_and_an_unknown_interval_has_no_whisker():
    bar = drawing.score_bar([("a", 0.0, 1)], low=None, high=3.0)
    assert bar.parts == []
    assert bar.low is bar.high is None


def test_a_sparkline_leaves_gaps_and_marks_the_last_known_value():
    line = drawing.sparkline([0, 10, None, 5, float("nan")], 46, 26)
    assert line.runs == ["3,23 13,3", "33,13"]
    assert (line.last_x, line.last_y) == ("33", "13")
    assert line.zero is None


def test_a_sparkline_shows_zero_only_where_values_go_below_it():
    assert drawing.sparkline([-5, 5], 46, 26).zero == "13"
    assert drawing.sparkline([], 46, 26) is None
    assert drawing.sparkline([None], 46, 26) is None


def test_lengths_keep_their_decimal_point_in_russian():
    html = render(
        "{% score_bar parts low=1.234 high=5 %}{% sparkline values %}",
        "ru",
        parts=PARTS,
        values=[1, 2.5, 3],
    )
    assert 'x="64" width="48"' in html
    assert "M24.68 8H100" in html
    assert "NaN" not in html


# --- Tags


def test_texts_are_escaped_in_every_component():
    html = render(
        '{% score_bar parts label=name %}{% badge name "good" %}{% figure name name note=name %}'
        "{% page_head name name %}{{ name }}{% endpage_head %}{% evidence name %}{{ name }}"
        "{% endevidence %}{% rating_input 3 name name %}{% progress 1 2 label=name note=name %}"
        '{% chart "c" figure name name table=table %}{% empty name %}{% endempty %}'
        "{% sheet name name %}{% endsheet %}{% column name name sort=True %}",
        name='"><script>x</script>',
        parts=PARTS,
        figure={"data": [{"name": "</script><script>x</script>"}]},
        table={"head": ["<script>"], "rows": [["<script>", 1]]},
    )
    assert "<script>x" not in html
    assert "<b>Profit" not in html
    assert "<script>" not in html.replace("&lt;", "")
    assert " style=" not in html


@pytest.mark.parametrize(
    "value,level,text",
    [(1, "1", "1"), (7.5, "8", "8"), (10, "10", "10"), (None, "none", "not rated")],
)
def test_rating(value, level, text):
    html = render("{% rating value %}", value=value)
    assert f'data-level="{level}"' in html
    assert text in html


def test_a_rating_that_is_missing_is_never_a_zero():
    assert "0" not in render("{% rating None %}").replace("</", "")


@pytest.mark.parametrize(
    "tag,tone,text",
    [
        ("delta 0.124", "good", "+12.4"),
        ("delta -0.031", "bad", "\u22123.1"),
        ('delta 0.31 good="down"', "bad", "+31.0"),
        ('delta 0.31 good="none"', None, "+31.0"),
        ("delta 0", None, "no change"),
        ("delta None", None, "—"),
        ('delta 0.021 kind="points"', "good", "+2.1\u202fpp"),
        ('delta -3 kind="number"', "bad", "\u22123"),
    ],
)
def test_delta(tag, tone, text):
    html = render("{% " + tag + " %}")
    assert text in html
    assert (f'data-tone="{tone}"' in html) if tone else ("data-tone" not in html)


def test_sorting_turns_round_keeps_the_filter_and_goes_back_to_the_first_page():
    source = '{% column "revenue" "Revenue" sort=True first="desc" number=True %}'
    assert 'href="?q=a&amp;sort=-revenue"' in render(source, path="/?q=a&page=3")
    turned = render(source, path="/?sort=-revenue")
    assert 'aria-sort="descending"' in turned
    assert 'href="?sort=revenue"' in turned
    assert 'href="?sort=-revenue"' in render(source, path="/?sort=revenue")


def test_query_changes_adds_and_removes():
    assert render("{% query a=2 b=None c=3 %}", path="/?a=1&b=1&after=9") == "?a=2&amp;c=3"


def test_the_rail_shows_only_what_the_role_may_read():
    def routes(role):
        user = SimpleNamespace(is_authenticated=True, role=role)
        places = (*navigation.WORK, *navigation.HOUSEHOLD)
        return {link["url"] for link in navigation.links(places, user, "job_detail")}

    assert "/people/" in routes("administrator")
    assert "/people/" not in routes("kam")
    assert "/jobs/" in routes("colleague")


def test_the_rail_marks_where_one_is():
    user = SimpleNamespace(is_authenticated=True, role="administrator")
    current = [
        link["url"]
        for link in navigation.links(navigation.HOUSEHOLD, user, "job_detail")
        if link["current"]
    ]
    assert current == ["/jobs/"]


def test_may_read_and_route_know_what_does_not_exist():
    source = '{% may_read "nowhere" as ok %}{{ ok }}|{% route "nowhere" as url %}{{ url }}'
    assert render(source) == "False|"


def test_a_chart_carries_its_numbers_for_machines_and_for_people():
    html = render(
        '{% chart "pareto" figure "12 clients" "of 300" table=table %}',
        "ru",
        figure={"data": [], "layout": {}},
        table={"head": ["Клиент", "Прибыль"], "rows": [["Альфа", 1234.5]]},
    )
    assert 'data-value="1234.5">1\u202f234,50<' in html
    assert json.loads(html.split('<script type="application/json">')[1].split("</script>")[0])


# --- Pages of this floor


def test_preferences_of_a_person(person):
    client = Client()
    client.force_login(person)
    answer = client.post(
        "/preferences/",
        {"language": "en", "theme": "dark", "density": "compact", "next": "/components/?a=1"},
    )
    assert answer.headers["Location"] == "/components/?a=1"
    person.refresh_from_db()
    assert (person.language, person.theme, person.compact) == ("en", "dark", True)


@pytest.mark.parametrize("choice", [{"theme": "pink"}, {"language": "xx"}, {"density": ""}])
def test_an_unknown_preference_changes_nothing(person, choice):
    client = Client()
    client.force_login(person)
    assert client.post("/preferences/", choice).status_code == 400
    person.refresh_from_db()
    assert person.theme == "system"


@pytest.mark.parametrize(
    "following", ["https://elsewhere.test/", "//elsewhere.test/", "javascript:x"]
)
def test_preferences_lead_nowhere_else(person, following):
    client = Client()
    client.force_login(person)
    answer = client.post("/preferences/", {"theme": "dark", "next": following})
    assert answer.headers["Location"] == "/"


def test_a_visitor_chooses_the_language_by_cookie(person):
    client = Client()
    assert 'lang="ru"' in client.get("/sign-in/").content.decode()
    client.post("/preferences/", {"language": "en", "theme": "dark", "next": "/sign-in/"})
    assert 'lang="en"' in client.get("/sign-in/").content.decode()


@pytest.mark.parametrize("path", ["/sign-in/signup/", "/sign-in/email/", "/sign-in/login/code/"])
def test_what_nobody_needs_does_not_exist(person, path):
    assert Client().get(path).status_code == 404


@override_settings(DEBUG=False)
def test_error_pages_are_ours(person):
    client = Client()
    missing = client.get("/nothing-here/", headers={"accept-language": "en"})
    assert missing.status_code == 404
    assert "There is nothing here" in missing.content.decode()
    client.force_login(person)
    refused = client.get("/people/")
    assert refused.status_code == 403
    assert "Этот раздел вам не открыт" in refused.content.decode()


def test_the_page_of_a_failure_needs_neither_session_nor_database():
    # No database mark: a query here would raise.
    with translation.override("en"):
        answer = server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()


def test_a_form_without_its_token_is_told_so(person):
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/preferences/", {"language": "en"})
    assert answer.status_code == 403
    assert "Форма устарела" in answer.content.decode()


def test_a_missing_field_is_said_beside_it_and_to_screen_readers(person):
    client = Client()
    page = client.post("/sign-in/", {"login": "", "password": ""}).content.decode()
    assert 'class="errors" id="id_login_error"' in page
    assert 'aria-invalid="true"' in page
