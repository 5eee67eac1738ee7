"""The page of one rating rule: what it shows, to whom, what it writes, and its twin over REST."""

import datetime as dt

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from kam.audit.models import Event
from kam.lib.scoping import acting_system
from scoring.forms.rules import cuts_by_rating, cuts_of
from scoring.models import Criterion, MatrixVersion, RankingRow
from scoring.services.versions import draft_of
from tests.factories import make_client, make_document, make_user
from tests.scoring.conftest import DAY, make_buyers, put_to_use, rank_now

pytestmark = pytest.mark.django_db
QUERIES = 15
PART = {"HX-Request": "true"}
PARTS = {"kind": "threshold", "direction": "benefit"}


@pytest.fixture
def manager(client):
    person = make_user("manager", language="en")
    client.force_login(person)
    return person


@pytest.fixture
def ranked(matrix):
    put_to_use(matrix, {"profit": 60, "average_invoice": 30, "values": 10}, min_coverage=0.3)
    make_buyers(24)
    make_client("Never bought")
    rank_now(matrix)
    matrix.refresh_from_db()
    return matrix


def address(matrix, key="average_invoice", route="matrix_rule"):
    return reverse(route, args=[matrix.pk, key])


def text_of(answer, status=200) -> str:
    assert answer.status_code == status
    return answer.content.decode()


def test_it_shows_the_distribution_and_what_stays_unrated(client, manager, ranked):
    page = text_of(client.get(address(ranked)))
    assert "Half of the clients lie between" in page
    assert page.count('class="rule-bar"') > 10
    assert "1 of 25 stays unrated" in page
    assert "Never bought" in page
    assert "A place among others" in page
    assert not MatrixVersion.objects.filter(status="draft").exists()


def test_typed_cut_points_answer_with_shares(client, manager, ranked):
    typed = PARTS | {"c5": "12 000,5", "c10": "20000"}
    part = text_of(client.get(address(ranked), typed, headers=PART))
    assert "<html" not in part
    assert 'id="rule-bars" hx-swap-oob="true"' in part
    rows = dict.fromkeys(range(1, 11), 0)
    for row in part.split('<tr data-rating="')[1:]:
        rows[int(row.split('"')[0])] = int(row.split('class="number">')[1].split("<")[0])
    # Buyers of 1,000 to 24,000: twelve under the first cut, seven between, five above.
    assert rows == {1: 12, 5: 7, 10: 5, **dict.fromkeys((2, 3, 4, 6, 7, 8, 9), 0)}


def test_cut_points_that_go_back_are_refused_in_words(client, manager, ranked):
    typed = PARTS | {"c5": "20000", "c10": "12000"}
    assert "needs a larger value" in text_of(client.get(address(ranked), typed, headers=PART))
    answer = client.post(address(ranked), typed)
    assert "needs a larger value" in text_of(answer, 422)
    less = typed | {"direction": "cost"}
    assert "needs a larger" not in text_of(client.get(address(ranked), less, headers=PART))
    assert "is not a number" in text_of(client.get(address(ranked), PARTS | {"c2": "x"}))
    assert not MatrixVersion.objects.filter(status="draft").exists()


def test_even_cut_points_come_from_the_data(client, manager, ranked):
    asked = PARTS | {"c10": "1", "propose": "even"}
    page = text_of(client.get(address(ranked), asked, headers=PART | {"HX-Target": "rule-editor"}))
    assert page.count('role="slider"') == 9
    assert 'data-cut="10"' in page


def test_one_rating_for_all_is_pointed_out(client, manager, ranked):
    page = text_of(client.get(address(ranked), PARTS | {"c2": "1000000"}, headers=PART))
    assert "All clients get one rating" in page


def test_words_have_a_table_of_ratings(client, manager, matrix):
    Criterion.objects.create(
        key="industry",
        label_ru="Отрасль",
        label_en="Industry",
        measure="segment",
        rule={"kind": "category", "table": {"Shops": 5, "Gone": 2}},
    )
    put_to_use(matrix, {"profit": 60, "industry": 40})
    for number in range(3):
        make_client(f"Shop {number}", segment="Shops")
        make_client(f"Hotel {number}", segment="Hotels")
    rank_now(matrix)
    page = text_of(client.get(address(matrix, "industry")))
    assert page.index("Shops") < page.index("Gone")  # what the data lacks comes last
    assert "3 of 6 stay unrated" in page
    typed = {"kind": "category", "w0": "Hotels", "wr0": "8", "w1": "Shops", "wr1": "8"}
    part = text_of(client.get(address(matrix, "industry"), typed, headers=PART))
    assert "All clients get one rating" in part
    assert "the same value" not in part
    client.post(address(matrix, "industry"), typed | {"wr1": "3,5"})
    draft = matrix.versions.get(status="draft")
    rule = draft.criteria.get(criterion__key="industry").rule
    assert rule["table"] == {"Hotels": 8, "Shops": 3.5}


