"""Handovers and substitutions over REST."""

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.models import Client, Handover, HandoverStep, Substitution, User
from accounts.selectors import handovers as found
from accounts.services import handovers, substitutions
from accounts.services.clients import Conflict
from kam.lib.api_parameters import day, one_of, sent, whole
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.views import find, find_editable

from .clients import OF_CLIENT, ChangedMeanwhile
from .promises import _told

_ID = {"min_value": 1, "max_value": 2**31 - 1}


def _person(pk: int, name: str) -> User:
    person = User.objects.filter(pk=pk, is_active=True).first()
    if person is None:
        raise serializers.ValidationError({name: ["There is no such active person."]})
    return person


class HandoverStepSerializer(serializers.ModelSerializer):
    done = serializers.BooleanField(write_only=True, required=False)

    class Meta:
        model = HandoverStep
        fields = ("id", "handover", "position", "what", "done", "done_at", "done_by")
        read_only_fields = ("id", "handover", "position", "what", "done_at", "done_by")


class HandoverSerializer(serializers.ModelSerializer):
    """``giver`` looks after the client until ``on``, ``taker`` from then on; both have the rights
    until ``overlap_until``.  ``moved``: rows of open work that went along, by noun."""

    version = serializers.IntegerField(required=False)

    class Meta:
        model = Handover
        fields = (
            "id", "client", "giver", "taker", "on", "overlap_until", "note", "state", "moved",
            "done_at", "author", "created_at", "version",
        )  # fmt: skip
        read_only_fields = (
            "id", "client", "giver", "taker", "state", "moved", "done_at", "author", "created_at",
        )  # fmt: skip
        extra_kwargs = {"overlap_until": {"required": False}}


class WholeHandoverSerializer(HandoverSerializer):
    """With the checklist."""

    steps = HandoverStepSerializer(many=True, read_only=True)

    class Meta(HandoverSerializer.Meta):
        fields = (*HandoverSerializer.Meta.fields, "steps")


class NewHandoverSerializer(serializers.Serializer):
    """``clients``: ids, all of them or none.  Without ``overlap_until`` both have the rights for
    30 days."""

    clients = serializers.ListField(
        child=serializers.IntegerField(**_ID), min_length=1, max_length=handovers.MOST_CLIENTS
    )
    taker = serializers.IntegerField(**_ID)
    on = serializers.DateField()
    overlap_until = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(max_length=4000, allow_blank=True, required=False, default="")


