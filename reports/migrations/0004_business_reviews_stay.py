"""What a business review said stays: the database itself refuses to change it.

Links to a person or a review that went may change.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION reports_keep_business_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{author_id,previous_id}'::text[]
     = to_jsonb(OLD) - '{author_id,previous_id}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a business review is never changed'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER immutable BEFORE UPDATE ON reports_businessreview
    FOR EACH ROW EXECUTE FUNCTION reports_keep_business_review();
"""

BACKWARD = """
DROP TRIGGER immutable ON reports_businessreview;
DROP FUNCTION reports_keep_business_review;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_business_reviews")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
