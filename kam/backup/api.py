"""Backups over REST: for the one who watches over the product from outside."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from kam.jobs import holding
from kam.lib.endpoints import APIView, ListAPIView

from .models import Backup
from .selectors import standing


class BackupSerializer(serializers.ModelSerializer):
    """``is_good``: it was restored on trial and nothing differed."""

    is_good = serializers.BooleanField(read_only=True)

    class Meta:
        model = Backup
        fields = (
            "id", "at", "name", "size", "sha256", "rows", "files", "encrypted", "seconds",
            "checked_at", "error", "fault", "is_good",
        )  # fmt: skip


class BackupList(ListAPIView):
    """Attempts at backups."""

    serializer_class = BackupSerializer
    sorts = {"id": "pk", "at": "at"}

    def get_queryset(self):
        return Backup.objects.order_by("pk")


class BackupStandingSerializer(serializers.Serializer):
    """``outgoing_held_since``: since when nothing goes out to others, as after a restore."""

    state = serializers.ChoiceField(("off", "good", "late", "broken"))
    last_good = BackupSerializer(allow_null=True)
    outgoing_held_since = serializers.DateTimeField(allow_null=True)


class BackupStanding(APIView):
    """Whether there is a good backup that is young enough."""

    @extend_schema(responses=BackupStandingSerializer)
    def get(self, request):
        found, hold = standing(), holding.held()
        told = {
            "state": found.state,
            "last_good": found.last,
            "outgoing_held_since": hold.since if hold else None,
        }
        return Response(BackupStandingSerializer(told).data)
