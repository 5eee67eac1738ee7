"""What has changed around a plan since a person last opened it, or since it was last signed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import (
    AccountPlan,
    Client,
    PlanAction,
    PlanMove,
    PlanVisit,
    Promise,
    Standing,
    User,
)
from accounts.selectors import ledger
from accounts.selectors import plans as found
from accounts.selectors.facts import revenue_documents
from kam.lib.periods import add_months, company_zone, today

from .goal_tracking import decimals_of

FIRST_SHOWN = 12


@dataclass(frozen=True)
class Change:
    """``kind``: action, move, goal, promise, standing or revenue.  Numbers of goals and of revenue
    (12 months, the company's currency) come as ``before`` and ``after``."""

    kind: str
    text: str
    before: Decimal | None = None
    after: Decimal | None = None
    decimals: int = 0
    unit: str = ""

    @property
    def difference(self) -> Decimal | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class Changes:
    """``since``: None where the person never opened the plan and nobody signed it; then nothing
    is told.  ``opened``: counted from their last visit, else from the signature."""

    since: dt.datetime | None
    opened: bool
    rows: list[Change]


def since_of(plan: AccountPlan, person: User) -> tuple[dt.datetime | None, bool]:
    """From when on a person is told what has changed, and whether that was their last visit."""
    visit = PlanVisit.objects.filter(plan=plan, person=person).first()
    if visit is not None:
        at = visit.before if _day(visit.at) == today() else visit.at
        if at is not None:
            return at, True
    signed = PlanMove.objects.filter(plan=plan, act=PlanMove.Act.SIGN).first()
    return (signed.at if signed else None), False


def visit(plan: AccountPlan, person: User) -> None:
    """Note that the person has opened the plan.  Visits of one day count as one."""
    row, made = PlanVisit.objects.get_or_create(plan=plan, person=person)
    if made:
        return
    if _day(row.at) != today():
        row.before = row.at
    row.at = timezone.now()
    row.save(update_fields=["at", "before"])


def changes(plan: AccountPlan, person: User) -> Changes:
    """In the order people care: what the client bought, goals, work, promises, decisions.

    Whoever does not see the client is told of the plan alone.
    """
    since, opened = since_of(plan, person)
    if since is None:
        return Changes(None, False, [])
    day = _day(since)
    rows = [*_goals(plan, day), *_actions(plan, day), *_moves(plan, since)]
    client = Client.objects.filter(pk=plan.client_id).first()
    if client is not None:
        entities = ledger.legal_entities(client, today())
        rows = [*_revenue(entities, day), *rows, *_promises(entities, day), *_standing(client, day)]
    return Changes(since, opened, rows[:FIRST_SHOWN])


def _day(at: dt.datetime) -> dt.date:
    return at.astimezone(company_zone()).date()


def _revenue(entities: list[int], since: dt.date) -> list[Change]:
    if since >= today():
        return []
    before, after = (_year_of(entities, day) for day in (since, today()))
    if before == after:
        return []
    return [Change("revenue", _("Revenue, 12 months"), before, after)]


def _year_of(entities: list[int], day: dt.date) -> Decimal:
    start = add_months(day + dt.timedelta(days=1), -12)
    rows = revenue_documents(day).filter(client__in=entities, date__gte=start).order_by()
    return rows.aggregate(all=Sum("net"))["all"] or Decimal(0)


def _goals(plan: AccountPlan, since: dt.date) -> list[Change]:
    readings = found.readings_through(plan)
    rows, seen = [], set()
    for link in found.links_of(plan):
        known = readings.get(link.goal_id, [])
        later = [value for day, value in known if day > since]
        if link.goal_id in seen or not later:
            continue
        seen.add(link.goal_id)
        earlier = [value for day, value in known if day <= since]
        before = earlier[-1] if earlier else link.goal.start
        if before != later[-1]:
            rows.append(
                Change(
                    "goal", str(link.goal).rstrip("."), before, later[-1], decimals_of(link.goal),
                    link.goal.unit,
                )
            )  # fmt: skip
    return rows


def _actions(plan: AccountPlan, since: dt.date) -> list[Change]:
    settled = PlanAction.objects.filter(
        plan=plan, settled_on__gte=since, state__in=["done", "dropped"]
    ).order_by("-settled_on", "-pk")
    told = []
    for action in settled:
        known = {"what": action.what, "result": action.result}
        if action.state == PlanAction.State.DONE:
            told.append(Change("action", _("Done: %(what)s. %(result)s") % known))
        else:
            told.append(Change("action", _("Dropped: %(what)s. %(result)s") % known))
    overdue = PlanAction.objects.filter(
        plan=plan, state=PlanAction.State.OPEN, due__gte=since, due__lt=today()
    )
    told += [Change("action", _("Now overdue: %(what)s") % {"what": a.what}) for a in overdue]
    return told


def _moves(plan: AccountPlan, since: dt.datetime) -> list[Change]:
    rows = PlanMove.objects.filter(plan=plan, at__gt=since).exclude(act=PlanMove.Act.CREATE)
    return [
        Change(
            "move", f"{row.get_act_display()}: {row.words}" if row.words else row.get_act_display()
        )
        for row in rows
    ]


def _promises(entities: list[int], since: dt.date) -> list[Change]:
    ended = Counter(
        Promise.objects.filter(client__in=entities, settled_on__gte=since)
        .exclude(state__in=[Promise.State.OPEN, Promise.State.WITHDRAWN])
        .values_list("state", flat=True)
    )
    told = []
    if kept := ended["kept"] + ended["late"]:
        text = ngettext("%(n)s promise kept", "%(n)s promises kept", kept)
        told.append(Change("promise", text % {"n": kept}))
    if broken := ended["broken"]:
        text = ngettext("%(n)s promise broken", "%(n)s promises broken", broken)
        told.append(Change("promise", text % {"n": broken}))
    return told


def _standing(client: Client, since: dt.date) -> list[Change]:
    rows = Standing.objects.filter(client=client, known_to__isnull=True, since__gt=since)
    return [
        Change("standing", _("Now: %(standing)s") % {"standing": row.get_value_display()})
        for row in rows.order_by("since")[:3]
    ]
