"""Connected systems and what came of them."""

from django.db.models import QuerySet

from accounts.models import Connection, ImportBatch


def connections() -> QuerySet[Connection]:
    """All connections by name, with the jobs that are at work on them."""
    return Connection.objects.select_related("job", "trial").order_by("name", "pk")


def batches_of(row: Connection) -> QuerySet[ImportBatch]:
    """What was loaded from a connection, the latest first."""
    return ImportBatch.objects.filter(connection=row).order_by("-at", "-pk")
