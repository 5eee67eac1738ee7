"""Several people weigh apart; what they say together is taken into the draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from kam.audit.services import record
from kam.lib.policy import ADMINISTRATOR, AUDITOR, KAM, MANAGER
from scoring.engine.weights import NotLinked, group, normalise
from scoring.models import Criterion, Matrix, MatrixVersion, Weighing, WeighingRound
from scoring.selectors.matrices import working_version
from scoring.selectors.weighings import all_weighings, open_round, own_weighing

from .versions import SETTINGS, Choice, draft_of, save_draft
from .weighing import comparisons, to_hundred

MAY_WEIGH = (ADMINISTRATOR, MANAGER, KAM)
DECIDES = (ADMINISTRATOR, MANAGER, AUDITOR)
# Who gives a criterion nothing would, in a geometric mean, forbid it to all others.
LEAST = 0.001


@dataclass(frozen=True)
class Together:
    """What those who have answered say together.

    keys: criteria; weights: shares; spread: the largest share that somebody gives less the
    smallest; individual: shares by the order of ``weighings``; ratio: the consistency ratio of
    the judgements put together, None where people weighed in different ways.
    """

    keys: tuple[str, ...]
    weights: tuple[float, ...]
    spread: tuple[float, ...]
    weighings: tuple[Weighing, ...]
    individual: tuple[tuple[float, ...], ...]
    ratio: float | None


@transaction.atomic
def ask(matrix: Matrix, people: Iterable[User], author: User | None) -> WeighingRound:
    """Ask people to weigh the criteria as they are in work now.

    People are added to the question that is open; where the criteria have changed since, it is
    closed and a new one begins.  Raises ValidationError.
    """
    Matrix.objects.select_for_update(of=("self",)).get(pk=matrix.pk)
    chosen = [person for person in people if person.is_active and person.role in MAY_WEIGH]
    if not chosen:
        raise ValidationError(_("Choose at least one person."))
    version = working_version(matrix)
    keys = [row.criterion.key for row in version.criteria.select_related("criterion")]
    if len(keys) < 2:
        raise ValidationError(_("There have to be at least two criteria to weigh."))
    asked = open_round(matrix)
    if asked is not None and set(asked.criteria) != set(keys):
        close(asked)
        asked = None
    if asked is None:
        asked = WeighingRound.objects.create(matrix=matrix, criteria=keys, asked_by=author)
    there = {row.person_id for row in all_weighings(asked)}
    Weighing.objects.bulk_create(
        Weighing(round=asked, person=person) for person in chosen if person.pk not in there
    )
    record("weighing.asked", object=matrix, details={"people": [str(person) for person in chosen]})
    return asked


def close(asked: WeighingRound) -> None:
    asked.closed_at = timezone.now()
    asked.save(update_fields=["closed_at"])


@transaction.atomic
def submit(
    weighing: Weighing, method: str, weights: Mapping[str, float], judgements: Mapping[str, Any]
) -> Weighing:
    """Give one's answer, for good: from now on one sees the others'.

    Raises ValidationError where it was given before, or where criteria have no weight at all.
    """
    weighing = Weighing.objects.select_for_update(of=("self",)).get(pk=weighing.pk)
    if weighing.submitted_at is not None:
        raise ValidationError(_("You have answered already; the others' answers are known to you."))
    if method not in Weighing.Method.values:
        raise ValidationError(_("Choose how you weigh."))
    keys = weighing.round.criteria
    try:
        shares = normalise([weights.get(key, 0.0) for key in keys])
    except ValueError as error:
        raise ValidationError(_("Give at least one criterion a weight above zero.")) from error
    weighing.method = method
    weighing.judgements = dict(judgements)
    weighing.weights = {key: float(share) for key, share in zip(keys, shares, strict=True)}
    weighing.submitted_at = timezone.now()
    weighing.save()
    record("weighing.given", object=weighing.round.matrix)
    return weighing


def may_know(asked: WeighingRound, person) -> bool:
    """Whether a person may see what others said: after their own answer; where nobody asked
    them, those who decide."""
    own = own_weighing(asked, person)
    if own is not None:
        return own.submitted_at is not None
    return person.role in DECIDES


def together(asked: WeighingRound) -> Together | None:
    """What those who have answered say together; None while nobody has.

    Where all compared pairs, the geometric mean of their judgements (Aczel & Saaty 1983); else
    the geometric mean of their weights (Forman & Peniwati 1998), a share below 0.1 % counting
    as that.
    """
    given = tuple(row for row in all_weighings(asked) if row.submitted_at is not None)
    if not given:
        return None
    keys = tuple(asked.criteria)
    individual = np.array([[row.weights.get(key, 0.0) for key in keys] for row in given])
    weights, ratio = _mean(individual), None
    if all(row.method == Weighing.Method.PAIRS for row in given):
        try:
            found = group([comparisons(keys, row.judgements.get("pairs", {})) for row in given])
        except NotLinked:
            pass  # what each of them left out has been filled in by their own weights
        else:
            weights, ratio = found.weights, float(found.consistency_ratio)
    return Together(
        keys=keys,
        weights=tuple(weights.tolist()),
        spread=tuple(np.ptp(individual, axis=0).tolist()),
        weighings=given,
        individual=tuple(map(tuple, individual.tolist())),
        ratio=ratio,
    )


def _mean(individual: np.ndarray) -> np.ndarray:
    return normalise(np.exp(np.log(np.maximum(individual, LEAST)).mean(axis=0)))


@transaction.atomic
def adopt(asked: WeighingRound, author: User | None) -> MatrixVersion:
    """Take what people say together into the draft, and close the question.

    Rules and the cut stay as they are in work.  Raises ValidationError.
    """
    found = together(asked)
    if found is None:
        raise ValidationError(_("Nobody has answered yet."))
    draft = draft_of(asked.matrix, author)
    stored = {row.criterion.key: row for row in draft.criteria.select_related("criterion")}
    library = Criterion.objects.in_bulk(found.keys, field_name="key")
    choices = [
        _choice(stored.get(key), library[key], max(weight, Decimal("0.1")))
        for key, weight in zip(found.keys, to_hundred(found.weights), strict=True)
        if key in library
    ]
    save_draft(draft, choices, **{name: getattr(draft, name) for name in SETTINGS})
    close(asked)
    record(
        "weighing.adopted",
        object=asked.matrix,
        details={"draft": draft.number, "answers": len(found.weighings)},
    )
    return draft


def _choice(row, criterion: Criterion, weight: Decimal) -> Choice:
    if row is None:
        return Choice(criterion, weight)
    return Choice(
        criterion,
        weight,
        row.measure,
        row.rule,
        row.rated_by_people,
        row.people_share,
        row.mandatory,
    )


def people_who_weigh() -> Sequence[User]:
    """Whom one may ask."""
    return list(User.objects.filter(is_active=True, role__in=MAY_WEIGH).order_by("name"))
