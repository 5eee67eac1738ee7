from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0048_history_of_parts")]

    operations = [
        AddIndexConcurrently(
            "Document", models.Index(fields=["-date", "-id"], name="document_latest")
        )
    ]
