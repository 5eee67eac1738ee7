"""What a person would say aloud about a client, from the facts, in five lines.

The figures are those of the measures' catalogue (accounts.measures), for one client and today.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from django.db.models import Count, DateField, F, Func, IntegerField, Max, Min, Q, Sum, Value
from django.db.models.functions import Cast, Greatest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.measures.rhythm import median_gaps
from accounts.measures.sales import MONTHS_FOR_GROWTH
from accounts.models import Document, Interaction
from accounts.selectors.facts import revenue_documents
from accounts.selectors.timeline import last_interaction
from kam.lib.periods import add_months
from kam.lib.templatetags.kam import day, money, month, number, percent

# Longer than so many times its own rhythm without buying is worth a look.
LATE_RHYTHMS = 2
# A change that would be shown as 0 %.
AS_MUCH = Decimal("0.005")


@dataclass(frozen=True)
class Facts:
    """Amounts in the company's currency; None where the data do not tell."""

    as_of: dt.date
    first: dt.date | None
    last: dt.date | None
    invoices: int
    revenue: Decimal
    before: Decimal
    with_due: int
    delay_days: Decimal | None
    overdue: Decimal
    overdue_since: dt.date | None
    rhythm: float | None
    talk: Interaction | None

    @property
    def growth(self) -> Decimal | None:
        """Change of revenue over a year as a fraction; None without a full year before."""
        whole = add_months(self.as_of + dt.timedelta(days=1), -MONTHS_FOR_GROWTH)
        if self.first is None or self.first > whole or self.before <= 0:
            return None
        return self.revenue / self.before - 1

    @property
    def days_since(self) -> int | None:
        return (self.as_of - self.last).days if self.last else None

    @property
    def is_late(self) -> bool:
        """Whether the client has not bought for longer than usual."""
        return bool(
            self.rhythm and self.days_since and self.days_since > LATE_RHYTHMS * self.rhythm
        )


def facts(entities: list[int], as_of: dt.date) -> Facts:
    """``entities``: ids of the client and, for a group, of its members."""
    documents = revenue_documents(as_of).filter(client__in=entities).order_by()
    day_after = as_of + dt.timedelta(days=1)
    start, before = add_months(day_after, -12), add_months(day_after, -24)
    invoice = Q(type=Document.Type.INVOICE)
    settled = Q(gross__gt=0, due__isnull=False, settled_on__gte=start)
    overdue = Q(gross__gt=0, settled_on__isnull=True, due__lt=as_of)
    unpaid = F("gross") - F("paid")
    total = documents.aggregate(
        first=Min("date", filter=invoice),
        last=Max("date", filter=invoice),
        invoices=Count("pk", filter=invoice & Q(date__gte=start)),
        revenue=Sum("net", filter=Q(date__gte=start)),
        before=Sum("net", filter=Q(date__gte=before, date__lt=start)),
        with_due=Count("pk", filter=Q(due__isnull=False)),
        settled=Sum("gross", filter=settled),
        late=Sum(F("gross") * Greatest(_days("settled_on", "due"), 0), filter=settled),
        overdue=Sum(unpaid, filter=overdue),
        open_late=Sum(unpaid * _days(as_of, "due"), filter=overdue),
        overdue_since=Min("due", filter=overdue),
    )
    settled_sum, overdue_sum = total.pop("settled") or 0, total.pop("overdue") or Decimal(0)
    late = (total.pop("late") or 0) + (total.pop("open_late") or 0)
    weight = settled_sum + overdue_sum
    days = list(documents.filter(invoice).values_list("date", flat=True).distinct())
    ordinals = np.array([each.toordinal() for each in days], dtype=np.int64)
    gap = float(median_gaps(np.zeros_like(ordinals), ordinals, 1)[0])
    return Facts(
        as_of=as_of,
        **{
            **total,
            "revenue": total["revenue"] or Decimal(0),
            "before": total["before"] or Decimal(0),
        },
        delay_days=late / weight if weight > 0 else None,
        overdue=overdue_sum,
        rhythm=None if np.isnan(gap) else gap,
        talk=last_interaction(entities, as_of),
    )


