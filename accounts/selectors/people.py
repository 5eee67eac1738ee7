"""The directory: people and teams as everybody may read them."""

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import Team, User


def people() -> QuerySet[User]:
    return User.objects.select_related("team").order_by("-is_active", "name", "pk")


def kams() -> QuerySet[User]:
    """Those who may answer for clients."""
    return User.objects.filter(
        is_active=True, role__in=[User.Role.KAM, User.Role.MANAGER]
    ).order_by("name", "pk")


def teams() -> QuerySet[Team]:
    return Team.objects.annotate(size=Count("people"))


def is_empty_installation() -> bool:
    """True until the first administrator has been made."""
    return not User.objects.exists()


def kams_beside(actor) -> QuerySet[User]:
    """Those of :func:`kams` whose clients the actor works with: a KAM sees the own team only."""
    people = kams().only("name", "email")
    if getattr(actor, "role", "") == User.Role.KAM:
        people = people.filter(Q(pk=actor.pk) | Q(team_id=actor.team_id, team__isnull=False))
    return people


def key_slots() -> int:
    """How many key clients all KAMs together have places for."""
    return kams().aggregate(places=Sum("key_slots"))["places"] or 0


def people_beside(actor) -> QuerySet[User]:
    """Who may answer for something with a client: a KAM chooses within the own team."""
    people = User.objects.filter(is_active=True).exclude(role=User.Role.AUDITOR)
    if getattr(actor, "role", "") == User.Role.KAM:
        people = people.filter(Q(pk=actor.pk) | Q(team_id=actor.team_id, team__isnull=False))
    return people.order_by("name", "pk")


def teams_beside(actor) -> QuerySet[Team]:
    """Teams among whose clients the actor can choose; none for a KAM, who has only one."""
    if getattr(actor, "role", "") == User.Role.KAM:
        return Team.objects.none()
    return Team.objects.order_by("name")


def people_to_assign(actor) -> QuerySet[User]:
    """Who may be given a client: a manager assigns within the own team."""
    if getattr(actor, "role", "") == User.Role.MANAGER:
        return kams().filter(team_id=actor.team_id, team__isnull=False)
    return kams()


def teams_to_assign(actor) -> QuerySet[Team]:
    if getattr(actor, "role", "") == User.Role.MANAGER:
        return Team.objects.filter(pk=actor.team_id)
    return Team.objects.order_by("name")
