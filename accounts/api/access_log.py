"""Who looked at contact data, over REST."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from accounts.selectors import access_log
from kam.audit.models import DataAccess
from kam.lib.api import Pages
from kam.lib.api_parameters import day, one_of, whole
from kam.lib.endpoints import ListAPIView


class AccessSerializer(serializers.ModelSerializer):
    """A person, a client and a day: how often, by which ways, and ids of the contacts; none named:
    by name alone.  ``token`` 0: signed in, no key.  ``client`` 0: not known."""

    person = serializers.IntegerField(source="actor_id")
    token = serializers.IntegerField(source="token_ref")
    client = serializers.IntegerField(source="client_ref")
    ways = serializers.ListField(child=serializers.ChoiceField(DataAccess.Way.choices))
    contacts = serializers.ListField(child=serializers.IntegerField())

    class Meta:
        model = DataAccess
        fields = (
            "id", "day", "person", "token", "client", "views", "ways", "contacts", "first_at",
            "last_at",
        )  # fmt: skip
        read_only_fields = fields


class LastDayFirst(Pages):
    ordering = ("-day", "-pk")


class AccessList(ListAPIView):
    """The access log, the last day first; ``since`` and ``until`` count."""

    serializer_class = AccessSerializer
    pagination_class = LastDayFirst
    sorts = {"day": "day", "id": "pk"}

    @extend_schema(
        parameters=[
            whole("person"), whole("token"), whole("client"), day("since"), day("until"),
            one_of(DataAccess.Way.values)("way"),
        ]
    )  # fmt: skip
    def get(self, request):
        return self.list(request)

    def get_queryset(self):
        return access_log.looks(access_log.Asked.of(self.request.query_params))
