"""Agreements and the sales plan in a browser: every look in both languages, by keyboard."""

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Agreement, Commitment, RebateStep
from accounts.services import sales_plans
from kam.lib.periods import today
from kam.lib.scoping import acting_system
from tests.factories import make_client, make_document, make_product

from .looks import looks
from .test_look import faults, sideways


def served(owner):
    day = today()
    client = make_client("Ромашка", owner=owner)
    boxes = make_product(family="Boxes")
    make_document(client, day - dt.timedelta(days=5), 5000, lines=[{"product": boxes}])
    with acting_system("test"):
        agreement = Agreement.objects.create(
            client=client, number="A-1", subject="Supply", starts=day - dt.timedelta(days=300),
            ends=day + dt.timedelta(days=40), rebate_period="term", credit_limit=1000, owner=owner,
        )  # fmt: skip
        Commitment.objects.create(
            agreement=agreement, starts=agreement.starts, ends=agreement.ends, amount=9000
        )
        RebateStep.objects.create(agreement=agreement, volume=4000, percent=2)
        sales_plans.save(client, day.year, {(boxes.family_id, 1): 100}, owner)
    return client, agreement


@pytest.mark.parametrize("language", ["ru", "en"])
def test_agreements_and_plans_in_every_look(new_tab, make_person, language):
    person = make_person("kam", language=language)
    client, agreement = served(person)
    pages = {
        "agreements": reverse("client_agreements", args=[client.pk]),
        "agreement": reverse("agreement_edit", args=[agreement.pk]),
        "plan": reverse("client_sales_plan", args=[client.pk]),
        "paste": reverse("client_sales_plan_paste", args=[client.pk]),
        "plans": reverse("sales_plan_list"),
    }
    for width, theme in looks(language):
        person.theme = theme
        person.save()
        tab = new_tab(width, language)
        tab.sign_in(person)
        for name, address in pages.items():
            page = tab.open(address)
            page.wait_for_load_state("networkidle")
            assert sideways(page) == 0, (name, width)
            assert tab.complaints == [], name
            tab.shoot(f"{name}-{width}-{theme}-{language}")
    for width in ("wide", "narrow"):
        tab = new_tab(width, language)
        tab.sign_in(person)
        found = {name: faults(tab.open(address)) for name, address in pages.items()}
        assert {name: those for name, those in found.items() if those} == {}, width


def test_a_plan_is_typed_and_an_agreement_renewed(new_tab, make_person):
    person = make_person("kam", language="en")
    client, agreement = served(person)
    tab = new_tab()
    tab.sign_in(person)
    page = tab.open(reverse("client_sales_plan", args=[client.pk]))
    page.get_by_label("Boxes, February, plan").fill("1 250,5")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Boxes, February, plan")).to_have_value("1250.5")
    page = tab.open(reverse("client_agreements", args=[client.pk]))
    page.get_by_role("link", name="Renew").click()
    page.get_by_label("Number").fill("A-2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("renews A-1")).to_be_visible()
    with acting_system("test"):
        assert Agreement.objects.get(number="A-2").previous_id == agreement.pk
    assert tab.complaints == []
