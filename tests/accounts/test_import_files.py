"""A file brought in by the browser: read as guessed or as told, checked, loaded, kept, removed."""

import datetime as dt
import gzip

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.importing import FIELDS
from accounts.models import Client, Document, ImportBatch, ImportFile
from accounts.services import import_files
from accounts.services.importing.field_words import choices
from kam.jobs.execution import run as run_job
from kam.jobs.models import Job
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_user

pytestmark = pytest.mark.django_db
SALES = """Номер;Дата;Контрагент;ИНН;Сумма;Комментарий
А-1;09.01.2024;ООО «Альфа»;7707083893;1 000,50;первый
А-2;10.01.2024;ООО «Бета»;7728168971;2 000,00;
А-3;31.02.2024;ООО «Бета»;7728168971;3 000,00;
"""


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    store = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = settings.STORAGES | {"default": store}


@pytest.fixture
def manager(client):
    person = make_user("manager", language="en")
    client.force_login(person)
    return person


def upload(text: str | bytes = SALES, name: str = "sales.csv") -> SimpleUploadedFile:
    data = text if isinstance(text, bytes) else text.encode("cp1251")
    return SimpleUploadedFile(name, data)


def bring(client, *args, **more) -> ImportFile:
    answer = client.post(reverse("import_file_create"), {"file": upload(*args), **more})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    with acting_system("test"):
        return ImportFile.objects.latest("pk")


def fields_of(page) -> dict[str, str]:
    """What the form of the page would send as it stands."""
    form = page.context["form"]
    return {name: str(form[name].value() or "") for name in form.fields}


def work(kind: str) -> Job:
    with acting_system("test"):
        job = Job.unscoped.get(kind=kind, status="waiting")
        run_job(job.pk)
        return Job.unscoped.get(pk=job.pk)


def fresh(row) -> ImportFile:
    with acting_system("test"):
        return ImportFile.objects.select_related("batch", "job").get(pk=row.pk)


def test_a_file_is_recognised_checked_and_loaded(client, manager):
    row = bring(client)
    assert (row.kind, row.status, row.titles[0]) == ("documents", "new", "Номер")
    address = reverse("import_file", args=[row.pk])
    page = client.get(address)
    text = page.content.decode()
    assert "Encoding cp1251, names of columns in row 1." in text
    assert "1 000,50" in text
    assert "Комментарий" in text

    assert client.post(address, fields_of(page)).status_code == 302
    assert "Working out what would change" in client.get(address).content.decode()
    assert work("accounts.import_check").status == "done"
    row = fresh(row)
    assert row.status == "checked"
    assert row.preview["documents"]["created"] == 2
    assert [(each["row"], each["code"]) for each in row.preview["errors"]] == [(4, "date.invalid")]
    with acting_system("test"):
        assert not Document.objects.exists(), "a check writes nothing"
        assert not Client.objects.filter(name__contains="Альфа").exists()
        assert not ImportBatch.objects.exists()
    text = client.get(address).content.decode()
    assert "What it would change" in text
    assert "Load all but 1 refused row" in text
    assert "31.02.2024" in text

    assert client.post(reverse("import_file_load", args=[row.pk])).status_code == 302
    assert work("accounts.import_load").status == "done"
    row = fresh(row)
    assert row.status == "loaded"
    assert row.batch.report["documents"]["created"] == 2
    assert row.batch.filename == "sales.csv"
    assert row.batch.asked_by == manager
    with acting_system("test"):
        assert Document.objects.count() == 2
    assert "Taken in, except" in client.get(address).content.decode()
    detail = client.get(reverse("import_detail", args=[row.batch_id])).content.decode()
    assert reverse("import_file_content", args=[row.pk]) in detail
    original = client.get(reverse("import_file_content", args=[row.pk]))
    assert b"".join(original.streaming_content) == SALES.encode("cp1251")


