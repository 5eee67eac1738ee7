"""F1, F17, F18: what becomes of a ranking whose worker is killed, or asked to end."""

import datetime as dt
import random
import time

import pytest
from django.db import transaction

from accounts.models import Place, User
from kam.jobs.models import Job
from kam.lib.scoping import acting_system
from scoring.models import Matrix, RankingRun
from scoring.services.requests import ask_ranking
from tests.factories import make_user
from tests.scoring.conftest import DAY, make_buyers, rank_now

pytestmark = [pytest.mark.drill, pytest.mark.full]
LATER = dt.date(2024, 7, 31)
WAITS_FOR_A_LOCK = (
    "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
    "WHERE NOT l.granted AND a.datname = current_database()"
)


def shown() -> set[int]:
    with acting_system("drill"):
        return set(Place.objects.values_list("run_id", flat=True).distinct())


def test_a_ranking_killed_at_several_points_ends_as_if_nothing_had_been(house, told):
    told.fault(
        "F1", "the worker of a ranking killed: at a random moment, and when all rows were written",
        "the former one shows until then; same result; ≤ 120 s after each kill",
    )  # fmt: skip
    matrix = Matrix.objects.get(is_main=True)
    make_buyers(60)
    former = rank_now(matrix)
    # What it has to come to: computed undisturbed, and taken back.
    with transaction.atomic():
        expected = rank_now(matrix, LATER).checksum
        transaction.set_rollback(True)
    house.up("worker", "dispatcher")
    asker = make_user(User.Role.MANAGER)
    with acting_system("drill"):
        job = ask_ranking(matrix, asker, LATER)

    def status() -> str:
        return Job.unscoped.values_list("status", flat=True).get(pk=job.pk)

    waits, seen = [], set()

    def kill_and_wait_for_the_next_start(attempt: int) -> None:
        house.kill("worker")
        began = time.monotonic()

        def again() -> bool:
            seen.update(shown())
            return Job.unscoped.filter(pk=job.pk, attempts__gt=attempt).exists()

        house.until(again, 120, tend=True)
        waits.append(time.monotonic() - began)

    with transaction.atomic():
        # Its rows are written, and it waits to be shown.
        Matrix.objects.select_for_update().get(pk=matrix.pk)
        house.until(lambda: house.value(WAITS_FOR_A_LOCK) == 1)
        house.kill("worker")
    began = time.monotonic()
    house.until(lambda: Job.unscoped.filter(pk=job.pk, attempts=2).exists(), 120, tend=True)
    waits.append(time.monotonic() - began)
    time.sleep(random.uniform(0, 0.2))
    if status() == Job.Status.RUNNING:
        kill_and_wait_for_the_next_start(2)
    house.until(lambda: status() == Job.Status.DONE, 120, tend=True)
    whole = time.monotonic() - began
    with acting_system("drill"):
        later = RankingRun.objects.filter(as_of=LATER)
        told.saw(
            f"goes on after {' and '.join(f'{wait:.0f}' for wait in waits)} s, "
            f"done {whole:.0f} s after the first kill, same checksum"
        )
        assert [run.checksum for run in later] == [expected]
        assert shown() == {later.get().pk}
        assert seen <= {former.pk, later.get().pk}
    assert former.as_of == DAY
    assert max(waits) <= 120
