"""What stands in the bin, as far as one may bring it back."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import Removal
from kam.lib.scoping import current


def removals(noun: str = "") -> QuerySet[Removal]:
    """Latest first; what was removed by whoever may change it, without its rows."""
    rows = Removal.objects.editable_by(current()).select_related("client", "person")
    rows = rows.defer("contents", "loosened")
    return rows.filter(noun=noun) if noun else rows
