"""A filtered list of clients leaves as a file in a real browser, and the file is opened."""

import csv
import io

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from kam.jobs.execution import run as run_job
from kam.jobs.models import Job
from kam.lib.scoping import acting_system
from tests.factories import make_client

from .looks import looks
from .test_look import faults, sideways

WORDS = {"ru": ("Выгрузить", "Клиент", ";"), "en": ("Export", "Client", ",")}


def work(kind: str) -> None:
    with acting_system("test"):
        run_job(Job.unscoped.get(kind=kind, status="waiting").pk)


def take(tab, page, format: str):
    """From the menu of the list to the downloaded file: its name and content."""
    page.locator(".export-choice summary").click()
    page.locator(f".export-choice button[value={format}]").click()
    page.wait_for_url("**/exports/*/")
    assert tab.complaints == []
    work("exports.write")
    link = page.locator("#export a[download]")
    expect(link).to_be_visible(timeout=10_000)
    with page.expect_download() as waiting:
        link.click()
    found = waiting.value
    with open(found.path(), "rb") as file:
        return found.suggested_filename, file.read()


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_filtered_list_becomes_a_file(new_tab, make_person, language):
    word, client, delimiter = WORDS[language]
    person = make_person("administrator", language=language)
    for number in range(3):
        make_client(f"Hotel {number}", segment="Hotels", city="Tver")
        make_client(f"Shop {number}", segment="Shops")
    tab = new_tab("wide", language)
    tab.sign_in(person)
    page = tab.open(reverse("client_list"))
    expect(page.locator(".export-choice summary")).to_contain_text(word)
    # The filter swaps the table; the export knows of it, and of a column that is hidden.
    page.locator("#f-segment").select_option("Hotels")
    expect(page.locator("table.clients tbody tr")).to_have_count(3)
    page.locator(".column-choice:has([data-columns-of]) summary").click()
    page.locator("[data-columns-of=clients] label").nth(1).click()  # the city
    page.keyboard.press("Escape")
    name, content = take(tab, page, "csv")
    assert name.endswith(".csv")
    head, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter)
    assert [row[head.index(client)] for row in rows] == ["Hotel 0", "Hotel 1", "Hotel 2"]
    assert "Tver" not in content.decode("utf-8-sig")
    page = tab.open(reverse("client_list") + "?segment=Shops")
    name, content = take(tab, page, "xlsx")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    head, *rows = sheet.to_python()
    assert [row[head.index(client)] for row in rows] == ["Shop 0", "Shop 1", "Shop 2"]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_exports_in_every_look(new_tab, make_person, language):
    person = make_person("administrator", language=language)
    make_client("One")
    tab = new_tab("wide", language)
    tab.sign_in(person)
    page = tab.open(reverse("client_list"))
    take(tab, page, "csv")
    taken = page.url.removeprefix(tab.address)
    for width, theme in looks(language):
        person.theme = theme
        person.save()
        tab = new_tab(width, language)
        tab.sign_in(person)
        addresses = (reverse("export_list"), taken, reverse("company_edit"))
        for address in addresses:
            page = tab.open(address)
            assert sideways(page) == 0, address
            tab.shoot(f"exports-{address.strip('/').replace('/', '-')}-{width}-{theme}-{language}")
        page = tab.open(reverse("client_list"))
        page.locator(".export-choice summary").click()
        assert page.locator(".export-choice > div").bounding_box()["x"] >= 0
        assert tab.complaints == []
        tab.shoot(f"exports-menu-{width}-{theme}-{language}")
        # Asked last: what axe does is complained of for a while.
        assert faults(page) == []
        for address in addresses:
            assert faults(tab.open(address)) == [], address
