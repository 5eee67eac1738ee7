"""Matrix versions: a draft may change, an active or retired version never does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.measures.catalogue import MEASURES
from accounts.models import User
from kam.audit.services import record
from scoring.engine.ratings import Category, Manual, rule_from_dict
from scoring.inputs import ATTRIBUTES
from scoring.models import Criterion, Matrix, MatrixVersion, VersionCriterion

from .requests import request_ranking

FEWEST, MOST = 2, 10
FROZEN = ("weight", "mandatory", "measure", "rule", "rated_by_people", "people_share")
SETTINGS = ("selection", "selection_value", "min_coverage", "gap", "dwell_days")
Status = MatrixVersion.Status
Selection = MatrixVersion.Selection


@dataclass(frozen=True)
class Choice:
    """A criterion as a version takes it; measure, rule and share default to the criterion's."""

    criterion: Criterion
    weight: Decimal
    measure: str | None = None
    rule: dict[str, Any] | None = None
    rated_by_people: bool | None = None
    people_share: Decimal | None = None
    mandatory: bool = False


def draft_of(
    matrix: Matrix, author: User | None, base: MatrixVersion | None = None
) -> MatrixVersion:
    """The matrix's draft; where there is none, a new one that begins as ``base``, by default the
    latest version."""
    with transaction.atomic():
        Matrix.objects.select_for_update(of=("self",)).get(pk=matrix.pk)
        draft = matrix.versions.filter(status=Status.DRAFT).first()
        if draft is not None:
            return draft
        # Active before retired.
        base = base or matrix.versions.order_by("status", "-number").first()
        last = matrix.versions.aggregate(last=Max("number"))["last"] or 0
        settings = {name: getattr(base, name) for name in SETTINGS} if base is not None else {}
        draft = MatrixVersion.objects.create(
            matrix=matrix, number=last + 1, author=author, **settings
        )
        if base is not None:
            _copy(base, draft)
        return draft


def _copy(base: MatrixVersion, draft: MatrixVersion) -> None:
    rows = list(base.criteria.all())
    for row in rows:
        row.pk, row.version, row._state.adding = None, draft, True
    VersionCriterion.objects.bulk_create(rows)


@transaction.atomic
def save_draft(
    version: MatrixVersion,
    choices: Sequence[Choice],
    *,
    selection: str,
    selection_value: float,
    min_coverage: float,
    gap: float = 0,
    dwell_days: int = 0,
) -> MatrixVersion:
    """Replace what the draft says.  Raises ValidationError where it could not be ranked by."""
    _require_draft(version)
    _check(choices, selection, selection_value, min_coverage, gap)
    version.selection = selection
    version.selection_value = selection_value
    version.min_coverage = min_coverage
    version.gap = gap
    version.dwell_days = dwell_days
    version.save()
    _write(version, choices)
    return version


def _write(version: MatrixVersion, choices: Sequence[Choice]) -> None:
    """Make the criteria of a draft those chosen; rows that stay are changed, so that the history
    tells their old weight and rule."""
    present = {row.criterion_id: row for row in version.criteria.all()}
    chosen = {choice.criterion.pk for choice in choices}
    version.criteria.exclude(criterion__in=chosen).delete()
    # No two rows have one position, not even while they change places.
    version.criteria.update(position=F("position") + MOST + len(present))
    kept, fresh = [], []
    for position, choice in enumerate(choices, start=1):
        row = present.get(choice.criterion.pk)
        (fresh if row is None else kept).append(row := row or VersionCriterion(version=version))
        for name, value in {"position": position, **_frozen(choice)}.items():
            setattr(row, name, value)
    VersionCriterion.objects.bulk_update(kept, ["position", *FROZEN])
    VersionCriterion.objects.bulk_create(fresh)


def proposed(
    choices: Sequence[Choice], *, selection: str, selection_value: float, min_coverage: float
) -> list[VersionCriterion]:
    """The criteria as a draft would have them, not stored.  Raises ValidationError as
    :func:`save_draft` does."""
    _check(choices, selection, selection_value, min_coverage, 0)
    return [
        VersionCriterion(position=position, **_frozen(choice))
        for position, choice in enumerate(choices, start=1)
    ]


def _frozen(choice: Choice) -> dict[str, Any]:
    def own(name: str):
        value = getattr(choice, name)
        return getattr(choice.criterion, name) if value is None else value

    fields = {n: own(n) for n in ("measure", "rule", "rated_by_people", "people_share")}
    return {
        "criterion": choice.criterion,
        "weight": choice.weight,
        "mandatory": choice.mandatory,
        **fields,
    }


def _check(
    choices: Sequence[Choice], selection: str, value: float, min_coverage: float, gap: float
) -> None:
    errors = []
    if not FEWEST <= len(choices) <= MOST:
        errors.append(
            _("A matrix takes from %(fewest)s to %(most)s criteria.")
            % {"fewest": FEWEST, "most": MOST}
        )
    if len({choice.criterion.pk for choice in choices}) < len(choices):
        errors.append(_("A criterion can be taken once."))
    if any(not choice.weight.is_finite() or choice.weight <= 0 for choice in choices):
        errors.append(_("A weight is a number above zero."))
    for choice in choices:
        errors += [f"{choice.criterion.label}: {text}" for text in _rule_errors(choice)]
    errors += _cut_errors(selection, value, min_coverage, gap)
    if errors:
        raise ValidationError(errors)


