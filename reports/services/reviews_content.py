"""Business reviews that are made by themselves: both editions for each key client one answers for,
and a report that leads to them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Client, Standing, User
from accounts.selectors import standings
from kam.lib.company import company
from reports.dashboards.portfolio_charts import day
from reports.figures.calendar import Period
from reports.models import BusinessReview, ReviewDecision

from . import business_reviews as reviews
from .shapes import SCHEMA, Table, new_table

Edition, Decision = BusinessReview.Edition, ReviewDecision.Kind


def build(person: User, period: Period) -> dict[str, Any]:
    """Makes the reviews that are not there yet, as ``person``, and tells of all of the quarter.

    Raises ValidationError where the period is no whole quarter of the last year.
    """
    told = [(client, review_of(client, period, person)) for client in own_key_clients(person)]
    waiting = sum(review.decided != Decision.APPROVED for _client, review in told)
    return {
        "schema": SCHEMA,
        "title": _("Business reviews of %(name)s") % {"name": person.name},
        "sub": _("%(first)s – %(last)s; money net of VAT")
        % {"first": day(period.starts), "last": day(period.ends)},
        "as_of": period.ends,
        "headline": _headline(len(told), waiting),
        "ranking": None,
        "currency": company().currency,
        "texts": [{"key": "next", "title": _("What comes next"), "text": _next()}] if told else [],
        "figures": [],
        "tables": [_table(told)],
        "charts": [],
    }


def own_key_clients(person: User) -> list[Client]:
    """The key clients somebody answers for now, by name; of groups the group."""
    keys = standings.present().filter(value__in=Standing.IS_KEY).values("client_id")
    found = Client.objects.filter(owner=person, group__isnull=True, pk__in=keys)
    return list(found.editable_by(person).order_by("name", "pk"))


def review_of(client: Client, period: Period, person: User) -> BusinessReview:
    """The last edition for the client of that quarter, made now where there is none: what somebody
    has made by hand, with their own words, is left alone."""
    made = reviews.reviews_of(client).filter(edition=Edition.CLIENT, ends=period.ends)
    made = made.defer(None)
    found = made.order_by("-number").first()
    if found is None:
        reviews.make(client, period, person)
        found = made.order_by("-number").first()
    assert found is not None  # made above
    return found


def _headline(clients: int, waiting: int) -> str:
    if not clients:
        return _("You answer for no key client, so there is no review to make.")
    if not waiting:
        return _("All of them have been approved for the client.")
    return ngettext(
        "%(n)s review waits for your words and for approval.",
        "%(n)s reviews wait for your words and for approval.",
        waiting,
    ) % {"n": waiting}


def _next() -> str:
    return _(
        "Each review has an edition for ourselves and one for the client. To choose the goals you "
        "agreed on and to say it in your own words, make it anew on the client's page; whoever leads "
        "approves it, and then it goes out."
    )


def _table(told: list[tuple[Client, BusinessReview]]) -> Table:
    table = new_table(
        "reviews", _("Reviews of the quarter"), _("No key client is yours."),
        [
            (_("Client"), "text"), (_("Bought from us in the quarter"), "money", "sum", "share"),
            (_("Against the same quarter a year before"), "percent"),
            (pgettext("review", "May it go out"), "text"),
        ],
    )  # fmt: skip
    table["state"], table["keys"] = 3, []
    words = {
        Decision.APPROVED.value: pgettext("review", "Approved"),
        Decision.RETURNED.value: pgettext("review", "Returned"),
    }
    for client, review in told:
        figures = {each["key"]: each["value"] for each in review.content["figures"]}
        stands = words.get(review.decided or "", pgettext("review", "waits for approval"))
        table["rows"].append([client.name, figures.get("bought"), figures.get("growth"), stands])
        table["links"].append(reverse("business_review_detail", args=[review.pk]))
        table["keys"].append(str(client.pk))
    return table