class HandoverList(ListAPIView):
    """Handovers that one may see; ``POST`` plans them, or does them where the day is today."""

    serializer_class = HandoverSerializer
    filters = {
        **OF_CLIENT,
        "giver": ("giver", whole),
        "taker": ("taker", whole),
        "state": ("state", one_of(Handover.State.values)),
    }
    sorts = {"id": "pk", "on": "on"}

    def get_queryset(self):
        return Handover.objects.order_by("pk")

    @extend_schema(
        request=NewHandoverSerializer,
        responses={201: HandoverSerializer(many=True)},
        examples=sent(clients=[2], taker=3, on="2026-12-01", note="Listens to the chief engineer"),
    )
    def post(self, request):
        asked = NewHandoverSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = dict(asked.validated_data)
        wanted = list(dict.fromkeys(values.pop("clients")))
        clients = list(Client.objects.filter(pk__in=wanted).editable_by(request.user))
        if len(clients) != len(wanted):
            raise serializers.ValidationError({"clients": ["Some are not yours to hand over."]})
        values["taker"] = _person(values["taker"], "taker")
        try:
            made = handovers.plan(clients, values, request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(HandoverSerializer(made, many=True).data, status=status.HTTP_201_CREATED)


class HandoverDetail(APIView):
    """One handover with its checklist."""

    @extend_schema(responses=WholeHandoverSerializer)
    def get(self, request, pk):
        return Response(WholeHandoverSerializer(find(Handover, pk=pk)).data)

    @extend_schema(request=HandoverSerializer, responses=HandoverSerializer)
    def patch(self, request, pk):
        handover = find_editable(Handover, queryset=found.rows(), pk=pk)
        version = version_asked(request)
        asked = HandoverSerializer(handover, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        values = {n: v for n, v in asked.validated_data.items() if n != "version"}
        try:
            handovers.change(handover, values, handover.version if version is None else version)
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        except ValidationError as error:
            raise _told(error) from error
        return Response(HandoverSerializer(handover).data)


class HandoverCancellation(APIView):
    """The client stays where it is."""

    @extend_schema(request=None, responses=HandoverSerializer)
    def post(self, request, pk):
        handover = find_editable(Handover, queryset=found.rows(), pk=pk)
        try:
            handovers.cancel(handover)
        except ValidationError as error:
            raise _told(error) from error
        return Response(HandoverSerializer(handover).data)


class HandoverStepDetail(APIView):
    """One line of the checklist; ``done`` ticks it or takes the tick away."""

    @extend_schema(responses=HandoverStepSerializer)
    def get(self, request, pk):
        return Response(HandoverStepSerializer(find(HandoverStep, pk=pk)).data)

    @extend_schema(request=HandoverStepSerializer, responses=HandoverStepSerializer)
    def patch(self, request, pk):
        step = find_editable(
            HandoverStep, queryset=HandoverStep.objects.select_related("handover"), pk=pk
        )
        asked = HandoverStepSerializer(step, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        if "done" in asked.validated_data:
            handovers.tick(step, request.user, done=asked.validated_data["done"])
        return Response(HandoverStepSerializer(step).data)


class SubstitutionSerializer(serializers.ModelSerializer):
    """``substitute`` has the rights of ``person`` from ``since`` until ``until``, both included."""

    version = serializers.IntegerField(required=False)

    class Meta:
        model = Substitution
        fields = (
            "id", "person", "substitute", "since", "until", "note", "author", "created_at",
            "version",
        )  # fmt: skip
        read_only_fields = ("id", "person", "substitute", "author", "created_at")


class NewSubstitutionSerializer(serializers.Serializer):
    """``person``: who is away, oneself where left out."""

    person = serializers.IntegerField(required=False, **_ID)
    substitute = serializers.IntegerField(**_ID)
    since = serializers.DateField()
    until = serializers.DateField()
    note = serializers.CharField(max_length=2000, allow_blank=True, required=False, default="")


class SubstitutionList(ListAPIView):
    """Who stands in for whom; ``POST`` writes one down."""

    serializer_class = SubstitutionSerializer
    filters = {
        "person": ("person", whole),
        "substitute": ("substitute", whole),
        "until_from": ("until__gte", day),
    }
    sorts = {"id": "pk", "since": "since"}

    def get_queryset(self):
        return Substitution.objects.order_by("pk")

    @extend_schema(
        request=NewSubstitutionSerializer,
        responses={201: SubstitutionSerializer},
        examples=sent(substitute=3, since="2026-12-01", until="2026-12-14"),
    )
    def post(self, request):
        asked = NewSubstitutionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = dict(asked.validated_data)
        person = _person(values.pop("person", request.user.pk), "person")
        values["substitute"] = _person(values["substitute"], "substitute")
        try:
            row = substitutions.begin(person, values, request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(SubstitutionSerializer(row).data, status=status.HTTP_201_CREATED)


class SubstitutionDetail(APIView):
    """One substitution; ``DELETE`` ends it now."""

    @extend_schema(responses=SubstitutionSerializer)
    def get(self, request, pk):
        return Response(SubstitutionSerializer(find(Substitution, pk=pk)).data)

    @extend_schema(request=SubstitutionSerializer, responses=SubstitutionSerializer)
    def patch(self, request, pk):
        row = find_editable(Substitution, pk=pk)
        version = version_asked(request)
        asked = SubstitutionSerializer(row, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        values = {n: v for n, v in asked.validated_data.items() if n != "version"}
        try:
            substitutions.change(row, values, row.version if version is None else version)
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        except ValidationError as error:
            raise _told(error) from error
        return Response(SubstitutionSerializer(row).data)

    @extend_schema(responses={204: None})
    def delete(self, request, pk):
        substitutions.end(find_editable(Substitution, pk=pk))
        return Response(status=status.HTTP_204_NO_CONTENT)
