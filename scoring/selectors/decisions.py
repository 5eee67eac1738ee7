"""Reading decisions, their lines and votes, and the overrides of a matrix."""

from django.db.models import Count, F, Q, QuerySet

from scoring.models import Decision, DecisionItem, DecisionVote, ListOverride


def decisions_of(matrix_id: int) -> QuerySet[Decision]:
    """Decisions of a matrix, the latest first, with how many lines changed and were overridden."""
    changed = ~Q(items__chosen=F("items__before"))
    overridden = ~Q(items__chosen=F("items__proposed"))
    return (
        Decision.objects.filter(matrix_id=matrix_id)
        .select_related("author", "closed_by", "run__version")
        .annotate(
            changes=Count("items", filter=changed), overridden=Count("items", filter=overridden)
        )
        .order_by("-created_at", "-pk")  # grouping has dropped the order of the model
    )


def open_decision(matrix_id: int) -> Decision | None:
    return Decision.objects.filter(matrix_id=matrix_id, status=Decision.Status.OPEN).first()


def items_of(decision: Decision) -> list[DecisionItem]:
    """Lines that change first, then the others, each in the order of places."""
    rows = list(
        DecisionItem.objects.filter(decision=decision).select_related("client__owner", "applied_by")
    )
    return sorted(
        rows, key=lambda i: (i.proposed == i.before, i.place or 10**9, i.client.sort_name, i.pk)
    )


def votes_of(decision: Decision) -> list[DecisionVote]:
    return list(DecisionVote.objects.filter(decision=decision).select_related("person"))


def overrides_of(matrix_id: int) -> list[ListOverride]:
    """Overrides that are not ended, those past their day too: they are told apart by ``until``."""
    rows = ListOverride.objects.filter(matrix_id=matrix_id, ended_at__isnull=True)
    return list(rows.select_related("client", "author"))
