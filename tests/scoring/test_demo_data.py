"""manage.py demo_data: what a person finds after it."""

import io
import json
import stat

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings

from accounts.models import Client, User
from accounts.services.demo.people import PASSWORD
from kam.jobs.execution import run as run_job
from kam.jobs.models import Job
from kam.lib.scoping import acting_system
from scoring.models import Backtest, Criterion, Matrix, MatrixVersion, Rating
from scoring.services.demo import CRITERIA, SELECTED, WORDS
from scoring.services.demo_reasons import REASONS

SMALL = {"clients": 80, "months": 14, "seed": 4}


@pytest.fixture
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path


def demo_data(**options):
    out = io.StringIO()
    call_command("demo_data", stdout=out, **{**SMALL, **options})
    return out.getvalue()


@pytest.fixture(scope="module")
def workspace(django_db_setup, django_db_blocker, tmp_path_factory):
    """A demo workspace that is made once: ``(where its files lie, what was printed)``.

    Its transaction stays open to the end of the module; ``made`` gives each test a part of it.
    """
    home = tmp_path_factory.mktemp("home")
    with django_db_blocker.unblock(), override_settings(HOME=home), transaction.atomic():
        with acting_system("test"):
            printed = demo_data()
        yield home, printed
        transaction.set_rollback(True)
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture
def made(workspace, settings):
    settings.HOME, printed = workspace
    with acting_system("test"), transaction.atomic():
        yield printed
        transaction.set_rollback(True)


def test_sign_ins_are_printed_and_left_where_only_this_user_reads_them(made, settings):
    file = settings.HOME / "demo-sign-ins.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() in made
    assert PASSWORD in made
    for person in WORDS["ru"].people:
        user = User.objects.get(email=f"{person.address}@chisty-stol.example")
        assert user.email in made
        assert user.check_password(PASSWORD)
        assert (user.role, user.function, user.language) == (person.role, person.function, "ru")


def test_a_second_run_is_refused_and_changes_nothing(made, settings, tmp_path):
    before = list(Client.objects.order_by("pk").values())
    settings.HOME = tmp_path
    with pytest.raises(CommandError) as refused:
        demo_data()
    assert refused.value.returncode == 2
    assert list(Client.objects.order_by("pk").values()) == before
    assert not list(tmp_path.iterdir())


def test_reset_needs_a_yes_and_then_starts_anew(made):
    names = set(Client.objects.values_list("name", flat=True))
    with pytest.raises(CommandError) as refused:
        demo_data(reset=True)
    assert refused.value.returncode == 2
    assert set(Client.objects.values_list("name", flat=True)) == names
    demo_data(reset=True, yes=True, lang="en")
    assert not names & set(Client.objects.values_list("name", flat=True))
    assert Client.objects.exclude(kind="group").count() == SMALL["clients"]
    assert set(User.objects.values_list("language", flat=True)) == {"en"}
    assert not User.objects.filter(email__endswith="chisty-stol.example").exists()


@pytest.mark.parametrize("wrong", [{"clients": 0}, {"months": 0}, {"seed": -1}, {"lines": 0}])
def test_impossible_sizes_are_refused(db, home, wrong):
    with acting_system("test"), pytest.raises(CommandError) as refused:
        demo_data(**wrong)
    assert refused.value.returncode == 2


def test_people_rated_with_reasons_and_left_gaps(made):
    now = Rating.objects.filter(known_to__isnull=True)
    assert now.exists()
    for rating in now.select_related("rater", "client", "criterion"):
        assert rating.value == int(rating.value)
        texts = REASONS["ru"][rating.criterion.key].for_rating(int(rating.value))
        assert rating.reason in texts
        assert rating.client.group_id is None
        assert rating.rater.role == "manager" or rating.rater_id == rating.client.owner_id
    counts = {
        now.filter(client=client).values("criterion").distinct().count()
        for client in Client.objects.filter(owner__isnull=False, group__isnull=True)
    }
    assert 0 in counts
    assert len(counts) > 2
    assert Rating.objects.filter(known_to__isnull=False).exists()
    assert {rater.role for rater in User.objects.filter(pk__in=now.values("rater"))} == {
        "kam",
        "manager",
    }


def test_the_same_seed_gives_the_same_ratings(made):
    def ratings():
        found = Rating.objects.values_list(
            "client__name", "criterion__key", "rater__email", "value", "date", "reason"
        )
        return sorted(map(str, found))

    first = ratings()
    demo_data(reset=True, yes=True)
    assert ratings() == first


def test_a_matrix_is_active_and_its_ranking_is_asked_for(made):
    matrix = Matrix.objects.get(is_main=True)
    version = matrix.versions.get(status=MatrixVersion.Status.ACTIVE)
    taken = version.criteria.order_by("position").values_list("criterion__key", "weight")
    assert [(key, int(weight)) for key, weight in taken] == list(CRITERIA)
    assert version.selection_value == SELECTED
    assert version.reason
    waiting = Job.objects.filter(kind="scoring.rank", status=Job.Status.WAITING)
    prospects = Matrix.objects.get(population=Matrix.Population.PROSPECTS)
    assert {job.payload["matrix_id"] for job in waiting} == {matrix.pk, prospects.pk}


def test_the_ranking_of_the_demo_has_full_and_partial_coverage(made):
    out = io.StringIO()
    call_command("rank", "--json", "--top", "1000", stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["selected"] == SELECTED
    coverage = {round(row["coverage"], 2) for row in answer["rows"] if row["coverage"]}
    assert 1.0 in coverage
    assert min(coverage) < 1


def test_every_criterion_that_people_rate_has_reasons_in_both_languages(db):
    keys = set(
        Criterion.objects.filter(rated_by_people=True, in_library=True).values_list(
            "key", flat=True
        )
    )
    assert keys
    for reasons in REASONS.values():
        assert set(reasons) == keys


def test_the_matrix_of_the_demo_is_tried_on_its_history(db, home):
    """The usual length of history is enough for three dates, and so for a verdict."""
    demo_data(clients=100, months=30, seed=7)
    for job in Job.unscoped.filter(kind="scoring.backtest").order_by("pk"):
        run_job(job.pk)
    with acting_system("test"):
        level, growth = Backtest.objects.order_by("pk")
    for row in (level, growth):
        assert len(row.summary["dates"]) == 3, row.result["skipped"]
        assert set(row.summary["verdicts"].values()) <= {"better", "no_evidence", "worse"}
    assert level.summary["verdicts"]["random"] == "better"
