"""Planned changes over REST, and the clients they touch."""

from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.forms.planned_changes import PlannedChangeForm, TouchedClientForm
from accounts.models import Client, PlannedChange, TouchedClient
from accounts.selectors import planned_changes as found
from accounts.services import planned_changes
from accounts.services.clients import Conflict
from kam.lib.api_parameters import one_of, sent, whole
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.views import find, find_editable

from .clients import OF_CLIENT, ChangedMeanwhile
from .promises import _told


class PlannedChangeSerializer(serializers.ModelSerializer):
    """A change that is planned.  ``product``: its code.  Changing needs ``version``."""

    version = serializers.IntegerField(required=False)
    product = serializers.CharField(
        source="product.code", required=False, allow_null=True, allow_blank=True, max_length=500
    )

    class Meta:
        model = PlannedChange
        fields = (
            "id", "kind", "name", "details", "on", "family", "product", "owner", "state", "note",
            "settled_on", "author", "created_at", "version",
        )  # fmt: skip
        read_only_fields = ("id", "state", "note", "settled_on", "author", "created_at")
        extra_kwargs = {"owner": {"required": False}}


class TouchedCountsSerializer(serializers.Serializer):
    """How far the clients that one may see are told; amounts of twelve months."""

    touched = serializers.IntegerField()
    untold = serializers.IntegerField()
    told = serializers.IntegerField()
    accepts = serializers.IntegerField()
    objects = serializers.IntegerField()
    leaves = serializers.IntegerField()
    bought = serializers.DecimalField(24, 2, allow_null=True)
    at_stake = serializers.DecimalField(24, 2, allow_null=True)


def _filled(data, row: PlannedChange | None = None) -> PlannedChangeForm:
    names = PlannedChangeForm.Meta.fields
    present = {"kind": PlannedChange.Kind.PRICE}
    if row is not None:
        present = model_to_dict(row, fields=names)
        present["product"] = row.product.code if row.product else ""
    given = {name: data[name] for name in names if name in data}
    form = PlannedChangeForm({**present, **given}, instance=row)
    if not form.is_valid():
        raise serializers.ValidationError(form.errors)
    return form


class PlannedChangeList(ListAPIView):
    """Changes that we plan; ``POST`` writes one down and lists the key clients it touches."""

    serializer_class = PlannedChangeSerializer
    filters = {
        "kind": ("kind", one_of(PlannedChange.Kind.values)),
        "state": ("state", one_of(PlannedChange.State.values)),
    }
    sorts = {"id": "pk", "on": "on"}

    def get_queryset(self):
        return PlannedChange.objects.select_related("product").order_by("pk")

    @extend_schema(
        request=PlannedChangeSerializer,
        responses={201: PlannedChangeSerializer},
        examples=sent(kind="price", name="Gloves become dearer by 6 %", on="2026-05-01", family=3),
    )
    def post(self, request):
        row = planned_changes.plan(_filled(request.data).values(), request.user)
        return Response(PlannedChangeSerializer(row).data, status=status.HTTP_201_CREATED)


class PlannedChangeDetail(APIView):
    """One change that we plan."""

    @extend_schema(responses=PlannedChangeSerializer)
    def get(self, request, pk):
        return Response(PlannedChangeSerializer(find(PlannedChange, pk=pk)).data)

    @extend_schema(request=PlannedChangeSerializer, responses=PlannedChangeSerializer)
    def patch(self, request, pk):
        row = find_editable(PlannedChange, queryset=found.rows(), pk=pk)
        version = version_asked(request)
        form = _filled(request.data, find(PlannedChange, pk=pk))
        try:
            planned_changes.alter(row, form.values(), row.version if version is None else version)
        except ValidationError as error:
            raise _told(error) from error
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(PlannedChangeSerializer(row).data)


class ChangeSettlingSerializer(serializers.Serializer):
    """``note`` is needed where it is dropped."""

    state = serializers.ChoiceField(PlannedChange.State.choices)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class PlannedChangeSettlement(APIView):
    """Bring a change into force, drop it, or plan it again."""

    @extend_schema(request=ChangeSettlingSerializer, responses=PlannedChangeSerializer)
    def post(self, request, pk):
        row = find_editable(PlannedChange, pk=pk)
        asked = ChangeSettlingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            planned_changes.settle(row, **asked.validated_data)
        except ValidationError as error:
            raise _told(error) from error
        return Response(PlannedChangeSerializer(row).data)


class ChosenClientSerializer(serializers.Serializer):
    client = serializers.IntegerField(min_value=1, max_value=10**18)


class TouchedClientSerializer(serializers.ModelSerializer):
    """A client that a change touches.  Changing needs ``version``."""

    version = serializers.IntegerField(required=False)

    class Meta:
        model = TouchedClient
        fields = (
            "id", "change", "client", "bought", "informer", "contact", "told_on", "state", "words",
            "version",
        )  # fmt: skip
        read_only_fields = ("id", "change", "client", "bought")


class PlannedChangeClients(APIView):
    """How far clients are told; ``POST`` chooses a client that the change touches."""

    @extend_schema(responses=TouchedCountsSerializer)
    def get(self, request, pk):
        row = find(PlannedChange, pk=pk)
        return Response(
            TouchedCountsSerializer(found.told([row.pk]).get(row.pk, found.Told())).data
        )

    @extend_schema(request=ChosenClientSerializer, responses={201: TouchedClientSerializer})
    def post(self, request, pk):
        row = find_editable(PlannedChange, pk=pk)
        asked = ChosenClientSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        client = find(Client, pk=asked.validated_data["client"])
        try:
            touched = planned_changes.touch(row, client)
        except ValidationError as error:
            raise _told(error) from error
        told = TouchedClientSerializer(touched).data
        return Response(told, status=status.HTTP_201_CREATED)


class TouchedClientList(ListAPIView):
    """Clients that planned changes touch, with their answers."""

    serializer_class = TouchedClientSerializer
    filters = {
        **OF_CLIENT,
        "change": ("change", whole),
        "state": ("state", one_of(TouchedClient.State.values)),
    }
    sorts = {"id": "pk"}

    def get_queryset(self):
        return TouchedClient.objects.order_by("pk")


class TouchedClientDetail(APIView):
    """One client of a change; writing notes who tells it and what it answered."""

    @extend_schema(responses=TouchedClientSerializer)
    def get(self, request, pk):
        return Response(TouchedClientSerializer(find(TouchedClient, pk=pk)).data)

    @extend_schema(request=TouchedClientSerializer, responses=TouchedClientSerializer)
    def patch(self, request, pk):
        row = find_editable(TouchedClient, queryset=found.touched(), pk=pk)
        version = version_asked(request)
        names = TouchedClientForm.Meta.fields
        given = {name: request.data[name] for name in names if name in request.data}
        present = find(TouchedClient, pk=pk)
        form = TouchedClientForm(
            {**model_to_dict(present, fields=names), **given}, instance=present, client=row.client
        )
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        version = row.version if version is None else version
        try:
            planned_changes.answer(row, form.values(), version, request.user)
        except ValidationError as error:
            raise _told(error) from error
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(TouchedClientSerializer(row).data)
