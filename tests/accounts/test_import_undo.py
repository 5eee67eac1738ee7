"""A whole import is taken back as if it had never come, while nothing depends on it."""

import datetime as dt
import json

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils.translation import override

from accounts.models import (
    Client,
    Contact,
    ImportBatch,
    ImportChange,
    Product,
    QuarantinedRow,
    Team,
    Wallet,
)
from accounts.services import import_files, import_undo, quarantine, removals
from accounts.services.clients import update
from accounts.services.importing import run
from kam.audit.models import Event
from kam.jobs.execution import run as run_job
from kam.jobs.models import Job
from kam.lib.scoping import acting_as, acting_system
from scoring.models import Criterion
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db

CLIENTS = """external_id,name,inn,segment,group,owner
A1,Acme,7707083893,Shops,,
A2,Best,,Shops,Holding,
"""
CLIENTS_LATER = """external_id,name,inn,segment,city,group,owner
A1,Acme Limited,7707083893,Cafes,Tver,Holding,
A3,Core,,Cafes,,,
"""
CONTACTS = """client,name,email,phone
A1,Ann,ann@acme.example,
A2,Bob,,+7 495 123-45-67
"""
CONTACTS_LATER = """client,name,email,phone
A1,Ann,ann.new@acme.example,1234567
A1,Cleo,,
"""
DOCUMENTS = """number,date,client,product,product_name,family,quantity,amount,type
D-1,2024-01-10,A1,P1,Soap,Care,2,100.00,invoice
D-1,2024-01-10,A1,P2,Brush,Care,1,50.00,invoice
D-2,2024-02-10,A2,P1,Soap,Care,1,70.00,invoice
D-3,2024-02-20,Nobody,P1,Soap,Care,1,7.00,invoice
"""
DOCUMENTS_LATER = """number,date,client,product,product_name,family,quantity,amount,type,organisation
D-1,2024-01-10,A1,P1,Hand soap,Care,2,90.00,invoice,
D-4,2023-12-01,A1,P3,Towel,Cloth,1,20.00,invoice,
D-5,2024-03-01,A2,P3,Towel,Cloth,1,-5.00,credit_note,
"""
PAYMENTS = """number,date,client,amount,document
P-1,2024-02-01,A1,150.00,D-1
P-2,2024-03-01,A2,30.00,
"""
PAYMENTS_LATER = """number,date,client,amount,document
P-1,2024-02-01,A1,120.00,D-1
P-3,2024-03-05,A2,40.00,
"""
INTERACTIONS = """client,date,kind,subject,text
A1,2024-01-15,call,Prices,Talked
"""
INTERACTIONS_LATER = """client,date,kind,subject,text
A1,2024-01-15,call,Prices,Talked for an hour
A2,2024-01-16,meeting,Plans,Met
"""
RATINGS = """client,criterion,rating,rater,date
A1,loyalty,7,Ann Boss,2024-01-01
"""
RATINGS_LATER = """client,criterion,rating,rater,date
A1,loyalty,4,Ann Boss,2024-02-01
A2,loyalty,9,Ann Boss,2024-02-01
"""
FIRST = {
    "clients": CLIENTS,
    "contacts": CONTACTS,
    "documents": DOCUMENTS,
    "payments": PAYMENTS,
    "interactions": INTERACTIONS,
    "ratings": RATINGS,
}
LATER = {
    "clients": CLIENTS_LATER,
    "contacts": CONTACTS_LATER,
    "documents": DOCUMENTS_LATER,
    "payments": PAYMENTS_LATER,
    "interactions": INTERACTIONS_LATER,
    "ratings": RATINGS_LATER,
}
# What tells of imports and work rather than of clients.
ABOUT_IMPORTS = {
    "accounts_importbatch", "accounts_importchange", "audit_event", "audit_seal", "jobs_job"
}  # fmt: skip


@pytest.fixture
def boss():
    return make_user("manager", name="Ann Boss", language="en", team=Team.objects.create(name="N"))


@pytest.fixture(autouse=True)
def loyalty(db):
    return Criterion.objects.get_or_create(
        key="loyalty", defaults={"label_ru": "Лояльность", "label_en": "Loyalty"}
    )[0]


