"""Connected systems over REST; what is secret goes in and never comes out."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.importing.documents import parse_choice
from accounts.models import Connection
from accounts.selectors.connections import connections
from accounts.services import connection_settings as settings
from accounts.services import connections as service
from accounts.services.clients import Conflict
from accounts.services.connection_words import words
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.views import find, find_editable

from .clients import ChangedMeanwhile


def _secret(longest: int = 4000) -> serializers.CharField:
    return serializers.CharField(
        write_only=True, required=False, allow_blank=True, max_length=longest
    )


class ConnectionSerializer(serializers.ModelSerializer):
    """A system to pull from.  Bitrix24 needs ``webhook``; amoCRM ``address`` and ``token``, or the
    four of ``client_id``, ``client_secret``, ``redirect_uri``, ``refresh_token``.  ``pulls``:
    ``companies``, ``requisites``, ``invoices`` of Bitrix24, ``companies``, ``leads`` of amoCRM.
    ``every``: 0 only when asked, 1, 3, 6 hours, 24 at night.  ``found``: what the last test found;
    ``problem``: why the last run ended early; ``report``: what it read."""

    address = serializers.CharField(max_length=255, required=False, allow_blank=True)
    source = serializers.CharField(max_length=60, required=False, allow_blank=True)
    pulls = serializers.ListField(
        child=serializers.ChoiceField(["companies", "requisites", "invoices", "leads"]),
        required=False,
        max_length=4,
    )
    won = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=10**15),
        required=False,
        max_length=100,
    )
    pipelines = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=10**15),
        required=False,
        max_length=100,
    )
    vat = serializers.CharField(max_length=20, required=False, allow_blank=True)
    webhook = _secret(500)
    token = _secret()
    client_id = _secret(200)
    client_secret = _secret(200)
    redirect_uri = _secret(500)
    refresh_token = _secret()
    problem = serializers.SerializerMethodField()
    is_busy = serializers.BooleanField(read_only=True)
    has_secret = serializers.BooleanField(read_only=True)
    version = serializers.IntegerField(required=False)

    class Meta:
        model = Connection
        fields = (
            "id", "system", "name", "address", "source", "pulls", "won", "pipelines", "vat",
            "every", "whole_at_night", "is_active", *settings.SECRETS, "has_secret", "is_busy",
            "job", "trial", "found", "problem", "report", "started_at", "finished_at", "version",
        )  # fmt: skip
        read_only_fields = ("is_active", "job", "trial", "found", "report", "started_at",
                            "finished_at")  # fmt: skip

    def get_problem(self, row) -> str:
        return words(row.error)

    def get_fields(self):
        fields = super().get_fields()
        if self.instance is not None and not isinstance(self.instance, list):
            fields["system"].read_only = True
        return fields

    def validate_vat(self, meant):
        if meant and parse_choice(meant) is None:
            raise serializers.ValidationError("Not none, included or excluded, with a rate or not.")
        return meant

    def validate(self, data):
        for name, value in data.items():
            if isinstance(value, str) and "\x00" in value:
                raise serializers.ValidationError({name: "A NUL is in it."})
        return data

    def values(self) -> dict:
        sent = dict(self.validated_data)
        sent.pop("version", None)
        return sent


class ConnectionRunAsked(serializers.Serializer):
    """whole: everything again, not only what has changed."""

    whole = serializers.BooleanField(default=False)


class ConnectionSwitchAsked(serializers.Serializer):
    active = serializers.BooleanField()


def _answer(row: Connection, code: int = status.HTTP_200_OK) -> Response:
    found = find(Connection, queryset=connections(), pk=row.pk)
    return Response(ConnectionSerializer(found).data, code)


def _wrong(error: ValidationError) -> serializers.ValidationError:
    return serializers.ValidationError(getattr(error, "message_dict", None) or error.messages)


class ConnectionList(ListAPIView):
    """Connected systems by id; ``POST`` connects one and asks for its test."""

    serializer_class = ConnectionSerializer
    sorts = {"id": "pk", "name": "name"}

    def get_queryset(self):
        return connections().order_by("pk")

    @extend_schema(request=ConnectionSerializer, responses={201: ConnectionSerializer})
    def post(self, request):
        asked = ConnectionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = asked.values()
        system = values.pop("system")
        values.setdefault("pulls", list(Connection.PULLS[system]))
        try:
            row = settings.create(request.user, system, values)
        except ValidationError as error:
            raise _wrong(error) from error
        service.request_trial(row, request.user)
        return _answer(row, status.HTTP_201_CREATED)


class ConnectionDetail(APIView):
    """One connection; a change needs the version that was read, or answers 428.  A secret that is
    left out or empty stays as it is."""

    @extend_schema(responses=ConnectionSerializer)
    def get(self, request, pk):
        return _answer(find(Connection, pk=pk))

    @extend_schema(request=ConnectionSerializer, responses=ConnectionSerializer)
    def patch(self, request, pk):
        row = find_editable(Connection, pk=pk)
        asked = ConnectionSerializer(row, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        try:
            row = settings.change(row, asked.values(), version_asked(request))
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        except ValidationError as error:
            raise _wrong(error) from error
        return _answer(row)


class ConnectionRun(APIView):
    """Reads the system now, as a job: what has changed, or everything."""

    @extend_schema(request=ConnectionRunAsked, responses={202: ConnectionSerializer})
    def post(self, request, pk):
        row = find_editable(Connection, pk=pk)
        asked = ConnectionRunAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            service.request_run(row, request.user, whole=asked.validated_data["whole"])
        except service.Busy as error:
            said = _("This connection is being read already.")
            raise serializers.ValidationError([said], code="busy") from error
        except service.Disabled as error:
            said = _("This connection is switched off. Switch it on first.")
            raise serializers.ValidationError([said], code="off") from error
        return _answer(row, status.HTTP_202_ACCEPTED)


class ConnectionTrial(APIView):
    """Tests the connection, as a job; ``found`` says what came of it."""

    @extend_schema(request=None, responses={202: ConnectionSerializer})
    def post(self, request, pk):
        row = service.request_trial(find_editable(Connection, pk=pk), request.user)
        return _answer(row, status.HTTP_202_ACCEPTED)


class ConnectionSwitch(APIView):
    """Switches a connection off or on; what was loaded stays."""

    @extend_schema(request=ConnectionSwitchAsked, responses=ConnectionSerializer)
    def post(self, request, pk):
        row = find_editable(Connection, pk=pk)
        asked = ConnectionSwitchAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        return _answer(settings.switch(row, asked.validated_data["active"]))
