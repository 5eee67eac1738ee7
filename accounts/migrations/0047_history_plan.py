from django.db import migrations

# A session keeps the plan that it made for one edited row; a nested loop over the old and the new
# rows of a statement that changes thousands would then take their square.
PLANNED = "ALTER FUNCTION accounts_keep_edit() SET enable_nestloop = off"
BEFORE = "ALTER FUNCTION accounts_keep_edit() RESET enable_nestloop"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0046_history")]
    operations = [migrations.RunSQL(PLANNED, BEFORE)]
