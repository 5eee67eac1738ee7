"""A ranking is there as a whole or not at all: readers, kills and two at once."""

import datetime as dt
import os
import subprocess
import sys
import threading
import time

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import Place
from kam.lib.scoping import acting_system
from scoring import store
from scoring.models import Matrix, MatrixVersion, RankingRun
from scoring.services import ranking
from scoring.services.ranking import run_ranking
from tests.factories import make_document
from tests.scoring.conftest import DAY, make_buyers, rank_now

pytestmark = pytest.mark.django_db(transaction=True)
LATER = dt.date(2024, 7, 31)


def runs_in_sight() -> set[int]:
    with acting_system("test"):
        return set(Place.objects.values_list("run_id", flat=True).distinct())


def partitions() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'runs'")
        return cursor.fetchone()[0]


def test_readers_see_the_old_ranking_until_the_new_one_is_whole(monkeypatch):
    matrix = Matrix.objects.get(is_main=True)
    make_buyers(5)
    first = rank_now(matrix)
    seen: list[set[int]] = []

    def look() -> None:
        try:
            seen.append(runs_in_sight())
        finally:
            connection.close()

    def write_and_look(run_id, rows):
        write(run_id, rows)
        reader = threading.Thread(target=look)
        reader.start()
        reader.join()

    write = store.write
    monkeypatch.setattr(store, "write", write_and_look)
    second = rank_now(matrix, LATER)
    assert seen == [{first.pk}]
    assert runs_in_sight() == {second.pk}


def test_a_failure_on_the_way_leaves_nothing(monkeypatch):
    matrix = Matrix.objects.get(is_main=True)
    make_buyers(5)
    first = rank_now(matrix)
    before = partitions()

    def fail(run):
        raise RuntimeError("no more disk")

    with monkeypatch.context() as patched:
        patched.setattr(ranking, "publish", fail)
        with pytest.raises(RuntimeError):
            rank_now(matrix, LATER)
    assert (partitions(), RankingRun.objects.count()) == (before, 1)
    assert runs_in_sight() == {first.pk}
    second = rank_now(matrix, LATER)  # a retry finishes
    assert runs_in_sight() == {second.pk}


KILLED = """
import datetime as dt, os, signal, sys
import django
django.setup()
from kam.lib.scoping import acting_system
from scoring import store
from scoring.models import MatrixVersion
from scoring.services import ranking
write = store.write
def write_and_die(run_id, rows):
    write(run_id, rows)
    os.kill(os.getpid(), signal.SIGKILL)
store.write = write_and_die
with acting_system("test"):
    ranking.run_ranking(MatrixVersion.objects.get(status="active"), dt.date(2024, 7, 31))
"""


def test_a_killed_ranking_leaves_the_old_one_and_a_retry_finishes():
    matrix = Matrix.objects.get(is_main=True)
    make_buyers(5)
    first = rank_now(matrix)
    before = partitions()
    died = subprocess.run(
        [sys.executable, "-c", KILLED],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "kam.settings"},
        capture_output=True,
        timeout=120,
    )
    assert died.returncode == -9, died.stderr.decode()
    assert runs_in_sight() == {first.pk}
    assert (partitions(), RankingRun.objects.count()) == (before, 1)
    second = rank_now(matrix, LATER)
    assert runs_in_sight() == {second.pk}


def test_two_rankings_of_a_matrix_take_turns(monkeypatch):
    matrix = Matrix.objects.get(is_main=True)
    buyers = make_buyers(3)
    entered, go_on = threading.Event(), threading.Event()
    order: list[str] = []

    def slow_gather(*args, **named):
        order.append(threading.current_thread().name)
        if threading.current_thread().name == "first":
            entered.set()
            go_on.wait(20)
        return gather(*args, **named)

    gather = ranking.gather
    monkeypatch.setattr(ranking, "gather", slow_gather)

    def work(day):
        try:
            with acting_system("test"):
                run_ranking(MatrixVersion.objects.get(matrix=matrix), day)
        finally:
            connection.close()

    first = threading.Thread(target=work, args=[DAY], name="first")
    second = threading.Thread(target=work, args=[LATER], name="second")
    first.start()
    assert entered.wait(20)
    second.start()
    time.sleep(0.3)
    assert order == ["first"]
    make_document(buyers[0], "2024-06-01", 5)
    go_on.set()
    first.join(30)
    second.join(30)
    assert order == ["first", "second"]
    earlier, later = RankingRun.objects.order_by("pk")
    assert (earlier.as_of, later.as_of, later.previous) == (DAY, LATER, earlier)


def test_waiting_has_an_end(monkeypatch):
    matrix = Matrix.objects.get(is_main=True)
    monkeypatch.setattr(ranking, "PATIENCE", 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    held = threading.Event()
    release = threading.Event()

    def hold():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s, %s)", [ranking.LOCK, matrix.pk])
                held.set()
                release.wait(20)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    with pytest.raises(ranking.RankingBusy):
        rank_now(matrix)
    release.set()
    holder.join()
