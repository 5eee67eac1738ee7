"""When facts change, the ranking follows."""

from django.db import transaction
from django.dispatch import receiver

from accounts.signals import portfolio_changed

from .services.requests import request_rankings


@receiver(portfolio_changed, dispatch_uid="scoring ranks what changed")
def rank_again(sender, **kwargs):
    """Enqueue a ranking by each matrix in use; many changes in a row ask for one."""
    with transaction.atomic():
        request_rankings()
