"""Two cards of one client are joined: a review of the card that goes becomes one of the other.

What it says stays, and only the joining may do so.
"""

from django.db import migrations

BODY = """
CREATE OR REPLACE FUNCTION reports_keep_business_review() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := '{author_id,previous_id}';
BEGIN
    IF current_setting('kam.joining', true) = 'on' THEN
        free := free || '{client_id}';
    END IF;
    IF to_jsonb(NEW) - free = to_jsonb(OLD) - free THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a business review is never changed'
        USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_review_mail")]

    operations = [migrations.RunSQL(BODY, migrations.RunSQL.noop)]
