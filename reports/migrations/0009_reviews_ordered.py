from django.db import migrations, models

KINDS = [
    ("kam", "KAM report: own clients"),
    ("team", "Portfolio of the team"),
    ("company", "Portfolio of the company"),
    ("programme", "Return of the key client programme"),
    ("reviews", "Business reviews of one's own key clients"),
    ("built", "A built report"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0008_built_reports_ordered"),
    ]

    operations = [
        migrations.AlterField(
            model_name="report",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=10),
        ),
        migrations.AlterField(
            model_name="schedule",
            name="kind",
            field=models.CharField(
                choices=KINDS, default="kam", max_length=10, verbose_name="report"
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "reviews"), _negated=True),
                    ("rhythm", "quarter"),
                    _connector="OR",
                ),
                name="schedule_of_reviews",
                violation_error_message="Business reviews are made every quarter.",
            ),
        ),
    ]