def test_the_findings_are_a_file_without_formulas(client, manager):
    row = bring(client, SALES.replace("31.02.2024", "=1+1"))
    client.post(
        reverse("import_file", args=[row.pk]),
        fields_of(client.get(reverse("import_file", args=[row.pk]))),
    )
    work("accounts.import_check")
    table = client.get(reverse("import_file_findings", args=[row.pk])).content.decode("utf-8-sig")
    head, *rows = table.splitlines()
    assert head == "Номер,Дата,Контрагент,ИНН,Сумма,Комментарий,Reason"
    assert len(rows) == 1, "the sound rows are not in it"
    assert rows[0].startswith("А-3,'=1+1,")
    assert "is not a date" in rows[0]
    assert not any(cell.startswith("=") for line in table.splitlines() for cell in line.split(","))


def test_corrected_rows_come_in_again(client, manager):
    row = bring(client)
    client.post(reverse("import_file_load", args=[row.pk]))
    work("accounts.import_load")
    table = client.get(reverse("import_file_findings", args=[row.pk])).content
    again = bring(client, table.replace(b"31.02.2024", b"29.02.2024"), "corrected.csv")
    client.post(reverse("import_file_load", args=[again.pk]))
    work("accounts.import_load")
    with acting_system("test"):
        assert Document.objects.count() == 3


def test_all_or_nothing_writes_nothing_of_a_file_with_an_error(client, manager):
    row = bring(client)
    client.post(reverse("import_file_load", args=[row.pk]), {"whole": "yes"})
    work("accounts.import_load")
    row = fresh(row)
    assert (row.status, row.batch) == ("refused", None)
    with acting_system("test"):
        assert not Document.objects.exists()
    assert row.is_open, "it can be read otherwise and tried again"


def test_other_choices_are_shown_at_once_and_kept_only_when_checked(client, manager):
    row = bring(client)
    address = reverse("import_file", args=[row.pk])
    part = client.get(
        address, {"kind": "payments"}, headers={"HX-Request": "true", "HX-Target": "reading"}
    ).content.decode()
    assert "Payment date" in part
    assert "<html" not in part
    assert fresh(row).kind == "documents"


def test_a_column_is_mapped_by_hand_and_the_mapping_is_remembered(client, manager):
    odd = SALES.replace("Сумма", "Наша цифра")
    row = bring(client, odd)
    address = reverse("import_file", args=[row.pk])
    page = client.get(address)
    fields = fields_of(page) | {"kind": "documents", "source": "1c"}
    page = client.get(
        address, {"kind": "documents"}, headers={"HX-Request": "true", "HX-Target": "reading"}
    )
    fields = fields_of(page) | {"kind": "documents", "source": "1c"}
    number = [column.title for column in page.context["found"].columns].index("Наша цифра")
    fields[f"column-{number}"] = "amount"
    assert client.post(address, fields).status_code == 302
    assert work("accounts.import_check").status == "done"
    assert fresh(row).preview["documents"]["created"] == 2
    client.post(reverse("import_file_load", args=[row.pk]))
    work("accounts.import_load")
    again = bring(client, odd.replace("А-", "Б-"))
    assert (again.kind, again.source) == ("documents", "1c")
    assert again.options["map"] == {"Наша цифра": "amount"}


def test_one_field_is_not_taken_from_two_columns(client, manager):
    row = bring(client)
    address = reverse("import_file", args=[row.pk])
    fields = fields_of(client.get(address)) | {"column-5": "number"}
    answer = client.post(address, fields)
    assert answer.status_code == 422
    assert "is taken as this already" in answer.content.decode()
    assert fresh(row).status == "new"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "table"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", ""),
        (gzip.compress(b"a;b\n" + b"0" * (70 << 20)), ""),
    ],
    ids=["empty", "picture", "entities", "bomb"],
)
def test_what_is_no_table_is_refused_with_words_and_not_kept(
    client, manager, settings, data, words
):
    answer = client.post(reverse("import_file_create"), {"file": upload(data)})
    assert answer.status_code == 422
    assert words.lower() in answer.content.decode().lower()
    with acting_system("test"):
        assert not ImportFile.objects.exists()
    place = settings.STORAGES["default"]["OPTIONS"]["location"]
    assert not [path for path in place.rglob("*") if path.is_file()]


