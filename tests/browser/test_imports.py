"""A file from the drop zone to the ledger in a real browser."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Document
from kam.jobs.execution import run as run_job
from kam.jobs.models import Job
from kam.lib.scoping import acting_system

from .looks import LOOKS
from .test_look import faults, sideways

SALES = """Реестр документов за 2024 год;;;;
Номер;Дата;Контрагент;ИНН;Сумма
А-1;09.01.2024;ООО «Альфа»;7707083893;1 000,50
А-2;10.01.2024;ООО «Бета»;7728168971;2 000,00
А-3;31.02.2024;ООО «Бета»;7728168971;3 000,00
Итого;;;;6 000,50
"""


def work(kind: str) -> None:
    with acting_system("test"):
        run_job(Job.unscoped.get(kind=kind, status="waiting").pk)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_file_comes_in(new_tab, make_person, tmp_path, language):
    person = make_person("administrator", language=language)
    path = tmp_path / "sales.csv"
    path.write_bytes(SALES.encode("cp1251"))
    tab = new_tab("wide", language)
    tab.sign_in(person)
    looked_at = []

    def look(name: str) -> None:
        looked_at.append(page.url.removeprefix(tab.address))
        assert sideways(page) == 0, name
        assert tab.complaints == [], name
        tab.shoot(f"import-{name}-wide-light-{language}")
        tab.complaints.clear()  # taking a picture of a moving bar writes a style

    page = tab.open(reverse("import_file_create"))
    look("new")
    page.locator("input[type=file]").set_input_files(path)
    page.locator("form[data-drop] button").click()
    page.wait_for_url("**/data/files/*/")
    expect(page.locator(".import-columns tbody tr")).to_have_count(5)
    look("reading")
    # Another kind is answered without a new page, and back again.
    page.locator("#id_kind").select_option("payments")
    expect(page.locator("#id_vat")).to_have_count(0)
    page.locator("#id_kind").select_option("documents")
    expect(page.locator("#id_vat")).to_be_visible()
    page.locator("form.wide-form button.primary").click()
    expect(page.locator("#working")).to_be_visible()
    work("accounts.import_check")
    expect(page.locator("#change")).to_be_visible(timeout=10_000)
    expect(page.locator(".findings").first).to_contain_text("31.02.2024")
    look("preview")
    assert Document.unscoped.count() == 0
    page.locator("form[action$='/load/'] button").click()
    expect(page.locator("#working")).to_be_visible()
    work("accounts.import_load")
    expect(page.locator(".notice[data-tone=good]")).to_be_visible(timeout=10_000)
    look("loaded")
    assert Document.unscoped.count() == 2
    page = tab.open(reverse("import_list"))
    look("list")
    for width, theme in LOOKS[1:]:
        person.theme = theme
        person.save()
        tab = new_tab(width, language)
        tab.sign_in(person)
        for address in dict.fromkeys(looked_at):
            page = tab.open(address)
            tab.shoot(f"import-{address.strip('/').replace('/', '-')}-{width}-{theme}-{language}")
            assert sideways(page) == 0, (address, width)
            assert tab.complaints == [], (address, width)
    tab = new_tab("wide", language)
    tab.sign_in(person)
    found = {address: faults(tab.open(address)) for address in dict.fromkeys(looked_at)}
    assert {address: those for address, those in found.items() if those} == {}
