from django.db import migrations

# As in 0015: the columns that are kept, and whether a removed row is kept whole.
CRITERION = (
    "label_ru label_en description_ru description_en anchors axis measure rule rated_by_people"
    " people_share"
)
BEFORE = {
    "matrixversion": ("status selection selection_value gap dwell_days min_coverage reason"
                      " activated_at", ""),
    "versioncriterion": ("version_id criterion_id position weight measure rule rated_by_people"
                         " people_share mandatory", "whole"),
}  # fmt: skip
# A draft that was thrown away tells of which matrix it was.  The order of criteria follows from
# the list, and moves while it is saved.
NOW = {
    "matrixversion": ("matrix_id number status selection selection_value gap dwell_days"
                      " min_coverage reason activated_at", "whole"),
    "versioncriterion": ("version_id criterion_id weight measure rule rated_by_people"
                         " people_share mandatory", "whole"),
}  # fmt: skip


def forget(name: str) -> str:
    return f"SELECT accounts_forget_edits_of('scoring_{name}')"


def keep(name: str, columns: str, removed: str) -> str:
    kept = ",".join(columns.split())
    return f"SELECT accounts_keep_edits_of('scoring_{name}', '', '{{{kept}}}', '{removed}')"


class Migration(migrations.Migration):
    dependencies = [("scoring", "0015_history")]
    operations = [
        migrations.RunSQL(
            [
                keep("criterion", CRITERION, "whole"),
                *(each for name in NOW for each in (forget(name), keep(name, *NOW[name]))),
            ],
            [
                forget("criterion"),
                *(each for name in NOW for each in (forget(name), keep(name, *BEFORE[name]))),
            ],
        )
    ]
