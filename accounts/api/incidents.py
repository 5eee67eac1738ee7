"""Breaches over REST: written down, their clocks, whose data."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.forms.incidents import IncidentForm
from accounts.models import Incident
from accounts.selectors import incidents as found
from accounts.services import incidents
from accounts.services.clients import Conflict
from kam.lib.api import Pages
from kam.lib.api_parameters import sent
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.views import find, find_editable

from .clients import ChangedMeanwhile

STATES = ("done", "late", "over", "running", "open")


class ClockSerializer(serializers.Serializer):
    """``due`` null: without delay.  ``state`` late: told after its time; over: not told yet."""

    duty = serializers.CharField(source="duty.field")
    law = serializers.CharField(source="duty.law")
    due = serializers.DateTimeField(allow_null=True)
    done = serializers.DateTimeField(allow_null=True)
    state = serializers.ChoiceField(STATES)


class IncidentSerializer(serializers.ModelSerializer):
    """A breach: the days, accounts (``people``) and keys (``tokens``) by id, an ``export`` or an
    original ``file``; moments at which others were told.  Changing needs ``version``."""

    people = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62), required=False
    )
    tokens = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62), required=False
    )
    export = serializers.IntegerField(
        source="export_ref", min_value=1, max_value=2**62, required=False, allow_null=True
    )
    version = serializers.IntegerField(required=False)
    clocks = serializers.SerializerMethodField()

    class Meta:
        model = Incident
        fields = (
            "id", "title", "noticed_at", "since", "until", "people", "tokens", "export", "file",
            "note", "regulator_told_at", "result_told_at", "authority_told_at", "people_told_at",
            "clocks", "version",
        )  # fmt: skip

    @extend_schema(responses=ClockSerializer(many=True))
    def get_clocks(self, row) -> list:
        return ClockSerializer(incidents.clocks(row), many=True).data


def _values(data, row: Incident | None = None) -> dict:
    """By the rules of the page.  Raises ValidationError."""
    asked = IncidentSerializer(row, data=data, partial=row is not None)
    asked.is_valid(raise_exception=True)
    given = {name: value for name, value in asked.validated_data.items() if name != "version"}
    present = {name: getattr(row, name) for name in incidents.FIELDS} if row else {}
    filled = {**present, **given}
    filled["file"] = getattr(filled.get("file"), "pk", None)
    form = IncidentForm(filled, instance=row)
    if not form.is_valid():
        errors = {{"export_ref": "export"}.get(k, k): said for k, said in form.errors.items()}
        raise serializers.ValidationError(errors)
    return form.values()


class LastNoticedFirst(Pages):
    ordering = ("-noticed_at", "-pk")


class IncidentList(ListAPIView):
    """Breaches, the last noticed first; a POST writes one down."""

    serializer_class = IncidentSerializer
    pagination_class = LastNoticedFirst
    sorts = {"noticed_at": "noticed_at", "id": "pk"}

    def get_queryset(self):
        return Incident.objects.order_by("-noticed_at", "-pk")

    @extend_schema(
        request=IncidentSerializer,
        responses={201: IncidentSerializer},
        examples=sent(
            title="Laptop lost", noticed_at="2026-03-02T09:30:00Z", since="2026-03-01",
            until="2026-03-02", people=[7],
        ),
    )  # fmt: skip
    def post(self, request):
        row = incidents.create(_values(request.data), request.user)
        return Response(IncidentSerializer(row).data, status=status.HTTP_201_CREATED)


class IncidentDetail(APIView):
    """One breach with its clocks."""

    @extend_schema(responses=IncidentSerializer)
    def get(self, request, pk):
        return Response(IncidentSerializer(find(Incident, pk=pk)).data)

    @extend_schema(request=IncidentSerializer, responses=IncidentSerializer)
    def patch(self, request, pk):
        row = find_editable(Incident, pk=pk)
        version = version_asked(request)
        values = _values(request.data, find(Incident, pk=pk))
        try:
            row = incidents.change(row, values, row.version if version is None else version)
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(IncidentSerializer(row).data)


class ExposedSerializer(serializers.Serializer):
    """A contact concerned; ``contact`` 0: names of people at the client, without saying whose.
    ``actors``: accounts that had it before their eyes; ``in_file``: stands in the original file."""

    contact = serializers.IntegerField()
    client = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    seen = serializers.ListField(child=serializers.CharField(), source="fields")
    ways = serializers.ListField(child=serializers.CharField())
    actors = serializers.ListField(child=serializers.IntegerField())
    first = serializers.DateField(allow_null=True)
    last = serializers.DateField(allow_null=True)
    in_file = serializers.BooleanField()


class IncidentContacts(APIView):
    """Whose data a breach may have shown, what of it, when and by which way."""

    @extend_schema(responses=ExposedSerializer(many=True))
    def get(self, request, pk):
        rows = found.exposure(find(Incident, pk=pk))
        return Response(ExposedSerializer(rows, many=True).data)