def load(tmp_path, kind: str, text: str, **options) -> ImportBatch:
    path = tmp_path / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    report = run(path, kind, source="crm", **options)
    assert not report.errors, [issue.code for issue in report.errors]
    with acting_system("test"):
        return ImportBatch.objects.get(pk=report.batch_id)


def everything() -> dict[str, list[str]]:
    """All rows of all tables, but those about imports; clients and contacts without the number
    that counts their changes."""
    found = {}
    for model in apps.get_models():
        table = model._meta.db_table
        if table in ABOUT_IMPORTS or not model._meta.managed:
            continue
        with connection.cursor() as cursor:
            unlike = "'version'" if table in ("accounts_client", "accounts_contact") else "'paid_'"
            cursor.execute(f'SELECT (to_jsonb(t) - {unlike})::text FROM "{table}" t ORDER BY 1')
            rows = [text for (text,) in cursor.fetchall()]
        if table == "accounts_allocation":  # told anew from day to day, so with other keys
            rows = sorted(_plain(row) for row in rows if '"known_to": null' in row)
        if table == "accounts_document":
            rows = sorted(_plain(row, "settled_known") for row in rows)
        found[table] = rows
    return {table: rows for table, rows in found.items() if rows}


def _plain(row: str, without: str = "id") -> str:
    """Without one column; that an allocation is known is told by the day."""
    cells = json.loads(row)
    del cells[without]
    if "rule" in cells:
        cells["known_from"] = cells["known_from"][:10]
    return json.dumps(cells, sort_keys=True)


@pytest.mark.parametrize("history", [True, False])
def test_every_kind_of_import_goes_without_a_trace_latest_first(tmp_path, boss, history):
    states, batches = [], []
    for files in (FIRST, LATER):
        for kind, text in files.items():
            states.append(everything())
            batches.append(load(tmp_path, kind, text, history=history))
            assert everything() != states[-1], kind
    for batch, before in zip(reversed(batches), reversed(states), strict=True):
        found = import_undo.undo(batch, boss)
        assert found.effects, batch.kind
        assert everything() == before, batch.kind
    with acting_system("test"):
        assert not ImportChange.objects.exists()
        assert Event.objects.filter(action="import.undo", actor=boss).count() == 12
        assert set(ImportBatch.objects.values_list("undone_by", "revocable")) == {(boss.pk, False)}


def test_a_file_that_was_undone_loads_as_it_would_have(tmp_path, boss):
    load(tmp_path, "clients", CLIENTS)
    wrong = load(tmp_path, "documents", DOCUMENTS.replace("100.00", "120.00"))
    assert wrong.history, "the first file of its kind"
    import_undo.undo(wrong, boss)
    again = load(tmp_path, "documents", DOCUMENTS)
    assert again.history, "undone files do not count"
    assert again.report["documents"] == {"created": 3, "updated": 0, "unchanged": 0}


def test_what_a_later_import_wrote_over_waits_for_that(tmp_path, boss):
    load(tmp_path, "clients", CLIENTS)
    first = load(tmp_path, "documents", DOCUMENTS)
    later = load(tmp_path, "documents", DOCUMENTS_LATER)
    before = everything()
    with pytest.raises(import_undo.Hindered) as hindered:
        import_undo.undo(first, boss)
    (obstacle,) = hindered.value.obstacles
    assert (obstacle.code, obstacle.batch, obstacle.count) == ("later", later, 1)
    assert everything() == before
    import_undo.undo(later, boss)
    import_undo.undo(first, boss)


def test_clients_stay_while_documents_or_contacts_hang_on_them(tmp_path, boss):
    clients = load(tmp_path, "clients", CLIENTS)
    documents = load(tmp_path, "documents", DOCUMENTS)
    contacts = load(tmp_path, "contacts", CONTACTS)
    found = import_undo.look(clients)
    # Two documents, and two clients who bought and so are prospects no more; two contacts.
    assert {(each.code, each.batch, each.count) for each in found.obstacles} == {
        ("later", documents, 4),
        ("later", contacts, 2),
    }
    assert not found.is_possible


