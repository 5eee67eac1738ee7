"""New migrations must be safe while people work: nothing that rewrites or locks a large table.

What came before the first release is the baseline; from then on each operation on a large table is
one of the few that take no long lock, or is named below with its reason.
"""

from __future__ import annotations

import threading
import time

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.core.management import CommandError, call_command
from django.core.management.commands import migrate
from django.db import connection, migrations, models, transaction
from django.db.migrations.loader import MigrationLoader

LARGE = {
    "client", "contact", "document", "line", "payment", "interaction", "event", "dataaccess",
    "job", "healthweek", "rankingrow", "importbatch", "quarantinedrow",
}  # fmt: skip
# app -> the last migration of the baseline.  Until there is a release it may be moved on.
BASELINE = {
    "accounts": "0042", "scoring": "0013", "reports": "0002", "audit": "0004", "jobs": "0002",
    "lib": "0004", "exports": "0001", "webhooks": "0001", "backup": "0001",
}  # fmt: skip
# (app, migration) -> why it may nevertheless.
REVIEWED: dict[tuple[str, str], str] = {
    ("reports", "0004_business_reviews_stay"): "a trigger on a table that is made just before",
    ("scoring", "0014_joined_cards"): "replaces a function, touches no row",
    ("reports", "0006_joined_cards"): "replaces a function, touches no row",
    ("accounts", "0046_history"): "adds triggers, which waits for writers and touches no row",
    ("accounts", "0047_history_plan"): "sets how a function is planned, touches no row",
    ("scoring", "0015_history"): "adds triggers, which waits for writers and touches no row",
    ("accounts", "0048_history_of_parts"): "adds triggers to a small table, touches no row",
    ("scoring", "0016_history_of_criteria"): "adds triggers to a small table, touches no row",
}
HARMLESS = (
    migrations.AlterModelOptions, migrations.AlterModelManagers, migrations.DeleteModel,
    migrations.CreateModel, AddIndexConcurrently, migrations.RemoveIndex, migrations.RenameIndex,
    migrations.RemoveConstraint,
)  # fmt: skip


def faults(operation: migrations.operations.base.Operation) -> list[str]:
    """Why the operation may hold up those who work; nothing where it may not."""
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        return [said for each in operation.database_operations for said in faults(each)]
    if isinstance(operation, (migrations.RunPython, migrations.RunSQL)):
        return ["runs code of its own: how long on a million rows?"]
    if isinstance(operation, HARMLESS):
        return []
    name = getattr(operation, "model_name", getattr(operation, "name", "")).lower()
    if name not in LARGE:
        return []
    if isinstance(operation, migrations.AddField):
        field = operation.field
        if not field.null and field.db_default is models.NOT_PROVIDED:
            return [
                f"{name}.{operation.name}: make it nullable or give it a default in the database"
            ]
        if field.db_index or field.unique:
            return [f"{name}.{operation.name}: add the index concurrently, by itself"]
        return []
    return [f"{name}: {type(operation).__name__} takes a long lock or rewrites the table"]


def test_new_migrations_hold_nobody_up():
    loader = MigrationLoader(None)
    found = {
        f"{app}.{name}": said
        for (app, name), migration in loader.disk_migrations.items()
        if app in BASELINE and name[:4] > BASELINE[app] and (app, name) not in REVIEWED
        if (said := [each for operation in migration.operations for each in faults(operation)])
    }
    assert found == {}


def test_what_is_reviewed_is_there():
    assert set(REVIEWED) <= set(MigrationLoader(None).disk_migrations)


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("Client", "rank", models.IntegerField(default=0)),
        migrations.AddField(
            "Client", "code", models.CharField(null=True, max_length=9, unique=True)
        ),
        migrations.AlterField("Document", "number", models.TextField()),
        migrations.RemoveField("Document", "number"),
        migrations.RenameField("Client", "name", "title"),
        migrations.AddIndex("Line", models.Index(fields=["date"], name="x")),
        migrations.AddConstraint(
            "Line", models.CheckConstraint(condition=models.Q(net__gte=0), name="y")
        ),
        migrations.RunPython(migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL("UPDATE accounts_client SET name = name")]
        ),
    ],
)
def test_what_would_hold_people_up_is_caught(operation):
    assert faults(operation)


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("Client", "rank", models.IntegerField(null=True)),
        migrations.AddField("Client", "rank", models.IntegerField(db_default=0)),
        migrations.AddField("Team", "code", models.CharField(default="", max_length=9)),
        migrations.CreateModel("Client2", [("id", models.BigAutoField(primary_key=True))]),
        AddIndexConcurrently("Line", models.Index(fields=["date"], name="z")),
    ],
)
def test_what_holds_nobody_up_is_let_through(operation):
    assert faults(operation) == []


@pytest.mark.django_db(transaction=True)
def test_a_table_in_use_is_left_alone_after_two_seconds_and_it_is_said(monkeypatch):
    held, over = threading.Event(), threading.Event()

    def work() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE jobs_job IN SHARE MODE")
            held.set()
            over.wait(20)
        connection.close()

    def change(*args, **options) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE jobs_job IN ROW EXCLUSIVE MODE")

    monkeypatch.setattr(migrate.Command, "handle", change)
    worker = threading.Thread(target=work)
    worker.start()
    try:
        assert held.wait(10)
        began = time.monotonic()
        with pytest.raises(CommandError, match=r"in use for more than 2 s.*run migrate again"):
            call_command("migrate", verbosity=0)
        assert time.monotonic() - began < 4
    finally:
        over.set()
        worker.join()
        connection.close()