def check_cut(selection: str, value: float, min_coverage: float) -> None:
    """Raise ValidationError where a list cannot be cut so."""
    if errors := _cut_errors(selection, value, min_coverage, 0):
        raise ValidationError(errors)


def _cut_errors(selection: str, value: float, min_coverage: float, gap: float) -> list[str]:
    errors = []
    if selection not in Selection.values:
        errors.append(_("Choose how the list is cut."))
    elif selection == Selection.TOP_N and not (value >= 1 and value == int(value)):
        errors.append(_("Top N needs a whole number of clients, at least one."))
    elif selection == Selection.THRESHOLD and not 1 <= value <= 10:
        errors.append(_("The points of the key line lie between 1 and 10."))
    elif selection == Selection.SHARE and not 0 < value <= 1:
        errors.append(_("The share of profit lies above 0 and up to 100 %."))
    if gap < 0 or (selection == Selection.TOP_N and gap >= value):
        errors.append(_("The gap between entry and exit is smaller than the list."))
    if not 0 <= min_coverage <= 1:
        errors.append(_("The least coverage lies between 0 and 100 %."))
    return errors


def check_rule(choice: Choice) -> None:
    """Raise ValidationError where a criterion could not be rated as the choice says."""
    errors = _rule_errors(choice)
    if errors:
        raise ValidationError([f"{choice.criterion.label}: {text}" for text in errors])


def _rule_errors(choice: Choice) -> list[str]:
    frozen = _frozen(choice)
    measure, people = frozen["measure"], frozen["rated_by_people"]
    if measure and measure not in MEASURES and measure not in ATTRIBUTES:
        return [_("there is no measure “%(measure)s”.") % {"measure": measure}]
    if not measure and not people:
        return [_("it needs a measure, or people who rate.")]
    try:
        rule = rule_from_dict(frozen["rule"])
    except ValueError as error:
        return [_("the rating rule cannot be used (%(error)s).") % {"error": error}]
    if measure in ATTRIBUTES and not isinstance(rule, Category):
        return [_("words are rated by a table of categories.")]
    if measure in MEASURES and isinstance(rule, Category | Manual):
        return [_("a measure needs a rule for numbers.")]
    if rule.within and rule.within not in ATTRIBUTES:
        return [_("clients cannot be compared within “%(name)s”.") % {"name": rule.within}]
    if measure and people and not 0 < frozen["people_share"] < 1:
        return [_("the share of people's ratings lies between 0 and 100 %.")]
    return []


@transaction.atomic
def activate(version: MatrixVersion, reason: str, author: User | None = None) -> MatrixVersion:
    """Make a draft the version that ranks, retire the one before, and ask for a ranking.

    Raises ValidationError without a reason, and where the draft could not be ranked by.
    """
    Matrix.objects.select_for_update(of=("self",)).get(pk=version.matrix_id)
    version.refresh_from_db()
    _require_draft(version)
    if not reason.strip():
        raise ValidationError(_("Say in a few words why: it stays with the version."))
    _check(
        [
            Choice(
                row.criterion,
                row.weight,
                row.measure,
                row.rule,
                row.rated_by_people,
                row.people_share,
                row.mandatory,
            )
            for row in version.criteria.select_related("criterion")
        ],
        version.selection,
        version.selection_value,
        version.min_coverage,
        version.gap,
    )
    version.matrix.versions.filter(status=Status.ACTIVE).update(status=Status.RETIRED)
    version.reason = reason.strip()
    version.author = author or version.author
    version.activated_at = timezone.now()
    version.status = Status.ACTIVE
    version.save()
    record(
        "matrix.activated",
        object=version.matrix,
        details={"version": version.number, "reason": version.reason},
    )
    request_ranking(version.matrix)
    return version


@transaction.atomic
def restore(version: MatrixVersion, author: User | None = None) -> MatrixVersion:
    """Begin a draft as an earlier version was.  Raises ValidationError where there is a draft
    already: it may hold somebody's work, so it is thrown away or put to use first."""
    Matrix.objects.select_for_update(of=("self",)).get(pk=version.matrix_id)
    if version.matrix.versions.filter(status=Status.DRAFT).exists():
        raise ValidationError(
            _("There is a draft already. Put it to use or throw it away, then restore.")
        )
    draft = draft_of(version.matrix, author, version)
    record(
        "matrix.restored",
        object=version.matrix,
        details={"version": version.number, "draft": draft.number},
    )
    return draft


@transaction.atomic
def discard(version: MatrixVersion) -> None:
    """Throw a draft away."""
    _require_draft(version)
    record("matrix.draft_discarded", object=version.matrix, details={"version": version.number})
    version.criteria.all().delete()
    version.delete()


@transaction.atomic
def create_matrix(name: str, author: User | None) -> Matrix:
    """A further matrix with a draft that begins as the main one.  Raises ValidationError."""
    matrix = Matrix(name=name.strip(), is_main=not Matrix.objects.filter(is_main=True).exists())
    matrix.full_clean(exclude=["current_run"])
    matrix.save()
    draft = MatrixVersion.objects.create(matrix=matrix, number=1, author=author)
    main = MatrixVersion.objects.filter(matrix__is_main=True, status=Status.ACTIVE).first()
    if main is not None:
        _copy(main, draft)
    record("matrix.created", object=matrix)
    return matrix


def _require_draft(version: MatrixVersion) -> None:
    if version.status != Status.DRAFT:
        raise ValidationError(
            _("Version %(number)s is in use or was; only a draft may change.")
            % {"number": version.number}
        )