def test_what_people_edited_or_added_is_never_lost(tmp_path, boss):
    batch = load(tmp_path, "clients", CLIENTS)
    contacts = load(tmp_path, "contacts", CONTACTS)
    with acting_as(make_user("administrator")):
        acme = Client.objects.get(name="Acme")
        update(acme, {"city": "Omsk"}, acme.version)
        Wallet.objects.create(
            client=Client.objects.get(name="Best"), amount=5, date=dt.date(2024, 1, 1)
        )
        ann = Contact.objects.get(name="Ann")
        update(ann, {"left_on": dt.date(2024, 5, 1)}, ann.version)
    with override("en"):
        looked = import_undo.look(batch).obstacles
        found = {f"{each.code} {each.what}".strip(): each for each in looked}
        assert set(found) == {"later", "edited Clients", "depends What clients buy in all"}
    assert [client.name for client in found["edited Clients"].clients] == ["Acme"]
    with override("en"):
        looked = import_undo.look(contacts).obstacles
    assert {(each.code, each.what, each.count) for each in looked} == {
        ("edited", "Contacts", 1), ("depends", "Corrections of contacts", 1)
    }  # fmt: skip
    with pytest.raises(import_undo.Hindered):
        import_undo.undo(contacts, boss)
    with acting_system("test"):
        assert Contact.objects.count() == 2


def test_what_was_removed_since_would_come_back_without_its_import(tmp_path, boss):
    load(tmp_path, "clients", CLIENTS)
    contacts = load(tmp_path, "contacts", CONTACTS)
    with acting_as(boss):
        kept = removals.remove("contact", Contact.objects.first(), None, boss)
        assert {each.code for each in import_undo.look(contacts).obstacles} == {"removed"}
        removals.destroy(kept, boss)
        assert import_undo.look(contacts).is_possible


def test_only_what_the_import_changed_is_put_back(tmp_path, boss):
    load(tmp_path, "clients", CLIENTS)
    later = load(tmp_path, "clients", CLIENTS_LATER)
    with acting_as(make_user("administrator")):
        acme = Client.objects.get(name="Acme Limited")
        update(acme, {"region": "North"}, acme.version)
        seen = Client.objects.get(name="Acme Limited").version
    import_undo.undo(later, boss)
    with acting_system("test"):
        acme = Client.objects.get(inn="7707083893")
        assert (acme.name, acme.segment, acme.city, acme.region) == ("Acme", "Shops", "", "North")
        assert acme.version > seen, "who has it open sees that it changed"
        assert acme.group is None


def test_goods_stay_where_others_use_them(tmp_path, boss):
    load(tmp_path, "clients", CLIENTS)
    first = load(tmp_path, "documents", DOCUMENTS)
    load(tmp_path, "documents", DOCUMENTS_LATER.replace("D-1", "D-9"))
    import_undo.undo(first, boss)
    assert set(Product.objects.values_list("code", "name")) == {
        ("P1", "Hand soap"), ("P3", "Towel")
    }  # fmt: skip


def test_rows_given_from_quarantine_wait_there_again(tmp_path, boss):
    load(tmp_path, "clients", CLIENTS)
    load(tmp_path, "payments", PAYMENTS + "P-9,2024-03-01,Stranger,30.00,\n")
    shop = make_client("Somebody")
    before = everything()
    with acting_as(boss):
        row = QuarantinedRow.objects.get()
        assert quarantine.give([row.pk], shop, boss).loaded == 1
    with acting_system("test"):
        given = ImportBatch.objects.order_by("pk").last()
    import_undo.undo(given, boss)
    assert everything() == before, "and what the source calls the client is forgotten"


def test_it_can_be_undone_for_so_many_days(tmp_path, boss, settings):
    batch = load(tmp_path, "clients", CLIENTS)
    with acting_system("test"):
        ImportBatch.objects.update(at=batch.at - dt.timedelta(days=31))
        assert import_undo.expire(30, dry_run=True) == 1
        assert import_undo.expire(30) == 1
        assert not ImportChange.objects.exists()
    batch.refresh_from_db()
    assert [each.code for each in import_undo.look(batch).obstacles] == ["not_kept"]


