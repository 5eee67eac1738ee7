"""What a client said before, over REST."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Client, Edit
from accounts.selectors import history as found
from accounts.services.history_words import field_of
from kam.lib.api import Pages
from kam.lib.endpoints import ListAPIView
from kam.lib.views import find


class LatestEdits(Pages):
    ordering = ("-pk",)


class EditSerializer(serializers.ModelSerializer):
    """``record``: `client` or `membership` (in a group); ``before`` and ``after``: fields that
    changed, references by id."""

    record = serializers.SerializerMethodField()
    object = serializers.IntegerField(source="object_id")
    before = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()

    class Meta:
        model = Edit
        fields = (
            "id", "at", "record", "object", "did", "before", "after", "actor", "actor_name",
            "request_id",
        )  # fmt: skip
        read_only_fields = fields

    def get_record(self, row) -> str:
        return row.relation.partition("_")[2]

    @extend_schema_field(serializers.DictField())
    def get_before(self, row):
        return _by_field(row, row.before)

    @extend_schema_field(serializers.DictField())
    def get_after(self, row):
        return _by_field(row, row.after)


def _by_field(edit: Edit, values: dict) -> dict:
    """Fields by the names that the rest of the API has for them."""
    told = ((field_of(edit, column), value) for column, value in values.items())
    return {field.name: value for field, value in told if field is not None}


class ClientHistory(ListAPIView):
    """Who changed what of a client, and when: the latest first."""

    serializer_class = EditSerializer
    pagination_class = LatestEdits
    sorts = {"id": "pk"}

    def get_queryset(self):
        return found.of(find(Client, pk=self.kwargs["pk"]))
