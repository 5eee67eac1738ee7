from django.contrib.postgres.indexes import GinIndex
from django.db import migrations


class Migration(migrations.Migration):
    """Names are found by any part of them."""

    dependencies = [("accounts", "0001_people_and_facts"), ("lib", "0001_cache_and_extensions")]

    operations = [
        migrations.AddIndex(
            "client",
            GinIndex(
                fields=["sort_name"], opclasses=["gin_trgm_ops"], name="client_name_trigrams"
            ),
        ),
    ]