def test_saving_writes_the_draft_and_leaves_the_version_in_use(client, manager, ranked):
    active = ranked.versions.get(status="active")
    before = {row.criterion.key: row.rule for row in active.criteria.all()}
    answer = client.post(address(ranked), PARTS | {"c2": "5000", "c3": "9000"})
    assert answer.status_code == 302
    draft = ranked.versions.get(status="draft")
    rules = {row.criterion.key: row.rule for row in draft.criteria.all()}
    assert rules["average_invoice"]["cuts"] == [5000, 9000]
    assert rules["profit"] == before["profit"]
    assert {row.criterion.key: row.rule for row in active.criteria.all()} == before
    with acting_system("test"):
        event = Event.objects.get(action="matrix.rule_changed")
    assert event.details == {"draft": draft.number, "criterion": "average_invoice"}
    assert 'value="9\u202f000"' in text_of(client.get(address(ranked)))


def test_what_the_run_lacks_is_measured_as_of_its_day(client, manager, ranked):
    late = make_client("Later")
    make_document(late, DAY + dt.timedelta(days=30), 1_000_000)
    page = text_of(client.get(address(ranked, "tenure")))
    assert "30 Jun 2024" in page
    assert "Later" not in page
    assert "months" in page


def test_a_criterion_of_people_has_no_rule(client, manager, ranked):
    assert "People rate this criterion" in text_of(client.get(address(ranked, "values")))
    assert client.get(address(ranked, "nonsense")).status_code == 404


def test_who_may(client, ranked):
    for role, read in (("kam", 403), ("colleague", 403), ("auditor", 200)):
        client.force_login(make_user(role, language="en"))
        assert client.get(address(ranked)).status_code == read
        assert client.post(address(ranked), PARTS | {"c2": "1"}).status_code == 403


def test_the_price_of_a_change(client, manager, ranked, django_assert_max_num_queries):
    client.get(address(ranked))
    with django_assert_max_num_queries(QUERIES):
        client.get(address(ranked))
    with django_assert_max_num_queries(QUERIES):
        client.get(address(ranked), PARTS | {"c2": "5000"}, headers=PART)


def test_cuts_by_rating_and_back():
    for direction, cuts in (("benefit", [1, 1, 1, 2, 3]), ("cost", [1, 2, 2, 2])):
        typed = cuts_by_rating(cuts, direction)
        assert cuts_of(typed, direction) == cuts
    assert cuts_by_rating([1, 1, 1, 2, 3], "benefit") == {4: 1, 5: 2, 6: 3}
    assert cuts_by_rating([1, 2, 2, 2], "cost") == {4: 2, 5: 1}
    with pytest.raises(ValidationError):
        cuts_of({}, "benefit")


# --- Each segment within itself -------------------------------------------------------------------


@pytest.fixture
def segmented(matrix):
    """24 small buyers and 24 large ones, and one in a segment of its own."""
    put_to_use(matrix, {"profit": 60, "average_invoice": 40})
    for segment, scale in (("shops", 1), ("chains", 1000)):
        for number in range(24):
            buyer = make_client(f"{segment} {number:02}", segment=segment)
            for day in ("2022-06-30", "2024-05-01"):
                make_document(buyer, day, scale * (number + 1), cost=0)
    alone = make_client("Alone", segment="other")
    make_document(alone, "2024-05-01", 10_000, cost=0)
    with acting_system("test"):
        draft = draft_of(matrix, None)
        row = draft.criteria.get(criterion__key="average_invoice")
        row.rule = {"kind": "percentile", "rounding": "none", "within": "segment"}
        row.save()
    MatrixVersion.objects.filter(matrix=matrix, status="active").update(status="retired")
    MatrixVersion.objects.filter(pk=draft.pk).update(status="active")
    return matrix


def ratings_of(run) -> dict[str, float]:
    with acting_system("test"):
        rows = RankingRow.objects.filter(run_id=run.pk).select_related("client")
        return {row.client.name: row.r2 / 100 for row in rows}


