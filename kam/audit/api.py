"""The trail and its seals over REST, to be kept on another machine."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from kam.lib.api import Pages
from kam.lib.api_parameters import phrase
from kam.lib.endpoints import ListAPIView

from .models import Event, Seal
from .selectors import events
from .words import words


class EventSerializer(serializers.ModelSerializer):
    title = serializers.SerializerMethodField()

    class Meta:
        model = Event
        fields = (
            "id", "at", "actor", "actor_name", "action", "title", "object_type", "object_id",
            "client_ref", "details", "request_id",
        )  # fmt: skip
        read_only_fields = fields

    def get_title(self, row) -> str:
        return words(row.action)


class LatestFirst(Pages):
    ordering = ("-at", "-pk")


class EventList(ListAPIView):
    """Events, latest first; ``action``, ``person`` (part of the name)."""

    serializer_class = EventSerializer
    pagination_class = LatestFirst
    sorts = {"at": "at", "id": "pk"}

    @extend_schema(parameters=[phrase("action"), phrase("person", "Part of the name.")])
    def get(self, request):
        return self.list(request)

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


class SealList(ListAPIView):
    """Seals, the last first: keep its number and head elsewhere, for ``audit_verify --head``."""

    serializer_class = SealSerializer
    pagination_class = LastSealFirst
    queryset = Seal.objects.all()
