"""The first hour in a browser: from an empty installation to the ranking, in every look."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import ImportFile, User
from kam.jobs.execution import run as run_job
from kam.jobs.models import Job
from kam.lib import company
from kam.lib.scoping import acting_system
from scoring.models import Matrix

from .looks import looks
from .test_look import faults, sideways

PASSWORD = "eighty-by-twenty"
HEAD = "Вид документа;Номер;Дата;Контрагент;ИНН;Номенклатура;Количество;Сумма;Ставка НДС;Сумма НДС;Всего"


def register() -> bytes:
    """A register of sales as 1С saves it: 24 clients, two invoices each."""
    rows = []
    for number in range(48):
        net = 1000 * (number % 24 + 1)
        rows.append(
            f"Реализация товаров и услуг;00УТ-{number:06};{number % 27 + 1:02}.0{number % 9 + 1}.2025 "
            f'12:00:00;"ООО ""Клиент {number % 24}""";;Товар {number % 4};1,000;'
            f"{net},00;20%;{net // 5},00;{net + net // 5},00"
        )
    return "\r\n".join([HEAD, *rows, ""]).encode("cp1251")


def work(kind: str) -> None:
    with acting_system("test"):
        jobs = list(Job.objects.filter(kind=kind, status__in=Job.OPEN).values_list("pk", flat=True))
    for pk in jobs:
        run_job(pk)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_from_nothing_to_the_first_ranking(new_tab, transactional_db, tmp_path, language):
    path = tmp_path / "sales.csv"
    path.write_bytes(register())
    tab = new_tab(language=language)
    page = tab.open("/")
    page.fill("[name=name]", "Пётр Смирнов")
    page.fill("[name=email]", "petr@example.test")
    page.fill("[name=password]", PASSWORD)
    page.locator("button.primary").click()
    expect(page.locator(".first-hour > li")).to_have_count(5)
    expect(page.locator(".first-hour > li[aria-current=step]")).to_have_count(1)
    page.locator(".first-hour a.button.primary").click()
    page.fill("[name=name]", "ООО «Ромашка»")
    page.locator("main .form-actions .button.primary").click()
    expect(page.locator(".first-hour > li[data-done]")).to_have_count(1)
    company.refresh()
    page.locator(".first-hour a.button.primary").click()
    page.set_input_files("input[type=file]", str(path))
    page.locator("main button.primary").click()
    page.locator(".import-columns").wait_for()
    with acting_system("test"):
        file = ImportFile.objects.get()
    page.locator("main form .button.primary").first.click()
    page.wait_for_load_state("networkidle")
    work("accounts.import_check")
    page = tab.open(reverse("import_file", args=[file.pk]))
    page.locator("form[action$='/load/'] .button.primary").click()
    page.wait_for_load_state("networkidle")
    work("accounts.import_load")
    page = tab.open(reverse("import_file", args=[file.pk]))
    page.locator("#first-hour-strip a").click()
    expect(page.locator(".first-hour tbody tr")).to_have_count(3)
    assert tab.complaints == []
    assert faults(page) == []
    page.locator("form[action$='/criteria/'] button").click()
    expect(page.locator("#first-hour-job[hx-get]")).to_be_visible()
    work("scoring.rank")
    expect(page.locator("#first-hour-job a.button.primary")).to_be_visible()
    page.locator("#first-hour-job a.button.primary").click()
    expect(page.locator("main tbody tr").first).to_be_visible()
    with acting_system("test"):
        assert Matrix.objects.get(is_main=True).current_run.selected == 2
        person = User.objects.get()
    for width, theme in looks(language):
        person.theme = theme
        person.save()
        other = new_tab(width, language)
        other.sign_in(person)
        looked = other.open(reverse("first_hour"))
        looked.wait_for_load_state("networkidle")
        assert sideways(looked) == 0, (width, theme)
        assert other.complaints == [], (width, theme)
        other.shoot(f"first-hour-{width}-{theme}-{language}")
        assert faults(looked) == [], (width, theme)
