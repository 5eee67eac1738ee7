from django.db import migrations

# What people edit here: the column that tells the client, the columns that are kept, and whether a
# removed row is kept whole.
EDITED = {
    "rating": ("client_id", "value not_applicable date reason known_to", ""),
    "matrix": ("", "name population is_main", ""),
    "matrixversion": ("", "status selection selection_value gap dwell_days min_coverage reason"
                      " activated_at", ""),
    "versioncriterion": ("", "version_id criterion_id position weight measure rule rated_by_people"
                         " people_share mandatory", "whole"),
}  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("scoring", "0014_joined_cards"), ("accounts", "0046_history")]
    operations = [
        migrations.RunSQL(
            [
                f"SELECT accounts_keep_edits_of('scoring_{name}', '{client}', "
                f"'{{{','.join(columns.split())}}}', '{removed}')"
                for name, (client, columns, removed) in EDITED.items()
            ],
            [f"SELECT accounts_forget_edits_of('scoring_{name}')" for name in EDITED],
        )
    ]
