"""Reading matrices and their versions."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404

from scoring.models import (
    Criterion,
    Matrix,
    MatrixVersion,
    RankingRun,
    VersionCriterion,
)


def matrices() -> QuerySet[Matrix]:
    criteria = VersionCriterion.objects.select_related("criterion").order_by("position")
    versions = MatrixVersion.objects.select_related("author").order_by("-number")
    return Matrix.objects.select_related("current_run").prefetch_related(
        Prefetch("versions", versions.prefetch_related(Prefetch("criteria", criteria)))
    )


def main_matrix() -> Matrix | None:
    """The matrix whose ranking the whole product shows, with its current run."""
    return (
        Matrix.objects.select_related("current_run__version__matrix", "current_run__previous")
        .filter(is_main=True)
        .first()
    )


def main_run() -> RankingRun | None:
    matrix = main_matrix()
    return matrix.current_run if matrix else None


def asked_run(asked: str) -> RankingRun | None:
    """The run of that number, of whichever matrix and day; else the published main one."""
    if asked.isdecimal():
        runs = RankingRun.objects.select_related("version__matrix", "previous")
        found = runs.filter(pk=int(asked[:18])).first()
        if found is not None:
            return found
    return main_run()


def runs_of(matrix: Matrix, most: int = 24) -> list[RankingRun]:
    """The latest rankings of a matrix, each with the version that ranked; newest first."""
    runs = RankingRun.objects.filter(version__matrix=matrix).select_related("version__matrix")
    return list(runs.order_by("-as_of", "-pk")[:most])


def version_criteria(version: MatrixVersion) -> list[VersionCriterion]:
    """Criteria of a version in its order, each with its share of the weight as ``share``."""
    if "criteria" in getattr(version, "_prefetched_objects_cache", {}):
        rows = list(version.criteria.all())
    else:
        rows = list(version.criteria.select_related("criterion").order_by("position"))
    total = sum(row.weight for row in rows)
    for row in rows:
        row.share = float(row.weight / total) if total else 0.0
    return rows


def working_version(matrix: Matrix) -> MatrixVersion:
    """What work goes on from: the draft, else the version in use, else the latest."""
    versions = list(matrix.versions.all())
    for status in (MatrixVersion.Status.DRAFT, MatrixVersion.Status.ACTIVE):
        for version in versions:
            if version.status == status:
                return version
    return max(versions, key=lambda version: version.number)


def matrices_of_criteria() -> dict[int, list[str]]:
    """Names of the matrices whose version in use or draft takes a criterion, by its id."""
    taken = (
        VersionCriterion.objects.exclude(version__status=MatrixVersion.Status.RETIRED)
        .order_by("version__matrix__name")
        .values_list("criterion_id", "version__matrix__name")
        .distinct()
    )
    found: dict[int, list[str]] = {}
    for criterion_id, name in taken:
        found.setdefault(criterion_id, []).append(name)
    return found


def rated_version(matrix: Matrix) -> MatrixVersion:
    """Whose criteria people rate: the version in use, before there is one the latest."""
    versions = matrix.versions.order_by("-number")
    found = versions.filter(status=MatrixVersion.Status.ACTIVE).first() or versions.first()
    if found is None:
        raise MatrixVersion.DoesNotExist
    return found


def rule_row(base: MatrixVersion, key: str) -> VersionCriterion:
    """The criterion as the version takes it, or as the library has it where it does not (yet).

    Raises Http404 where there is no such criterion.
    """
    row = base.criteria.select_related("criterion").filter(criterion__key=key).first()
    if row is not None:
        return row
    criterion = get_object_or_404(Criterion, key=key)
    return VersionCriterion(
        version=base,
        criterion=criterion,
        weight=1,
        measure=criterion.measure,
        rule=criterion.rule,
        rated_by_people=criterion.rated_by_people,
        people_share=criterion.people_share,
    )


@dataclass(frozen=True)
class VersionChange:
    """What became of one criterion between two versions: weights in shares, None = not in it."""

    criterion: Criterion
    before: float | None
    after: float | None
    rule_changed: bool


def version_changes(older: MatrixVersion | None, newer: MatrixVersion) -> list[VersionChange]:
    """Criteria that came, went, or changed in weight or rule."""
    before = {row.criterion_id: row for row in version_criteria(older)} if older else {}
    after = {row.criterion_id: row for row in version_criteria(newer)}
    changes = []
    for key in [*after, *(key for key in before if key not in after)]:
        was, now = before.get(key), after.get(key)
        rule_changed = bool(was and now) and any(
            getattr(was, name) != getattr(now, name)
            for name in ("measure", "rule", "rated_by_people", "people_share", "mandatory")
        )
        weight_changed = not was or not now or abs(was.share - now.share) > 1e-6
        if rule_changed or weight_changed:
            changes.append(
                VersionChange(
                    (now or was).criterion,
                    was.share if was else None,
                    now.share if now else None,
                    rule_changed,
                )
            )
    return changes
