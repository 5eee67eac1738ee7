"""The first hour: from an empty installation to a ranking of the company's own clients.

How far it has come is read off the facts, so it can be left and taken up again at any step.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Max, Min, Q, Sum
from django.utils.translation import gettext as _

from accounts.models import Line, User
from accounts.selectors.facts import REVENUE_TYPES, documents_as_of
from accounts.services import company as companies
from kam.jobs.models import Job
from kam.lib.models import CompanyRecord
from kam.lib.periods import today
from scoring.models import Criterion, Matrix, MatrixVersion
from scoring.selectors.matrices import main_matrix

from .versions import Choice, activate, draft_of, save_draft

# Fewer clients than that can be compared by looking at them.
FEW_CLIENTS = 20
WEIGHTS = (50, 30, 20)
SHARE_SELECTED, MOST_SELECTED = 10, 30  # one client in ten, and not more than that
ENOUGH = 0.5  # share of the invoices that a criterion needs to know something of
GROWTH_DAYS = 2 * 365


@dataclass(frozen=True)
class Facts:
    """What was loaded.  Shares 0..1 of the revenue, or of the invoices."""

    clients: int = 0
    documents: int = 0
    days: int = 0
    costed: float = 0.0
    with_due: float = 0.0
    products: bool = False


@dataclass(frozen=True)
class Proposed:
    """A criterion that the loaded data can tell of, its weight in per cent, and why it."""

    criterion: Criterion
    weight: int
    reason: str


@dataclass(frozen=True)
class Progress:
    """Which steps are done.  ``optional`` ones hold nothing up."""

    company: bool
    people: bool
    data: bool
    criteria: bool
    ranking: bool
    job: Job | None = None
    facts: Facts = Facts()

    @property
    def is_over(self) -> bool:
        return self.data and self.criteria and self.ranking

    @property
    def now(self) -> str:
        """The step that comes next."""
        steps = ("company", "data", "criteria", "ranking")
        return next((name for name in steps if not getattr(self, name)), "")


def progress() -> Progress:
    matrix = main_matrix()
    found = facts()
    active = _active(matrix)
    chosen = active is not None and active.author_id is not None
    run = matrix.current_run if matrix else None
    running = Job.objects.filter(kind="scoring.rank", status__in=Job.OPEN).order_by("-pk").first()
    return Progress(
        company=CompanyRecord.objects.exclude(name="").exists(),
        people=User.objects.filter(is_active=True).count() > 1,
        data=found.documents > 0,
        criteria=chosen,
        ranking=chosen and run is not None and run.version_id == active.pk,
        job=running,
        facts=found,
    )


def facts() -> Facts:
    rows = documents_as_of(today()).filter(type__in=REVENUE_TYPES).order_by()
    told = rows.aggregate(
        documents=Count("pk"),
        clients=Count("client", distinct=True),
        first=Min("date"),
        last=Max("date"),
        net=Sum("net"),
        costed=Sum("costed_net"),
        due=Count("pk", filter=Q(due__isnull=False)),
    )
    if not told["documents"]:
        return Facts()
    return Facts(
        clients=told["clients"],
        documents=told["documents"],
        days=(told["last"] - told["first"]).days,
        costed=float(told["costed"] / told["net"]) if told["net"] else 0.0,
        with_due=told["due"] / told["documents"],
        products=Line.objects.filter(product__isnull=False).exists(),
    )


def proposal(found: Facts) -> list[Proposed]:
    """Three criteria of the library that the loaded data can tell of, most important first."""
    chosen = [
        ("profit", _("costs are known, so profit can be compared"))
        if found.costed >= ENOUGH
        else ("average_invoice", _("costs are not loaded; the size of an invoice says most")),
        ("potential", _("two years of sales show who grows"))
        if found.days >= GROWTH_DAYS
        else ("tenure", _("sales reach back too short a time for growth; tenure is certain")),
        ("procurement", _("due days are known, so it shows who pays on time"))
        if found.with_due >= ENOUGH
        else ("product_fit", _("products are known, so it shows how much of the range is bought"))
        if found.products
        else ("values", _("people rate it: nothing else of your data speaks of the relation")),
    ]
    criteria = Criterion.objects.in_bulk([key for key, _why in chosen], field_name="key")
    return [
        Proposed(criteria[key], weight, why)
        for (key, why), weight in zip(chosen, WEIGHTS, strict=True)
        if key in criteria
    ]


@transaction.atomic
def adopt(person: User) -> MatrixVersion:
    """Rank by the proposed criteria from now on.

    Raises ValidationError where nothing is loaded, or where people have begun to choose themselves.
    """
    matrix = Matrix.objects.select_for_update().get(is_main=True)
    active = _active(matrix)
    found = facts()
    if not found.documents:
        raise ValidationError(_("Load invoices first: the criteria are proposed from them."))
    drafted = matrix.versions.filter(status=MatrixVersion.Status.DRAFT).exists()
    if drafted or (active is not None and active.author_id is not None):
        raise ValidationError(_("Criteria have been chosen already. Change them in the matrix."))
    draft = draft_of(matrix, person)
    save_draft(
        draft,
        [Choice(each.criterion, Decimal(each.weight)) for each in proposal(found)],
        selection=MatrixVersion.Selection.TOP_N,
        selection_value=selected(found.clients),
        min_coverage=draft.min_coverage,
    )
    return activate(draft, _("Three criteria that our data can tell of, to begin with."), person)


def selected(clients: int) -> int:
    """How many clients the first list holds."""
    return max(1, min(MOST_SELECTED, clients * SHARE_SELECTED // 100))


def end() -> None:
    companies.end_first_hour()


def _active(matrix: Matrix | None) -> MatrixVersion | None:
    if matrix is None:
        return None
    return matrix.versions.filter(status=MatrixVersion.Status.ACTIVE).first()
