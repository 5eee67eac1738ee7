"""The measures: each number has one key, one definition and one direction.

A measure serves a criterion, a goal, a chart, a report and the API alike; whoever shows a number
shows its definition from here.  Values are in the unit of the measure; percentages are percent
points (12.5 is 12.5 %).  Computed by :func:`accounts.measures.compute.compute`.
"""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MONEY = "money"  # the company's currency, net of VAT unless the definition says otherwise
PERCENT = "percent"
DAYS = "days"
MONTHS = "months"
PIECES = "pieces"
RATIO = "ratio"
POINTS = "points"

UNIT_LABELS = {
    MONEY: _("company currency"),
    PERCENT: "%",
    DAYS: _("days"),
    MONTHS: _("months"),
    PIECES: _("pieces"),
    RATIO: _("ratio"),
    POINTS: _("points"),
}


@dataclass(frozen=True)
class Measure:
    """One defined number at a date T.

    ``direction`` says whether more is better (benefit) or worse (cost); ``decimals`` is how it
    is shown; ``group`` names the statement that computes it.
    """

    key: str
    label: str | Promise
    unit: str
    direction: Literal["benefit", "cost"]
    definition: str | Promise
    decimals: int
    group: Literal[
        "sales", "rhythm", "settlement", "delivery", "products", "people", "potential", "rebates"
    ]

    @property
    def unit_label(self) -> str | Promise:
        return UNIT_LABELS[self.unit]


