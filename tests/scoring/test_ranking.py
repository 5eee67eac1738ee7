"""Rankings from facts and opinions, checked with a calculator."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Client, Document, Place
from accounts.signals import portfolio_changed
from kam.jobs.models import Job
from kam.lib import periods
from kam.lib.scoping import ScopeMissing, acting_as, acting_system
from scoring import store
from scoring.inputs import Part, join
from scoring.library import ensure_library
from scoring.models import Criterion, Matrix, MatrixVersion, RankingRow, RankingRun
from scoring.services import ranking
from scoring.services.ranking import run_ranking
from scoring.services.ratings import rate
from tests.factories import (
    change_document,
    make_client,
    make_document,
    make_group,
    make_membership,
    make_user,
)
from tests.scoring.conftest import DAY, make_buyers, put_to_use, rank_now

pytestmark = pytest.mark.django_db


def rows_of(run: RankingRun) -> list[RankingRow]:
    with acting_system("test"):
        return list(RankingRow.objects.filter(run_id=run.pk).order_by("place"))


def names_of(run: RankingRun) -> list[str]:
    names = dict(Client.unscoped.values_list("pk", "name"))
    return [names[row.client_id] for row in rows_of(run)]


def give(client, key: str, value, *, rater=None, day=DAY, **fields):
    """A rating known at noon of its day."""
    with acting_system("test"):
        rating = rate(
            client, Criterion.objects.get(key=key), value, rater=rater, date=day, **fields
        )
        type(rating).objects.filter(pk=rating.pk).update(
            known_from=dt.datetime.combine(day, dt.time(12), dt.UTC)
        )
    return rating


# --- The first ranking --------------------------------------------------------------------------


def test_first_matrix_ranks_from_invoices_alone(matrix):
    big, small, prospect = make_client("Big"), make_client("Small"), make_client("Prospect")
    make_document(big, "2022-06-30", 1000, cost=500)
    make_document(big, "2024-05-01", 1000, cost=500)
    make_document(small, "2024-05-01", 10, cost=5)
    run = rank_now(matrix)
    first, second, last = rows_of(run)
    assert [first.client_id, second.client_id, last.client_id] == [big.pk, small.pk, prospect.pk]
    # profit 10, average invoice 10, tenure of two years 5: (40·10 + 40·10 + 20·5) / 100
    assert (first.r1, first.r2, first.r3) == (1000, 1000, 500)
    assert first.score == pytest.approx(9.0)
    # profit 1, average invoice 1, two months 1.49: (40 + 40 + 20) / 100
    assert (second.r1, second.r2, second.r3) == (100, 100, 100)
    assert second.score == pytest.approx(1.0)
    assert [row.rank for row in (first, second, last)] == [1, 2, 0]
    assert (run.clients, run.rated, run.selected) == (3, 2, 2)


def test_whom_a_criterion_does_not_concern_loses_no_coverage(matrix):
    prospect = make_client("Prospect")
    (row,) = rows_of(rank_now(matrix))
    # No profit is rated 1 and tenure does not apply: 40 of the 80 that apply.
    assert (row.client_id, row.r1, row.r2, row.r3) == (prospect.pk, 100, 0, -1)
    assert row.coverage == pytest.approx(0.5)
    assert np.isnan(row.score)
    assert (row.low, row.high) == (1.0, 5.5)


def test_a_run_reads_everybody_so_only_the_system_may(matrix):
    with acting_as(make_user("administrator")), pytest.raises(ScopeMissing):
        run_ranking(matrix.versions.get(), DAY)


def test_library_installs_once(matrix):
    before = (Criterion.objects.count(), Matrix.objects.count(), MatrixVersion.objects.count())
    assert before == (10, 1, 1)
    ensure_library()
    after = (Criterion.objects.count(), Matrix.objects.count(), MatrixVersion.objects.count())
    assert after == before
    for criterion in Criterion.objects.all():
        for language in ("ru", "en"):
            assert set(criterion.anchors[language]) == {"1", "5", "10"}


# --- Order and selection ------------------------------------------------------------------------


def test_equal_points_share_a_rank_and_say_so_at_the_line(matrix):
    put_to_use(matrix, {"average_invoice": 1, "tenure": 1}, selection_value=2)
    for name in ("A", "B", "C", "D"):
        make_document(make_client(name), "2024-05-01", {"A": 500, "D": 5}.get(name, 50), cost=1)
    run = rank_now(matrix)
    rows = rows_of(run)
    assert [row.rank for row in rows] == [1, 2, 2, 4]
    assert [row.place for row in rows] == [1, 2, 3, 4]
    assert [row.selected for row in rows] == [1, 1, 0, 0]
    assert run.tie_at_line
    assert run.line == pytest.approx(rows[1].score)


def test_threshold_parts_no_equals(matrix):
    put_to_use(matrix, {"values": 1, "geography": 1}, selection="threshold", selection_value=7)
    given = {"A": 8, "B": 7, "C": 7, "D": 6}
    for name, value in given.items():
        client = make_client(name)
        give(client, "values", value)
        give(client, "geography", value)
    run = rank_now(matrix)
    assert [row.selected for row in rows_of(run)] == [1, 1, 1, 0]
    assert run.line == 7


def test_share_of_profit_takes_the_fewest(matrix):
    put_to_use(matrix, {"profit": 1, "tenure": 1}, selection="share", selection_value=0.8)
    for name, profit in {"A": 70, "B": 10, "C": 10, "D": 10}.items():
        make_document(make_client(name), "2024-05-01", profit + 1, cost=1)
    run = rank_now(matrix)
    assert sum(row.selected for row in rows_of(run)) == 2
    assert rows_of(run)[0].selected == 1
    assert run.line is None


def test_without_a_mandatory_rating_no_rank(matrix):
    version = put_to_use(matrix, {"profit": 90, "values": 10})
    assert not version.criteria.filter(mandatory=True).exists()
    make_buyers(2)
    assert rank_now(matrix).rated == 2
    with acting_system("test"):
        from scoring.services.versions import Choice, activate, draft_of, save_draft

        draft = draft_of(matrix, None)
        profit, values = (Criterion.objects.get(key=key) for key in ("profit", "values"))
        choices = [Choice(profit, Decimal(90)), Choice(values, Decimal(10), mandatory=True)]
        save_draft(draft, choices, selection="top_n", selection_value=3, min_coverage=0.6)
        activate(draft, "test")
    assert rank_now(matrix).rated == 0


# --- People's part ------------------------------------------------------------------------------


def test_parts_are_joined_by_the_share_of_people(matrix):
    put_to_use(matrix, {"procurement": 1, "values": 1})
    client, anna, boris = make_client("A"), make_user(), make_user()
    # Paid 18 days late: 5 by the rule.
    make_document(client, "2024-05-01", 100, due="2024-06-12")
    give(client, "procurement", 8, rater=anna)
    give(client, "procurement", 10, rater=boris)
    (row,) = rows_of(rank_now(matrix))
    assert row.x1 == pytest.approx(18)
    # (5 + (8 + 10) / 2) / 2
    assert row.r1 == 700
    assert row.r2 == 0


def test_join_leaves_the_other_part_alone_where_one_is_missing():
    nan = np.nan
    yes, no = np.ones(5, bool), np.array([1, 1, 1, 0, 0], bool)
    computed = Part(np.array([4, nan, nan, nan, nan]), np.array([1, 1, 1, 0, 0], bool))
    people = Part(np.array([nan, 7, nan, 8, nan]), yes)
    ratings, applicable = join(computed, people, 0.5, whole=True)
    np.testing.assert_array_equal(ratings, [4, 7, nan, 8, nan])
    assert applicable.all()
    _ratings, applicable = join(computed, Part(np.full(5, nan), no), 0.5, whole=True)
    np.testing.assert_array_equal(applicable, no)
    ratings, _ = join(
        Part(np.array([7.0]), yes[:1]), Part(np.array([8.0]), yes[:1]), 0.5, whole=True
    )
    assert ratings[0] == 8  # a half goes up, as people round


def test_does_not_apply_when_all_who_know_say_so(matrix):
    put_to_use(matrix, {"values": 1, "geography": 1})
    client, anna, boris = make_client("A"), make_user(), make_user()
    give(client, "geography", 9, rater=anna)
    give(client, "values", None, rater=anna, not_applicable=True)
    (row,) = rows_of(rank_now(matrix))
    assert (row.r1, row.r2, row.coverage, row.score) == (-1, 900, 1.0, 9.0)
    give(client, "values", 3, rater=boris)
    (row,) = rows_of(rank_now(matrix))
    assert (row.r1, row.score) == (300, 6.0)


def test_a_group_takes_what_was_said_of_its_members_while_they_belong(matrix):
    put_to_use(matrix, {"values": 1, "geography": 1})
    member, stranger = make_client("Member"), make_client("Former")
    group = make_group("Group", members=[member], since="2024-01-01")
    make_membership(stranger, group, since="2020-01-01", until="2024-01-01")
    give(member, "values", 9)
    give(member, "geography", 5)
    give(group, "geography", 7)
    give(stranger, "values", 1)
    found = {row.client_id: row for row in rows_of(rank_now(matrix))}
    assert set(found) == {group.pk, stranger.pk}
    assert (found[group.pk].r1, found[group.pk].r2) == (900, 700)


# --- What was known -----------------------------------------------------------------------------


def test_what_came_later_changes_nothing(matrix):
    put_to_use(matrix, {"profit": 2, "average_invoice": 2, "values": 1}, min_coverage=0)
    first, second = make_buyers(2)
    give(first, "values", 4, day=dt.date(2024, 6, 1))
    before = rank_now(matrix)
    later = dt.datetime(2024, 7, 1, 12, tzinfo=dt.UTC)
    make_document(second, "2024-05-02", 10**6, cost=1, known=later)  # posted late
    make_document(second, "2024-07-02", 10**6, cost=1)
    change_document(Document.unscoped.filter(client=first).first(), later, net=1)
    give(first, "values", 1, day=dt.date(2024, 7, 1))
    make_membership(first, make_group("Later"), since="2024-07-01")
    again = rank_now(matrix)
    groups = Client.unscoped.filter(kind=Client.Kind.GROUP).values("pk")
    assert before.checksum != again.checksum  # the new group is a client that day, too
    for old, new in zip(
        rows_of(before),
        [row for row in rows_of(again) if row.client_id not in groups.values_list("pk", flat=True)],
        strict=True,
    ):
        for name in ("client_id", "place", "rank", "score", "coverage", "r1", "r2", "r3", "x1"):
            assert getattr(old, name) == getattr(new, name), name
    july = rank_now(matrix, dt.date(2024, 7, 31))
    assert names_of(july)[0] == second.name


def test_old_data_are_ranked_as_of_their_last_invoice(matrix):
    make_document(make_client(), "2014-03-01", 10)
    with acting_system("test"):
        assert ranking.default_date() == dt.date(2014, 3, 1)


def test_present_data_are_ranked_as_of_today(matrix):
    today = periods.today()
    make_document(make_client(), today - dt.timedelta(days=100), 10)
    with acting_system("test"):
        assert ranking.default_date() == today


# --- Publishing ---------------------------------------------------------------------------------


def places() -> dict[int, tuple]:
    with acting_system("test"):
        return {
            place.client_id: (place.run_id, place.rank, place.previous_rank, place.selected)
            for place in Place.objects.all()
        }


def test_publishing_moves_every_place_at_once_with_the_rank_before(matrix):
    put_to_use(matrix, {"average_invoice": 1, "tenure": 1}, selection_value=1)
    a, b = make_buyers(2)
    first = rank_now(matrix, dt.date(2024, 5, 31))
    assert places() == {a.pk: (first.pk, 1, None, True), b.pk: (first.pk, 2, None, False)}
    make_document(b, "2024-06-15", 10**7)
    second = rank_now(matrix)
    assert second.previous == first
    assert places() == {a.pk: (second.pk, 2, 1, False), b.pk: (second.pk, 1, 2, True)}
    matrix.refresh_from_db()
    assert matrix.current_run == second


def test_a_ranking_of_an_earlier_day_is_kept_and_not_shown(matrix):
    make_buyers(2)
    shown = rank_now(matrix)
    past = rank_now(matrix, dt.date(2023, 1, 1))
    matrix.refresh_from_db()
    assert matrix.current_run == shown
    assert len(rows_of(past)) == 2


def test_an_unchanged_ranking_is_not_written_twice(matrix):
    make_buyers(2)
    first = rank_now(matrix)
    assert rank_now(matrix) == first
    assert RankingRun.objects.count() == 1


def test_a_run_and_its_rows_never_change(matrix):
    make_buyers(1)
    run = rank_now(matrix)
    for statement in (
        f"UPDATE runs.ranking_row SET score = 10 WHERE run_id = {run.pk}",
        f"DELETE FROM {store.partition(run.pk)}",
        "UPDATE scoring_rankingrun SET selected = 0",
        "DELETE FROM scoring_rankingrun",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_version_in_use_never_changes(matrix):
    version = matrix.versions.get()
    for change in (
        lambda: MatrixVersion.objects.filter(pk=version.pk).update(min_coverage=0),
        lambda: version.criteria.update(weight=1),
        lambda: version.criteria.first().delete(),
        version.delete,
        lambda: version.criteria.create(
            criterion=Criterion.objects.get(key="values"), position=9, weight=1
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    put_to_use(matrix, {"profit": 1, "tenure": 1})
    version.refresh_from_db()
    assert version.status == MatrixVersion.Status.RETIRED
    assert version.criteria.count() == 3


def test_rows_come_back_as_they_were_written(matrix):
    make_buyers(3)
    make_client("Prospect")
    run = rank_now(matrix)
    back = store.read(run.pk, 3)
    assert back.checksum() == run.checksum
    np.testing.assert_array_equal(back.place, [1, 2, 3, 4])


# --- Asking for a ranking -----------------------------------------------------------------------


def test_changed_facts_ask_for_one_ranking(matrix):
    for _turn in range(2):
        portfolio_changed.send(sender=None, reason="test")
    job = Job.unscoped.get(kind="scoring.rank")
    assert job.payload == {"matrix_id": matrix.pk}


def test_the_job_ranks_and_says_what_came_of_it(matrix, django_capture_on_commit_callbacks):
    from kam.jobs.execution import run as run_job

    make_buyers(2)
    portfolio_changed.send(sender=None, reason="test")
    job = Job.unscoped.get(kind="scoring.rank")
    run_job(job.pk)
    job.refresh_from_db()
    assert job.status == Job.Status.DONE, job.error
    assert job.result["clients"] == 2
    matrix.refresh_from_db()
    assert job.result["run"] == matrix.current_run_id