def test_each_segment_is_rated_within_itself_and_what_comes_later_changes_nothing(segmented):
    run = rank_now(segmented)
    found = ratings_of(run)
    for number in range(24):
        assert found[f"shops {number:02}"] == found[f"chains {number:02}"]
    # Alone in its segment, so among all: above the 24 shops and the chains up to 9,000 (24 + 9)
    # of 49, and half of itself; the chain of 10,000 shares its place.
    assert found["Alone"] == pytest.approx(1 + 9 * (24 + 9 + 1) / 49, abs=0.006)
    fitted = run.fitted[1]["fitted"]
    assert set(fitted["segments"]) == {"shops", "chains"}
    assert fitted["whole"]["count"] == 49
    make_document(make_client("Later", segment="shops"), DAY + dt.timedelta(days=9), 5, cost=0)
    again = rank_now(segmented)
    assert {name: found[name] for name in found} == {
        name: rating for name, rating in ratings_of(again).items() if name in found
    }


def test_the_page_says_within_what_and_which_are_too_small(client, manager, segmented):
    rank_now(segmented)
    page = text_of(client.get(address(segmented)))
    assert "A place among the clients of the same group (Segment)" in page
    assert "compared with all clients: other" in page
    versions = text_of(client.get(reverse("matrix_detail", args=[segmented.pk])))
    assert "Compared within each: Segment." in versions
    assert "Groups that are too small are compared with all clients." in versions
    asked = {"kind": "min_max", "lo": "1", "hi": "9", "within": "segment"}
    absolute = text_of(client.get(address(segmented), asked, headers=PART))
    assert "Looks at the client alone" in absolute


def test_the_draft_page_keeps_segments_and_direction(client, manager, segmented):
    rank_now(segmented)
    client.post(reverse("matrix_drafting", args=[segmented.pk]))
    draft = segmented.versions.get(status="draft")
    row = draft.criteria.get(criterion__key="average_invoice")
    row.rule = row.rule | {"direction": "cost"}
    row.save()
    data = {"selection": "top_n", "selection_value": 3, "min_coverage": 60, "gap": 0,
            "dwell_days": 0, "fractions": "on"}  # fmt: skip
    for each in draft.criteria.select_related("criterion"):
        prefix = f"c{each.criterion_id}"
        kind = each.rule["kind"] + ("_log" if each.rule.get("log") else "")
        data |= {f"{prefix}-weight": each.weight, f"{prefix}-measure": each.measure,
                 f"{prefix}-kind": kind, f"{prefix}-people": 0}  # fmt: skip
        if each.rule.get("knots"):
            data[f"{prefix}-points"] = "\n".join(f"{a} = {v}" for a, v in each.rule["knots"])
    for criterion_id in set(type(row.criterion).objects.values_list("pk", flat=True)) - set(
        draft.criteria.values_list("criterion_id", flat=True)
    ):
        data |= {f"c{criterion_id}-measure": "", f"c{criterion_id}-kind": "manual"}
    assert client.post(reverse("matrix_draft", args=[segmented.pk]), data).status_code == 302
    rule = draft.criteria.get(criterion__key="average_invoice").rule
    assert (rule["within"], rule["direction"]) == ("segment", "cost")


# --- REST -----------------------------------------------------------------------------------------


def test_rest_reads_tries_and_saves(client, manager, ranked):
    where = address(ranked, route="api:matrix-rule")
    found = client.get(where).json()
    assert found["clients"] == 25
    assert found["unrated"] == 1
    assert sum(bar["count"] for bar in found["bars"]) == 24
    assert len(found["even_cuts"]) == 9
    rule = {"kind": "threshold", "cuts": [12_000]}
    tried = client.post(where, {"rule": rule}, content_type="application/json").json()
    assert [each["count"] for each in tried["shares"][:2]] == [11, 13]
    assert not MatrixVersion.objects.filter(status="draft").exists()
    wrong = client.post(where, {"rule": {"kind": "x"}}, content_type="application/json")
    assert wrong.status_code == 400
    assert client.put(where, {"rule": rule}, content_type="application/json").status_code == 200
    draft = ranked.versions.get(status="draft")
    assert draft.criteria.get(criterion__key="average_invoice").rule["cuts"] == [12_000]
    refused = client.put(
        where, {"rule": {"kind": "category", "table": {"a": 1}}}, content_type="application/json"
    )
    assert refused.status_code == 400
    assert client.get(address(ranked, "values", "api:matrix-rule")).status_code == 400


def test_the_order_of_the_ranking_comes_first(ranked, as_system):
    from scoring.selectors.matrices import rule_row, working_version
    from scoring.services.rules import population

    stored = population(ranked, rule_row(working_version(ranked), "profit"))
    other = population(ranked, rule_row(working_version(ranked), "tenure"))
    np.testing.assert_array_equal(stored.ids, other.ids)