_ALL = (
    Measure(
        "revenue",
        _("Revenue"),
        MONEY,
        "benefit",
        _(
            "Invoices less credit notes dated in the 12 months up to the date, net of VAT. "
            "Orders and payment requests never count. Nothing sold is zero."
        ),
        2,
        "sales",
    ),
    Measure(
        "profit",
        _("Profit"),
        MONEY,
        "benefit",
        _(
            "Revenue of the 12 months up to the date less its cost, counted only over the part of "
            "revenue whose cost is known. Missing where something was sold and no cost is known."
        ),
        2,
        "sales",
    ),
    Measure(
        "profit_cost_share",
        _("Revenue with known cost"),
        PERCENT,
        "benefit",
        _(
            "The part of the revenue of the 12 months up to the date whose cost is known, and on "
            "which profit therefore rests. Missing where revenue is not positive."
        ),
        1,
        "sales",
    ),
    Measure(
        "regular_profit",
        _("Regular profit"),
        MONEY,
        "benefit",
        _(
            "Profit of the 12 months up to the date if the client was invoiced in at least three "
            "of the four quarters (three months each) that end on the date; otherwise zero."
        ),
        2,
        "sales",
    ),
    Measure(
        "average_invoice",
        _("Average invoice"),
        MONEY,
        "benefit",
        _(
            "Sum of the invoices dated in the 12 months up to the date, net of VAT, divided by "
            "their number. Credit notes do not count. Missing without invoices."
        ),
        2,
        "sales",
    ),
    Measure(
        "tenure",
        _("Tenure"),
        MONTHS,
        "benefit",
        _(
            "Months since the date of the first invoice (days divided by 30.4375). Does not "
            "apply to a prospect, who has not bought yet."
        ),
        0,
        "sales",
    ),
    Measure(
        "invoices",
        _("Invoices"),
        PIECES,
        "benefit",
        _("Number of invoices dated in the 12 months up to the date."),
        0,
        "sales",
    ),
    Measure(
        "growth",
        _("Growth over a year"),
        PERCENT,
        "benefit",
        _(
            "Revenue of the 12 months up to the date against the 12 months before, as a change in "
            "per cent. Missing where the revenue before was not positive or the first invoice is "
            "less than 21 months old, since there is then no full year to compare with."
        ),
        1,
        "sales",
    ),
    Measure(
        "breadth",
        _("Product breadth"),
        PIECES,
        "benefit",
        _(
            "Number of different product families in the lines of invoices dated in the 12 months "
            "up to the date. A product without a family counts as a family of its own; lines "
            "without a product do not count. Missing where something was invoiced and no line "
            "names a product."
        ),
        0,
        "products",
    ),
    Measure(
        "payment_delay",
        _("Payment delay"),
        DAYS,
        "cost",
        _(
            "Days late, weighted by amount with VAT: over invoices with a due date paid in full "
            "in the 12 months up to the date, and over what is overdue on the date, with the days "
            "so far. Payment in time or early is zero days. Missing where there are none."
        ),
        1,
        "settlement",
    ),
    Measure(
        "overdue_share",
        _("Overdue share"),
        PERCENT,
        "cost",
        _(
            "Of what the client owes on the date by invoices with a due date, the part that is "
            "past that date. Zero where such invoices are all paid; missing where there were none "
            "in the 12 months up to the date and none is open."
        ),
        1,
        "settlement",
    ),
    Measure(
        "on_time_in_full",
        _("On time in full"),
        PERCENT,
        "benefit",
        _(
            "Of the orders promised for a day in the 12 months up to the date, the part shipped "
            "by that day in full quantity. An order whose shipped quantity is not recorded counts "
            "as full. Missing without such orders."
        ),
        1,
        "delivery",
    ),
    Measure(
        "volatility",
        _("Volatility of revenue"),
        RATIO,
        "cost",
        _(
            "Standard deviation of the revenue of the 12 months that end on the date, divided by "
            "its mean. Missing where the first invoice is younger than 12 months or revenue is "
            "not positive."
        ),
        2,
        "sales",
    ),
    Measure(
        "recency",
        _("Days since last invoice"),
        DAYS,
        "cost",
        _("Days from the last invoice to the date. Missing for a client who has not bought yet."),
        0,
        "sales",
    ),
    Measure(
        "rhythm",
        _("Purchase rhythm"),
        DAYS,
        "cost",
        _(
            "Median number of days between successive days with an invoice, over all time up to "
            "the date. Missing with fewer than four such gaps."
        ),
        0,
        "rhythm",
    ),
    Measure(
        "clv",
        _("Value of the client"),
        MONEY,
        "benefit",
        _(
            "Profit expected in the next three years: that of the 12 months up to the date, "
            "carried forward by the client's growth (within 30 % a year either way) and by the "
            "share of clients with as many buying quarters who went on buying a year later, "
            "discounted by 15 % a year. Missing where profit is; does not apply to a prospect."
        ),
        2,
        "sales",
    ),
    Measure(
        "growth_potential",
        _("Growth potential"),
        MONEY,
        "benefit",
        _(
            "Extra sales in a year, the middle of a range: what comparable clients of the same "
            "segment and country buy of each product family and this client does not, or buys "
            "little of, at its size and by the share of them that buy it; never more than the "
            "client says it buys elsewhere. Missing with fewer than five comparable clients; does "
            "not apply to a prospect."
        ),
        2,
        "potential",
    ),
    Measure(
        "share_of_wallet",
        _("Share of wallet"),
        PERCENT,
        "benefit",
        _(
            "Our part of what the client buys a year in our field: as the client said, or else "
            "estimated from what the best fifth of comparable clients of its turnover or staff "
            "buy from us. Missing where neither is known; does not apply to a prospect."
        ),
        1,
        "potential",
    ),
    Measure(
        "contacts_reached",
        _("Contacts reached"),
        PIECES,
        "benefit",
        _(
            "Number of different contact persons in the interactions of the 12 months up to the "
            "date."
        ),
        0,
        "people",
    ),
    Measure(
        "loyalty",
        _("Loyalty"),
        POINTS,
        "benefit",
        _(
            "Willingness to stay, 0 to 10: half of it what the client said on the scale of 1 to 10 in "
            "the 12 months up to the date, in talks, surveys and of promises kept, on average; half "
            "what the client did: the share of the four quarters that end on the date in which "
            "something was invoiced. Missing with fewer than three answers."
        ),
        1,
        "people",
    ),
    Measure(
        "related_organisations",
        _("Related organisations"),
        PIECES,
        "benefit",
        _("Number of legal entities in the client's group on the date beyond the first one."),
        0,
        "people",
    ),
    Measure(
        "rebates",
        _("Rebates earned"),
        MONEY,
        "cost",
        _(
            "What complete months of the 12 months up to the date have added to the rebates that "
            "the client has earned by the steps reached of its agreements. A step not reached yet "
            "counts nothing; no agreement with a scale is zero."
        ),
        2,
        "rebates",
    ),
    Measure(
        "profit_after_rebates",
        _("Profit after rebates"),
        MONEY,
        "benefit",
        _(
            "Profit less the rebates earned, both of the 12 months up to the date. Missing where "
            "profit is."
        ),
        2,
        "rebates",
    ),
)

MEASURES: dict[str, Measure] = {measure.key: measure for measure in _ALL}
