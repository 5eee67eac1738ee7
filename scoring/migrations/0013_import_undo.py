from django.db import migrations

# Ratings come by imports too, and answer the requests for them.
KEPT = ("rating", "ratingrequest")


class Migration(migrations.Migration):
    dependencies = [("scoring", "0012_old_rankings_may_go"), ("accounts", "0015_import_undo")]
    operations = [
        migrations.RunSQL(
            [f"SELECT accounts_keep_imports_of('scoring_{name}')" for name in KEPT],
            [f"SELECT accounts_forget_imports_of('scoring_{name}')" for name in KEPT],
        )
    ]
