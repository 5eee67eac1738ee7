import django.contrib.postgres.indexes
import django.core.validators
from django.db import migrations, models

# Who has which part in a plan; a removed part is in no bin, so it is kept whole.
KEPT = "plan_id person_id function part acknowledged"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0047_history_plan")]
    operations = [
        migrations.AddField(
            "retentionrules",
            "history",
            models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(12),
                    django.core.validators.MaxValueValidator(240),
                ],
                verbose_name="history of changes",
            ),
        ),
        migrations.RunSQL(
            "SELECT accounts_keep_edits_of('accounts_planparticipant', 'plan_id', "
            f"'{{{','.join(KEPT.split())}}}', 'whole')",
            "SELECT accounts_forget_edits_of('accounts_planparticipant')",
        ),
        migrations.AddIndex(
            "edit", django.contrib.postgres.indexes.BrinIndex(fields=["at"], name="edit_at")
        ),
    ]
