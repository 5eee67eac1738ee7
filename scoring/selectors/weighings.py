"""Who was asked to weigh, who has answered, and what they said to whom may know it."""

from __future__ import annotations

from scoring.models import Matrix, Weighing, WeighingRound


def open_round(matrix: Matrix) -> WeighingRound | None:
    return matrix.weighing_rounds.filter(closed_at__isnull=True).select_related("asked_by").first()


def own_weighing(asked: WeighingRound | None, person) -> Weighing | None:
    """This person's part in a round; None where nobody asked them."""
    if asked is None:
        return None
    return Weighing.objects.filter(round=asked, person_id=person.pk).first()


def all_weighings(asked: WeighingRound) -> list[Weighing]:
    """Everybody's part in a round.

    For counting, and for those who may know: who has answered, or was not asked and decides.
    """
    rows = Weighing.unscoped.filter(round=asked).select_related("person")
    return list(rows.order_by("person__name", "pk"))


def weighing_wanted(matrix: Matrix, person) -> bool:
    """Whether this person is asked to weigh and has not answered."""
    asked = Weighing.objects.filter(round__matrix=matrix, round__closed_at__isnull=True)
    return asked.filter(person_id=person.pk, submitted_at__isnull=True).exists()
