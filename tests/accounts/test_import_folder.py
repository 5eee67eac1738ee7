"""Files dropped into a folder: taken when finished, once, never through a link; told about."""

import os

import pytest
from django.core.cache import cache
from django.core.checks import run_checks
from django.urls import reverse

from accounts.models import Document, ImportBatch, Notice
from accounts.services import import_folder
from accounts.services.notices import words_of
from kam.jobs.execution import run as run_job
from kam.jobs.models import Job
from kam.jobs.services import enqueue
from kam.lib.scoping import acting_system
from tests.factories import make_user

pytestmark = pytest.mark.django_db
SALES = "Номер;Дата;Контрагент;Сумма\nА-1;09.01.2024;ООО «Альфа»;1 000,50\n"


@pytest.fixture
def folder(settings, tmp_path):
    store = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = settings.STORAGES | {"default": store}
    settings.FILES_DIR = tmp_path / "files"
    settings.IMPORT_FOLDER = str(tmp_path / "in")
    settings.LANGUAGE_CODE = "en"
    (tmp_path / "in" / "1c").mkdir(parents=True)
    cache.delete(import_folder.SEEN)
    with acting_system("test"):
        yield tmp_path / "in" / "1c"


def drop(folder, text=SALES, name="sales.csv"):
    path = folder / name
    path.write_bytes(text.encode("cp1251"))
    return path


def names(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_file_is_taken_once_it_no_longer_changes(folder):
    drop(folder)
    assert import_folder.look() == {"taken": 0, "refused": 0}
    drop(folder, SALES + "А-2;10.01.2024;ООО «Бета»;2,00\n")
    assert import_folder.look() == {"taken": 0, "refused": 0}, "it has grown since"
    assert not Document.objects.exists()
    assert import_folder.look() == {"taken": 1, "refused": 0}
    assert Document.objects.count() == 2
    batch = ImportBatch.objects.get()
    assert (batch.source, batch.filename) == ("1c", "sales.csv")
    assert names(folder) == ["taken"]
    assert any(name.endswith("-sales.csv") for name in names(folder / "taken"))


def test_the_same_content_is_not_loaded_twice(folder):
    for name in ("one.csv", "two.csv"):
        drop(folder, name=name)
        import_folder.look()
        assert import_folder.look()["taken"] == 1
    assert ImportBatch.objects.count() == 1
    beside = next((folder / "taken").glob("*two.csv.txt"))
    assert "loaded before" in beside.read_text()


def test_what_cannot_be_loaded_is_put_aside_and_administrators_are_told(folder):
    admin, other = make_user("administrator", language="en"), make_user("manager")
    drop(folder, "%PDF-1.7 nothing", name="scan.csv")
    import_folder.look()
    assert import_folder.look() == {"taken": 0, "refused": 1}
    assert names(folder) == ["refused"]
    assert next((folder / "refused").glob("*.txt")).read_text().strip()
    notice = Notice.objects.get(person=admin)
    assert "scan.csv" in words_of(notice)[0]
    assert not Notice.objects.filter(person=other).exists()


def test_links_lead_nowhere(folder, tmp_path):
    outside = drop(tmp_path, name="secret.csv")
    (folder / "link.csv").symlink_to(outside)
    (tmp_path / "elsewhere").mkdir()
    drop(tmp_path / "elsewhere")
    (folder.parent / "linked").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(folder / "pipe.csv")
    import_folder.look()
    assert import_folder.look() == {"taken": 0, "refused": 2}
    assert outside.exists()
    assert names(tmp_path / "elsewhere") == ["sales.csv"]
    assert not ImportBatch.objects.exists()


def test_a_fault_of_ours_leaves_the_other_files_alone(folder, monkeypatch):
    def fail(*_args, **_more):
        raise ZeroDivisionError

    drop(folder)
    import_folder.look()
    with monkeypatch.context() as patch:
        patch.setattr(import_folder.import_files, "load", fail)
        assert import_folder.look() == {"taken": 0, "refused": 1}
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize("where", ["", "in", "in/none", "files/in"])
def test_the_setting_is_checked_at_start(folder, settings, tmp_path, where):
    (tmp_path / "files" / "in").mkdir(parents=True, exist_ok=True)
    settings.IMPORT_FOLDER = str(tmp_path / where) if where else ""
    found = [each.id for each in run_checks() if each.id == "accounts.E001"]
    assert bool(found) == (where not in ("", "in"))


def test_the_schedule_looks_by_a_job(folder):
    drop(folder)
    for counts in ({"taken": 0, "refused": 0}, {"taken": 1, "refused": 0}):
        job = enqueue("accounts.import_folder", {})
        run_job(job.pk)
        job = Job.unscoped.get(pk=job.pk)
        assert (job.status, job.result) == ("done", counts)


def test_a_source_that_leads_out_is_left_alone_and_the_others_go_on(folder, tmp_path):
    (tmp_path / "out").mkdir()
    (folder / "taken").symlink_to(tmp_path / "out")
    (folder.parent / "bank").mkdir()
    left = drop(folder)
    drop(folder.parent / "bank")
    import_folder.look()
    assert import_folder.look() == {"taken": 1, "refused": 0}
    assert left.exists()
    assert names(tmp_path / "out") == []
    assert ImportBatch.objects.get().source == "bank"


def test_the_pages_show_what_nobody_has_brought(folder, client):
    person = make_user("administrator", language="en")
    drop(folder)
    import_folder.look()
    import_folder.look()
    drop(folder, "%PDF-1.7 nothing", name="scan.csv")
    import_folder.look()
    import_folder.look()
    client.force_login(person)
    batch = ImportBatch.objects.get()
    for address in (reverse("import_list"), reverse("import_detail", args=[batch.pk])):
        assert "sales.csv" in client.get(address).content.decode()
    row = batch.original
    assert client.get(reverse("import_file", args=[row.pk])).status_code == 200
    assert "scan.csv" in client.get(reverse("notice_list")).content.decode()
