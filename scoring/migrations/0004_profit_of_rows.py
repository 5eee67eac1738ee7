"""Rows keep the profit that broke ties and was shared out, so that a list can be cut again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scoring", "0003_immutable")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE runs.ranking_row ADD COLUMN profit double precision NOT NULL DEFAULT 'NaN'",
            "ALTER TABLE runs.ranking_row DROP COLUMN profit",
        ),
        migrations.AddField("rankingrow", "profit", models.FloatField()),
    ]