def test_a_job_that_was_stopped_leaves_the_file_to_be_tried_again(client, manager):
    row = bring(client)
    client.post(reverse("import_file_load", args=[row.pk]))
    with acting_system("test"):
        job = Job.unscoped.get(kind="accounts.import_load")
    assert not fresh(row).is_open
    assert client.post(reverse("import_file_load", args=[row.pk])).status_code == 302
    with acting_system("test"):
        assert Job.unscoped.filter(kind="accounts.import_load").count() == 1
    client.post(reverse("job_cancellation", args=[job.pk]))
    assert (
        "nothing was changed" in client.get(reverse("import_file", args=[row.pk])).content.decode()
    )
    assert fresh(row).is_open


def test_a_worker_that_ran_twice_loads_once(client, manager):
    row = bring(client)
    client.post(reverse("import_file_load", args=[row.pk]))
    job = work("accounts.import_load")
    with acting_system("test"):
        Job.unscoped.filter(pk=job.pk).update(status="waiting", attempts=0, lease=None)
        run_job(job.pk)
        assert Document.objects.count() == 2
        assert ImportBatch.objects.count() == 1


def test_put_aside_and_expired_files_are_removed_what_is_known_of_them_stays(client, manager):
    one, other = bring(client), bring(client, SALES.replace("А-", "В-"))
    client.post(reverse("import_file_aside", args=[one.pk]))
    one = fresh(one)
    assert (one.status, one.file.name) == ("put_aside", "")
    assert client.get(reverse("import_file_content", args=[one.pk])).status_code == 404
    with acting_system("test"):
        ImportFile.objects.filter(pk=other.pk).update(at=timezone.now() - dt.timedelta(days=91))
        assert import_files.expire(90, dry_run=True) == 1
        assert fresh(other).file
        assert import_files.expire(90) == 1
        assert not fresh(other).file
        assert import_files.expire(90) == 0
    assert client.get(reverse("import_file", args=[other.pk])).status_code == 200


def test_a_kam_brings_nothing_in(client):
    client.force_login(make_user("kam"))
    assert client.post(reverse("import_file_create"), {"file": upload()}).status_code == 403


def test_over_rest(client, manager):
    answer = client.post("/api/v1/import-files/", {"file": upload(), "source": "1c"})
    assert answer.status_code == 201
    pk = answer.json()["id"]
    address = f"/api/v1/import-files/{pk}/"
    json = "application/json"
    wrong = client.patch(address, {"map": {"Сумма": "nonsense"}}, content_type=json)
    assert wrong.status_code == 400
    changed = client.patch(address, {"vat": "included:20", "history": False}, content_type=json)
    assert changed.json()["options"]["vat"] == "included:20"
    assert client.post(f"{address}check/").status_code == 202
    work("accounts.import_check")
    assert client.get(address).json()["preview"]["totals"]["with_vat"]
    assert client.post(f"{address}load/", {}, content_type=json).status_code == 202
    work("accounts.import_load")
    assert client.get(address).json()["batch"]
    assert client.delete(address).status_code == 400
    assert client.get("/api/v1/import-files/").json()["results"][0]["status"] == "loaded"
    picture = client.post(
        "/api/v1/import-files/", {"file": upload(b"\x89PNG\r\n\x1a\n" + b"0" * 9)}
    )
    assert picture.status_code == 400


def test_what_was_decided_holds_for_the_check(manager):
    with acting_as(manager):
        row = import_files.keep(upload(), manager)
        row = import_files.decide(
            row, kind="documents", source="1c", options={"vat": "included:20"}, history=False
        )
    with acting_system("test"):
        report = import_files.check(row)
    assert not report.history
    assert str(report.totals["net"]) == "2500.42"  # (1000.50 + 2000.00) / 1.2, each rounded


def test_every_field_of_a_file_has_words():
    for kind in FIELDS:
        assert all(str(label) for _name, label in choices(kind)), kind


def test_a_file_that_cannot_be_read_has_no_rows_to_give_back(client, manager):
    row = bring(client)
    with acting_as(manager):
        ImportFile.objects.filter(pk=row.pk).update(
            status=ImportFile.Status.REFUSED,
            preview={
                "rows": 0,
                "errors": [{"row": None, "column": None, "code": "header.not_found"}],
            },
        )
    assert client.get(reverse("import_file_findings", args=[row.pk])).status_code == 404
    page = client.get(reverse("import_file", args=[row.pk])).content.decode()
    assert reverse("import_file_findings", args=[row.pk]) not in page