class _Days(Func):
    """Whole days between two dates: PostgreSQL's ``date - date``."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


def _days(later: str | dt.date, earlier: str) -> _Days:
    if isinstance(later, dt.date):
        return _Days(Cast(Value(later), DateField()), F(earlier))
    return _Days(F(later), F(earlier))


@dataclass(frozen=True)
class Line:
    """One sentence; ``about`` names what it is on, ``tone`` is "", "good", "watch" or "bad"."""

    about: str
    text: str
    tone: str = ""


def lines(known: Facts) -> list[Line]:
    """The five lines; where the data do not suffice, the line says what is missing."""
    return [_since(known), _revenue(known), _rhythm(known), _payment(known), _talk(known)]


def _since(known: Facts) -> Line:
    if known.first is None:
        return Line("since", _("Has not bought yet: there is no invoice."))
    text = ngettext(
        "Buys from us since %(month)s; %(shown)s invoice in the last 12 months.",
        "Buys from us since %(month)s; %(shown)s invoices in the last 12 months.",
        known.invoices,
    )
    return Line("since", text % {"month": month(known.first), "shown": number(known.invoices)})


def _revenue(known: Facts) -> Line:
    if known.first is None:
        return Line("revenue", _("Revenue will show after the first invoice."))
    if not known.revenue and not known.before:
        return Line("revenue", _("Nothing was bought in the last two years."), "watch")
    bought = money(known.revenue, "short")
    if known.growth is None:
        text = _(
            "Bought for %(bought)s in 12 months; there is no full year before to compare with."
        )
        return Line("revenue", text % {"bought": bought})
    if abs(known.growth) < AS_MUCH:
        text = _("Bought for %(bought)s in 12 months, as much as in the year before.")
        return Line("revenue", text % {"bought": bought})
    words = {"bought": bought, "change": percent(abs(known.growth), 0)}
    if known.growth >= 0:
        text = _("Bought for %(bought)s in 12 months, %(change)s more than in the year before.")
        return Line("revenue", text % words, "good")
    text = _("Bought for %(bought)s in 12 months, %(change)s less than in the year before.")
    return Line("revenue", text % words, "watch")


def _rhythm(known: Facts) -> Line:
    if known.last is None:
        return Line("rhythm", _("A rhythm of purchases shows after the fifth."))
    ago = _ago(known.days_since)
    words = {"day": day(known.last), "ago": ago}
    if known.rhythm is None:
        text = _("Last bought on %(day)s, %(ago)s; too few purchases to tell a rhythm.")
        return Line("rhythm", text % words)
    days = max(round(known.rhythm), 1)
    usual = ngettext("every %(shown)s day", "every %(shown)s days", days) % {"shown": number(days)}
    words["usual"] = usual
    if known.is_late:
        text = _("Last bought on %(day)s, %(ago)s, though it usually buys %(usual)s.")
        return Line("rhythm", text % words, "watch")
    text = _("Last bought on %(day)s, %(ago)s; usually buys %(usual)s.")
    return Line("rhythm", text % words)


def _payment(known: Facts) -> Line:
    if not known.with_due:
        return Line("payment", _("No invoice has a due date, so nobody can say how it pays."))
    if known.overdue > 0:
        text = _("Owes %(sum)s past the due day, the oldest since %(day)s.")
        words = {"sum": money(known.overdue, "short"), "day": day(known.overdue_since)}
        return Line("payment", text % words, "bad")
    if known.delay_days is None:
        return Line("payment", _("Nothing was due in the last 12 months."))
    days = round(known.delay_days)
    if days < 1:
        return Line("payment", _("Pays on time; nothing is overdue."), "good")
    text = ngettext(
        "Pays %(shown)s day late on average; nothing is overdue.",
        "Pays %(shown)s days late on average; nothing is overdue.",
        days,
    )
    return Line("payment", text % {"shown": number(days)}, "watch")


def _talk(known: Facts) -> Line:
    talk = known.talk
    if talk is None:
        return Line("talk", _("Nobody has noted a talk with this client yet."), "watch")
    with_whom = "" if talk.contact is None or talk.contact.is_blocked else talk.contact.name
    words = {
        "kind": talk.get_kind_display().lower(),
        "day": day(talk.date),
        "ago": _ago((known.as_of - talk.date).days),
        "who": with_whom,
        "subject": talk.subject,
    }
    if with_whom and talk.subject:
        text = _("Last talk: %(kind)s with %(who)s, %(day)s, %(ago)s — %(subject)s")
    elif talk.subject:
        text = _("Last talk: %(kind)s, %(day)s, %(ago)s — %(subject)s")
    else:
        text = _("Last talk: %(kind)s, %(day)s, %(ago)s")
    return Line("talk", text % words)


def _ago(days: int | None) -> str:
    if not days or days < 0:
        return _("today")
    return ngettext("%(shown)s day ago", "%(shown)s days ago", days) % {"shown": number(days)}
