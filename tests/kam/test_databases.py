"""Tests meet the rights of production, and each one the database as migrated."""

import os

import psycopg2
import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import ProgrammingError, connection

from kam.jobs.models import Job


@pytest.mark.django_db
def test_the_connection_is_that_of_the_application():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        user, database = cursor.fetchone()
    assert user != "kam_owner"
    assert database.startswith("test_kam_")
    assert os.environ["DATABASE_URL"].endswith(f"/{database}")
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="must be owner"):
        cursor.execute("ALTER TABLE jobs_job ADD COLUMN more int")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_a_test_commits_is_gone_in_the_next_and_what_migrations_left_is_there(turn):
    assert not Job.unscoped.exists()
    assert ContentType.objects.exists(), "rows of the migrations"
    Job.unscoped.create(kind="test.kept")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE runs.of_this_test (id int)")
    with psycopg2.connect(os.environ["DATABASE_URL"]) as another, another.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM jobs_job")
        assert cursor.fetchone()[0] == 1, "it was committed"
    another.close()
