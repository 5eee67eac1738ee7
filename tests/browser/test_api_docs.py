"""The page of the API: Swagger UI under our own safety rules, without the internet."""

import pytest

from kam.lib.api_contract import description

pytestmark = pytest.mark.django_db(transaction=True)


def test_swagger_shows_every_address_and_tries_one(new_tab, make_person):
    tab = new_tab()
    tab.sign_in(make_person())
    page = tab.open("/api/")
    page.wait_for_selector(".opblock-tag")
    assert page.locator(".opblock-tag").count() == len(
        {
            tag
            for verbs in description("ru")["paths"].values()
            for operation in verbs.values()
            for tag in operation["tags"]
        }
    )
    assert tab.complaints == []
    page.locator("#operations-tag-clients h3, [data-tag=clients]").first.click()
    page.locator(".opblock-get").first.click()
    page.locator(".try-out__btn").click()
    page.locator("button.execute").click()
    page.wait_for_selector(".live-responses-table tbody td.response-col_status")
    assert (
        "200"
        in page.locator(".live-responses-table tbody td.response-col_status").first.inner_text()
    )
    assert tab.complaints == []
