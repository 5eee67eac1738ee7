"""What matrices, criteria and ratings said before."""

from __future__ import annotations

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Edit
from accounts.selectors.history import gone
from scoring.models import Criterion, Matrix, MatrixVersion, Rating, VersionCriterion

from .rating_requests import blind


def of_matrix(matrix: Matrix) -> QuerySet[Edit]:
    """Edits of a matrix, of its versions with those thrown away, and of their criteria.

    Matrices name no client: whoever is let to one sees its history.
    """
    versions = list(MatrixVersion.objects.filter(matrix=matrix).values_list("pk", flat=True))
    criteria = VersionCriterion.objects.filter(version__in=versions).order_by().values("pk")
    return Edit.unscoped.filter(
        Q(relation=Matrix._meta.db_table, object_id=matrix.pk)
        | Q(relation=MatrixVersion._meta.db_table, object_id__in=versions)
        | gone(MatrixVersion, before__matrix_id=matrix.pk)
        | Q(relation=VersionCriterion._meta.db_table, object_id__in=criteria)
        | gone(VersionCriterion, before__version_id__in=versions)
    )


def edited_criteria() -> set[int]:
    """Ids of the criteria that somebody changed."""
    rows = Edit.unscoped.filter(relation=Criterion._meta.db_table)
    return set(rows.order_by().values_list("object_id", flat=True).distinct())


def of_ratings(client_id: int) -> QuerySet[Rating]:
    """Opinions on a client as they were given, the latest first, each with what it took the place
    of: ``was`` and ``was_none`` (the criterion did not apply).

    A new opinion closes the earlier one at the moment from which it holds itself.
    """
    earlier = (
        Rating.objects.alias(by=Coalesce("rater_id", 0))
        .filter(
            client_id=OuterRef("client_id"),
            criterion_id=OuterRef("criterion_id"),
            by=Coalesce(OuterRef("rater_id"), 0),
            rater_name=OuterRef("rater_name"),
            known_to=OuterRef("known_from"),
            known_from__lt=F("known_to"),
        )
        .order_by("-pk")
    )
    return (
        blind(Rating.objects.all())
        .filter(client_id=client_id)
        .annotate(
            was=Subquery(earlier.values("value")[:1]),
            was_none=Subquery(earlier.values("not_applicable")[:1]),
        )
        .select_related("rater", "criterion")
        .order_by("-known_from", "-pk")
    )
