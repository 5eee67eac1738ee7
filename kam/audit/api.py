"""The trail and its seals over REST, to be kept on another machine."""

from django.db.models import QuerySet
from rest_framework import generics, serializers

from kam.lib.api import Pages

from .models import Event, Seal
from .selectors import events
from .words import words


class EventSerializer(serializers.ModelSerializer):
    title = serializers.SerializerMethodField()

    class Meta:
        model = Event
        fields = (
            "id", "at", "actor", "actor_name", "action", "title", "object_type", "object_id",
            "client_ref", "details",
        )  # fmt: skip
        read_only_fields = fields

    def get_title(self, row) -> str:
        return words(row.action)


class LatestFirst(Pages):
    ordering = ("-at", "-pk")


class EventList(generics.ListAPIView):
    """Events, latest first; ``action``, ``person`` (part of the name)."""

    serializer_class = EventSerializer
    pagination_class = LatestFirst

    def get_queryset(self) -> QuerySet[Event]:
        asked = self.request.query_params
        return events(asked.get("action", ""), asked.get("person", ""))


class SealSerializer(serializers.ModelSerializer):
    class Meta:
        model = Seal
        fields = ("number", "at", "events", "head")
        read_only_fields = fields


class LastSealFirst(Pages):
    ordering = ("-number",)


class SealList(generics.ListAPIView):
    """Seals, the last first: keep its number and head elsewhere, for ``audit_verify --head``."""

    serializer_class = SealSerializer
    pagination_class = LastSealFirst
    queryset = Seal.objects.all()
