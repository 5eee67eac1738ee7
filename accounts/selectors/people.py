"""The directory: people and teams as everybody may read them."""

from django.db.models import Count, QuerySet

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
