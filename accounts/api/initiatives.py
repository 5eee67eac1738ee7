"""Initiatives over REST: made, brought from stage to stage, whom they fit, and their effect."""

from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.forms.initiatives import InitiativeForm
from accounts.models import Initiative, InitiativeStep
from accounts.services import fitting, initiatives
from accounts.services.clients import Conflict
from accounts.services.initiative_effect import outcome
from kam.lib.api_parameters import one_of, sent
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.periods import today
from kam.lib.views import find, find_editable

from .clients import ChangedMeanwhile
from .promises import _told


class InitiativeSerializer(serializers.ModelSerializer):
    """``began`` and ``ended``: when it ran in fact.  Changing needs ``version``."""

    version = serializers.IntegerField(required=False)

    class Meta:
        model = Initiative
        fields = (
            "id", "kind", "name", "goal", "audience", "theme", "family", "owner", "starts", "ends",
            "expected", "stage", "began", "ended", "author", "created_at", "version",
        )  # fmt: skip
        read_only_fields = ("id", "stage", "began", "ended", "author", "created_at")
        extra_kwargs = {"owner": {"required": False}}


class InitiativeStepSerializer(serializers.ModelSerializer):
    class Meta:
        model = InitiativeStep
        fields = ("before", "after", "on", "note", "person", "at")
        read_only_fields = fields


class InitiativeWithSteps(InitiativeSerializer):
    """``steps``: its stages so far, the latest first."""

    steps = InitiativeStepSerializer(many=True, read_only=True)

    class Meta(InitiativeSerializer.Meta):
        fields = (*InitiativeSerializer.Meta.fields, "steps")


def _filled(data, row: Initiative | None = None) -> InitiativeForm:
    names = InitiativeForm.Meta.fields
    present = model_to_dict(row, fields=names) if row else {"kind": Initiative.Kind.BETA}
    given = {name: data[name] for name in names if name in data}
    form = InitiativeForm({**present, **given}, instance=row)
    if not form.is_valid():
        raise serializers.ValidationError(form.errors)
    return form


class InitiativeList(ListAPIView):
    """Beta tests, new products and unique offers; ``POST`` makes one."""

    serializer_class = InitiativeSerializer
    filters = {
        "kind": ("kind", one_of(Initiative.Kind.values)),
        "stage": ("stage", one_of(Initiative.Stage.values)),
    }
    sorts = {"id": "pk", "name": "name"}

    def get_queryset(self):
        return Initiative.objects.order_by("pk")

    @extend_schema(
        request=InitiativeSerializer,
        responses={201: InitiativeSerializer},
        examples=sent(kind="beta", name="Refill stations", goal="Three clients use a third less"),
    )
    def post(self, request):
        row = initiatives.make(_filled(request.data).values(), request.user)
        return Response(InitiativeSerializer(row).data, status=status.HTTP_201_CREATED)


class InitiativeDetail(APIView):
    """One initiative with its stages so far."""

    @extend_schema(responses=InitiativeWithSteps)
    def get(self, request, pk):
        return Response(InitiativeWithSteps(find(Initiative, pk=pk)).data)

    @extend_schema(request=InitiativeSerializer, responses=InitiativeSerializer)
    def patch(self, request, pk):
        row = find_editable(Initiative, pk=pk)
        version = version_asked(request)
        form = _filled(request.data, find(Initiative, pk=pk))
        try:
            initiatives.change(row, form.values(), row.version if version is None else version)
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(InitiativeSerializer(row).data)


class InitiativeMoveSerializer(serializers.Serializer):
    """``note`` is needed where it is stopped or goes back; ``on``: today where left out."""

    stage = serializers.ChoiceField(Initiative.Stage.choices)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    on = serializers.DateField(required=False)


class InitiativeSteps(APIView):
    """Bring an initiative to another stage."""

    @extend_schema(request=InitiativeMoveSerializer, responses=InitiativeSerializer)
    def post(self, request, pk):
        row = find_editable(Initiative, pk=pk)
        asked = InitiativeMoveSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        try:
            initiatives.step(row, said["stage"], said["note"], request.user, said.get("on"))
        except ValidationError as error:
            raise _told(error) from error
        return Response(InitiativeSerializer(row).data)


class FitReasonSerializer(serializers.Serializer):
    why = serializers.CharField()
    points = serializers.IntegerField()


class CandidateSerializer(serializers.Serializer):
    """A client by how well it fits, 0–100.  ``asked``: for what it was asked within the days of
    rest; ``invited``: that it is invited already."""

    client = serializers.IntegerField()
    name = serializers.CharField()
    points = serializers.IntegerField()
    reasons = FitReasonSerializer(many=True)
    asked = serializers.CharField(allow_blank=True)
    invited = serializers.BooleanField()


class InitiativeCandidates(APIView):
    """Whom to invite: clients that one may see, the best fit first."""

    @extend_schema(responses=CandidateSerializer(many=True))
    def get(self, request, pk):
        rows = [
            {
                "client": each.client.pk,
                "name": each.client.name,
                "points": each.fit.points,
                "reasons": [{"why": why, "points": points} for why, points in each.reasons],
                "asked": initiatives.rest_in_words(each.asked) if each.asked else "",
                "invited": each.invitation is not None,
            }
            for each in fitting.candidates(find(Initiative, pk=pk), today())
        ]
        return Response(CandidateSerializer(rows, many=True).data)


class InvoiceEffectSerializer(serializers.Serializer):
    """Average invoices; null with fewer than five invoices on that side."""

    invoices_before = serializers.IntegerField()
    invoices_after = serializers.IntegerField()
    before = serializers.DecimalField(20, 2, allow_null=True)
    after = serializers.DecimalField(20, 2, allow_null=True)
    change = serializers.FloatField(allow_null=True)


class ParticipantEffect(InvoiceEffectSerializer):
    client = serializers.IntegerField()


class InitiativeEffectSerializer(serializers.Serializer):
    """``others``: clients on the key list that did not take part, over the same days."""

    began = serializers.DateField()
    until = serializers.DateField()
    together = InvoiceEffectSerializer()
    others = InvoiceEffectSerializer()
    participants = ParticipantEffect(many=True)


class InitiativeEffect(APIView):
    """The average invoice before and after, of those who took part; 204 until it has begun."""

    @extend_schema(responses={200: InitiativeEffectSerializer, 204: None})
    def get(self, request, pk):
        seen = outcome(find(Initiative, pk=pk), today())
        if seen is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        told = {
            "began": seen.began, "until": seen.until, "together": seen.together,
            "others": seen.others,
            "participants": [
                {"client": row.client_id, **vars(each), "change": each.change}
                for row, each in seen.rows
            ],
        }  # fmt: skip
        return Response(InitiativeEffectSerializer(told).data)
