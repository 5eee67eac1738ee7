"""The first purposes, and since when imported contacts are here."""

from django.db import migrations

PURPOSES = (
    ("contract", "Работа с клиентом по договору", "Work with the client under contract", "contract"),
    ("documents", "Документы и учёт", "Documents and bookkeeping", "duty"),
    ("surveys", "Опросы об удовлетворённости", "Surveys of how content clients are", "interest"),
    ("marketing", "Реклама и новости", "Advertising and news", "consent"),
)
# By what the imports keep of what they made; else by the first import of that source.
ORIGINS = """
UPDATE accounts_contact c
   SET came_on = coalesce(
         (SELECT min(b.at)::date FROM accounts_importchange i
            JOIN accounts_importbatch b ON b.id = i.batch_id
           WHERE i.relation = 'accounts_contact' AND i.did = 'made' AND i.object_id = c.id),
         (SELECT min(b.at)::date FROM accounts_importbatch b
           WHERE b.kind = 'contacts' AND b.source = c.source),
         current_date)
 WHERE c.source <> ''
"""


def fill(apps, editor):
    model = apps.get_model("accounts", "Purpose")
    for position, (key, ru, en, basis) in enumerate(PURPOSES, start=1):
        row = model(key=key, label_ru=ru, label_en=en, basis=basis, position=position)
        row.save()
    editor.execute(ORIGINS)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0028_consents")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
