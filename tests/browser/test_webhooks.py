"""The pages of webhooks in a browser: their looks, what axe finds, and the secret."""

import pytest

from kam.lib.scoping import acting_system
from kam.webhooks.models import Attempt, Delivery, Endpoint, Message

from .test_look import LOOKS, faults, sideways


@pytest.fixture
def delivery(transactional_db) -> Delivery:
    """A message that failed at an address that is switched off."""
    with acting_system("test"):
        endpoint = Endpoint(url="https://hooks.example/kam", events=["job.failed"])
        endpoint.is_active, endpoint.stopped = False, "failing"
        endpoint.new_secret()
        endpoint.save()
        message = Message.objects.create(
            type="job.failed", data={"job": 7, "kind": "scoring.rank_all", "attempts": 3}
        )
        row = Delivery.objects.create(
            message=message, endpoint=endpoint, status="failed", tries=10, next_at=None
        )
        Attempt.objects.create(
            delivery=row, milliseconds=120, status=500, error="status", answer="<b>no</b> " * 40
        )
    return row


@pytest.mark.parametrize("name", ["list", "new", "one", "delivery"])
@pytest.mark.parametrize("width,theme,language", [LOOKS[0], LOOKS[7]])
def test_pages(new_tab, make_person, delivery, name, width, theme, language):
    path = {
        "list": "/webhooks/",
        "new": "/webhooks/new/",
        "one": f"/webhooks/{delivery.endpoint_id}/",
        "delivery": f"/webhooks/deliveries/{delivery.pk}/",
    }[name]
    tab = new_tab(width, language)
    tab.sign_in(make_person(role="administrator", language=language, theme=theme))
    tab.open(path)
    tab.shoot(f"webhooks-{name}-{width}-{theme}-{language}")
    assert sideways(tab.page) == 0
    assert tab.complaints == []
    assert faults(tab.page) == []


def test_a_rotated_secret_is_shown_once(new_tab, make_person, delivery):
    tab = new_tab("wide", "en")
    tab.sign_in(make_person(role="administrator", language="en"))
    page = tab.open(f"/webhooks/{delivery.endpoint_id}/")
    page.click("[data-dialog=webhook-rotation]")
    page.click("#webhook-rotation .primary")
    assert page.locator("code.secret").inner_text().startswith("whsec_")
    page.click("a.primary")
    assert "whsec_" not in page.content()
    assert tab.complaints == []