def test_an_undone_import_is_not_undone_twice(tmp_path, boss):
    batch = load(tmp_path, "clients", CLIENTS)
    import_undo.undo(batch, boss)
    with pytest.raises(import_undo.Hindered) as hindered:
        import_undo.undo(batch, boss)
    assert [each.code for each in hindered.value.obstacles] == ["undone"]


def test_what_fails_half_way_changes_nothing(tmp_path, boss, monkeypatch):
    load(tmp_path, "clients", CLIENTS)
    batch = load(tmp_path, "documents", DOCUMENTS)
    before = everything()

    def stop(done, steps):
        if done == 3:
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError):
        import_undo.undo(batch, boss, stop)
    assert everything() == before


def test_nothing_is_written_down_outside_imports(boss):
    make_client("By hand")
    with acting_system("test"):
        assert not ImportChange.objects.exists()


def test_whatever_may_stand_in_the_way_has_a_name_in_words():
    for look in import_undo._dependents():
        assert import_undo._NAMES[look.model], look.model


def test_it_is_undone_from_its_page_by_a_job_and_the_file_can_be_loaded_again(
    client, boss, settings, tmp_path
):
    store = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = settings.STORAGES | {"default": store}
    client.force_login(boss)
    with acting_as(boss):
        file = import_files.keep(SimpleUploadedFile("clients.csv", CLIENTS.encode()), boss)
        import_files.load(file, partial=True)
        batch = file.batch
    page = client.get(reverse("import_detail", args=[batch.pk])).content.decode()
    assert reverse("import_undo", args=[batch.pk]) in page
    page = client.get(reverse("import_undo", args=[batch.pk])).content.decode()
    assert "Undo this import" in page
    assert client.post(reverse("import_undo", args=[batch.pk])).status_code == 302
    page = client.get(reverse("import_detail", args=[batch.pk])).content.decode()
    assert "being undone" in page
    with acting_system("test"):
        job = Job.objects.get(kind=import_undo.JOB)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.status == Job.Status.DONE, job.error
    assert job.result == {"file": "clients.csv", "removed": 6, "restored": 0}
    page = client.get(reverse("import_detail", args=[batch.pk])).content.decode()
    assert "as if the file had never come" in page
    assert reverse("import_undo", args=[batch.pk]) not in page
    with acting_as(boss):
        assert not Client.objects.exists()
        file.refresh_from_db()
        assert (file.batch, file.is_open) == (None, True)
        import_files.load(file, partial=True)
        assert Client.objects.count() == 3


def test_over_rest_one_sees_what_would_happen_and_what_stands_in_the_way(client, boss, tmp_path):
    clients = load(tmp_path, "clients", CLIENTS)
    contacts = load(tmp_path, "contacts", CONTACTS)
    client.force_login(boss)
    address = reverse("api:import-undo", args=[clients.pk])
    found = client.get(address).json()
    assert {each["what"]: each["removed"] for each in found["effects"]} == {
        "Clients": 3, "Memberships in groups": 1, "Names in other systems": 2
    }  # fmt: skip
    assert found["obstacles"] == [
        {"code": "later", "what": "", "count": 2, "batch": contacts.pk, "clients": []}
    ]
    answer = client.post(address)
    assert answer.status_code == 400
    assert "stands in its way" in answer.content.decode()
    answer = client.post(reverse("api:import-undo", args=[contacts.pk]))
    assert answer.status_code == 202
    with acting_system("test"):
        assert answer.json()["job"] == Job.objects.get(kind=import_undo.JOB).pk


def test_a_job_that_comes_too_late_says_why_and_changes_nothing(boss, tmp_path):
    batch = load(tmp_path, "clients", CLIENTS)
    with acting_as(boss):
        job = import_undo.request(batch, boss)
        Contact.objects.create(client=Client.objects.get(name="Acme"), name="Eve")
    run_job(job.pk)
    job.refresh_from_db()
    assert job.status == Job.Status.FAILED
    with acting_system("test"):
        assert Client.objects.count() == 3
        batch.refresh_from_db()
        assert (batch.undone_at, batch.is_being_undone) == (None, False)
