import dj_database_url
from django.conf import settings
from django.db import migrations

COLUMNS = ",\n".join(
    [f"r{n} smallint NOT NULL" for n in range(1, 11)]
    + [f"x{n} double precision NOT NULL" for n in range(1, 11)]
)


def application_role(cursor) -> str:
    """The role the application connects with (the same as the owner where there is only one)."""
    if settings.DATABASE_URL:
        return dj_database_url.parse(settings.DATABASE_URL)["USER"]
    cursor.execute("SELECT current_user")
    return cursor.fetchone()[0]


def create(apps, schema_editor):
    """Rankings live in a schema of the application role, which adds a partition for each run."""
    with schema_editor.connection.cursor() as cursor:
        role = schema_editor.connection.ops.quote_name(application_role(cursor))
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS runs AUTHORIZATION {role}")
        cursor.execute(
            f"""
            CREATE TABLE runs.ranking_row (
                run_id bigint NOT NULL,
                client_id bigint NOT NULL,
                place integer NOT NULL,
                rank integer NOT NULL,
                previous_rank integer NOT NULL,
                selected smallint NOT NULL,
                score double precision NOT NULL,
                coverage double precision NOT NULL,
                low double precision NOT NULL,
                high double precision NOT NULL,
                {COLUMNS}
            ) PARTITION BY LIST (run_id)
            """
        )
        cursor.execute(
            """
            CREATE VIEW runs.client_place AS
            SELECT client_id, run_id, nullif(rank, 0) AS rank,
                   nullif(previous_rank, 0) AS previous_rank,
                   nullif(score, 'NaN'::float8) AS score, coverage, selected = 1 AS selected
            FROM runs.ranking_row WHERE false
            """
        )
        for name in ("TABLE runs.ranking_row", "VIEW runs.client_place"):
            cursor.execute(f"ALTER {name} OWNER TO {role}")


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_judgement")]
    operations = [
        migrations.RunPython(
            create,
            lambda apps, editor: editor.execute("DROP SCHEMA runs CASCADE"),
        )
    ]
