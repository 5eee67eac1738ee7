"""Each role of the database can what it should, and is refused what it should not: every table."""

import json
import os
from pathlib import Path

import dj_database_url
import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from psycopg2 import sql

from kam.backup import readers, tools
from kam.servers.postgres import BACKUP, READONLY

pytestmark = pytest.mark.django_db
# What figures made elsewhere never get, each named here: a new table has to be thought of.
NOT_FOR_FIGURES = {
    *readers.WITHHELD,
    # Sign-in.
    "account_emailaddress", "account_emailconfirmation", "auth_group", "auth_group_permissions",
    "auth_permission", "django_session", "mfa_authenticator",
    # The frame.
    "cache", "django_content_type", "django_migrations", "lib_companyrecord", "lib_namedanswer",
    "lib_pace",
    # The trail, jobs, and what goes out.
    "audit_dataaccess", "audit_event", "audit_seal", "backup_backup", "exports_export", "jobs_hold",
    "jobs_job", "webhooks_attempt", "webhooks_delivery", "webhooks_endpoint", "webhooks_message",
}  # fmt: skip
COLUMNS_WITHHELD = {
    "accounts_user": {"password", "key_slots", "mail_serial", "calendar_serial"},
    "accounts_surveyinvitation": {"nonce", "digest"},
    "accounts_contact": {"email", "phone"},
}
# Parts of rankings: they are read through the table that they are parts of.
PARTS = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
       AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
"""


def address(role: str) -> dict:
    found = dj_database_url.parse(os.environ["DATABASE_OWNER_URL"])
    passwords = json.loads(Path(os.environ["KAM_HOME"], "passwords.json").read_text())
    return found | {"USER": role, "PASSWORD": passwords[role]}


def connected(role: str = ""):
    given = address(role) if role else dj_database_url.parse(os.environ["DATABASE_OWNER_URL"])
    there = psycopg2.connect(
        host=given["HOST"], port=given["PORT"], user=given["USER"], password=given["PASSWORD"],
        dbname=given["NAME"],
    )  # fmt: skip
    there.autocommit = True
    return there


@pytest.fixture(scope="module")
def granted(django_db_setup):
    """As after a migration; in a copy of the database that may have been made before there were
    such rights."""
    owner = connected()
    with owner.cursor() as cursor:
        assert readers.grant(cursor) == len(readers.readable())
    yield owner
    owner.close()


def tables(cursor) -> list[tuple[str, str]]:
    cursor.execute(PARTS)
    found = sorted(cursor.fetchall())
    assert len(found) > 150
    return found


def refused(cursor, statement) -> bool:
    try:
        cursor.execute(statement)
    except psycopg2.errors.InsufficientPrivilege:
        return True
    return False


def test_figures_get_the_tables_of_business_and_nothing_else(granted):
    there = connected(READONLY)
    open_ones = {table[:2]: table.columns for table in readers.readable()}
    with there.cursor() as cursor, granted.cursor() as looking:
        closed = set()
        for place in tables(looking):
            name = sql.Identifier(*place)
            if place not in open_ones:
                closed.add(place[1])
                assert refused(cursor, sql.SQL("SELECT FROM {}").format(name)), place
                looking.execute(
                    "SELECT has_any_column_privilege(%s, %s, 'SELECT')",
                    [READONLY, f"{place[0]}.{place[1]}"],
                )
                assert looking.fetchone() == (False,), place
                continue
            columns = open_ones[place]
            what = sql.SQL("*")
            if columns is not None:
                assert refused(cursor, sql.SQL("SELECT * FROM {}").format(name)), place
                what = sql.SQL(", ").join(map(sql.Identifier, columns))
            cursor.execute(sql.SQL("SELECT {} FROM {} LIMIT 1").format(what, name))
        assert closed == NOT_FOR_FIGURES
        for table, withheld in COLUMNS_WITHHELD.items():
            for column in withheld:
                assert refused(cursor, f"SELECT {column} FROM {table}"), (table, column)
        cursor.execute("SELECT id, name, email FROM accounts_user")
    there.close()


@pytest.mark.parametrize("role", [BACKUP, READONLY])
def test_who_reads_writes_nothing(granted, role):
    there = connected(role)
    with there.cursor() as cursor, granted.cursor() as looking:
        cursor.execute("SET default_transaction_read_only = off")
        for place in tables(looking):
            looking.execute(
                "SELECT has_table_privilege(%(role)s, %(table)s,"
                " 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"
                " OR has_any_column_privilege(%(role)s, %(table)s, 'INSERT, UPDATE, REFERENCES')",
                {"role": role, "table": f"{place[0]}.{place[1]}"},
            )
            assert looking.fetchone() == (False,), place
            name = sql.Identifier(*place)
            assert refused(cursor, sql.SQL("DELETE FROM {} WHERE false").format(name)), place
        for statement in (
            "CREATE TABLE public.mine (id int)", "CREATE SCHEMA mine", "SET ROLE kam_app",
            "CREATE ROLE other", "SELECT pg_read_file('postgresql.conf')",
            "SELECT setval('accounts_user_id_seq', 1)",
        ):  # fmt: skip
            assert refused(cursor, statement), statement
    there.close()


def test_a_backup_reads_every_table_also_a_new_one(granted, tmp_path):
    there = connected(BACKUP)
    with there.cursor() as cursor, granted.cursor() as owner:
        owner.execute("CREATE TABLE accounts_of_this_test (id int)")
        try:
            for place in tables(owner):
                cursor.execute(sql.SQL("SELECT * FROM {} LIMIT 1").format(sql.Identifier(*place)))
            dump = tmp_path / "dump"
            tools.run("pg_dump", ["--format=custom", f"--file={dump}"], address(BACKUP))
            assert dump.stat().st_size > 100_000
            figures = connected(READONLY)
            with figures.cursor() as reading:
                assert refused(reading, "SELECT FROM accounts_of_this_test")
            figures.close()
        finally:
            owner.execute("DROP TABLE accounts_of_this_test")
    there.close()


def test_what_was_given_by_hand_is_taken_back_and_who_may_not_give_is_told(granted):
    with granted.cursor() as cursor:
        cursor.execute(f"GRANT SELECT ON django_session TO {READONLY}")
        readers.grant(cursor)
        there = connected(READONLY)
        with there.cursor() as reading:
            assert refused(reading, "SELECT FROM django_session")
        there.close()
        cursor.execute(f"REVOKE SELECT ON accounts_team FROM {READONLY}")
        try:
            with pytest.raises(CommandError, match="DATABASE_OWNER_URL"), transaction.atomic():
                call_command("grant_roles")  # the tests are the application
        finally:
            assert readers.grant(cursor) == len(readers.readable())
