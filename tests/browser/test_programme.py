"""What tells of the programme in a real browser: reports, reviews, growth, costs, hours, return."""

from django.urls import reverse

from accounts.models import Client
from kam.lib.periods import today
from kam.lib.scoping import acting_as
from reports.figures.calendar import last_whole
from reports.models import Report
from reports.services import making

from .test_look import faults, sideways
from .test_scoring import workspace  # noqa: F401 - a fixture

# Whether what is current can be seen, and every text of a chart lies within it.
IN_VIEW = """() => [...document.querySelectorAll(".tabs [aria-current]")].every((tab) => {
  const at = tab.getBoundingClientRect();
  return at.left >= 0 && at.right <= innerWidth;
})"""
INSIDE = """() => [...document.querySelectorAll(".chart-plot")].every((plot) =>
  [...plot.querySelectorAll(".annotation-text-g")].every((text) =>
    text.getBoundingClientRect().right <= plot.getBoundingClientRect().right + 1))"""


def test_what_tells_of_the_programme_in_both_looks(new_tab, make_person, workspace):  # noqa: F811
    workspace("ru")
    person = make_person("administrator")
    with acting_as(person):
        best = Client.objects.filter(place__rank=1, owner__isnull=False).first()
        best = best or Client.objects.filter(place__isnull=False).order_by("place__rank").first()
    for width, theme, language in (("wide", "light", "ru"), ("narrow", "dark", "en")):
        person.theme, person.language = theme, language
        person.save()
        for kind, rhythm in (("company", "month"), ("programme", "year")):
            making.make(person, kind, rhythm, last_whole(rhythm, today()))
        with acting_as(person):
            made = list(Report.objects.filter(person=person).order_by("-pk")[:2])
        pages = {
            "reports": reverse("report_list"),
            **{f"report-{row.kind}": reverse("report_detail", args=[row.pk]) for row in made},
            "schedule": reverse("schedule_create"),
            "growth": reverse("client_growth", args=[best.pk]),
            "costs": reverse("client_costs", args=[best.pk]),
            "hours": reverse("effort_week"),
            "programme": reverse("programme"),
        }
        tab = new_tab(width, language)
        tab.sign_in(person)
        for name, address in pages.items():
            page = tab.open(address)
            tab.shoot(f"programme-{name}-{width}-{theme}-{language}")
            assert page.locator("h1").count() == 1, name
            assert sideways(page) == 0, (name, width)
            assert page.evaluate(IN_VIEW), (name, width)
            page.wait_for_function(INSIDE)
            assert tab.complaints == [], name
        found = {name: faults(tab.open(address)) for name, address in pages.items()}
        assert {name: those for name, those in found.items() if those} == {}, (width, theme)
