"""Decisions over REST: the proposal, preparing, settling, voting, confirming, overrides."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from accounts.api.goals import MovesRefused
from accounts.models import Client, Standing
from accounts.services import standings
from kam.lib.api import Pages
from kam.lib.endpoints import APIView, ListAPIView
from kam.lib.views import find, find_editable
from scoring.models import Decision, DecisionItem, DecisionVote, ListOverride, Matrix
from scoring.selectors.decisions import items_of, overrides_of
from scoring.services import decisions, proposal

STANDINGS = [("", _("none")), *Standing.Value.choices]


class DecisionClosed(APIException):
    """409: the decision has been confirmed or withdrawn."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("This decision is closed.")
    default_code = "closed"


class NoRanking(APIException):
    """409: there is no ranking yet, or a decision is being prepared already."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("There is no ranking yet to decide on.")
    default_code = "no_ranking"


@extend_schema_serializer(component_name="ProposalLine")
class LineSerializer(serializers.Serializer):
    client = serializers.IntegerField(source="client.pk")
    name = serializers.CharField(source="client.name")
    place = serializers.IntegerField(allow_null=True)
    score = serializers.FloatField(allow_null=True)
    outcome = serializers.CharField()
    ground = serializers.CharField()
    before = serializers.CharField(source="before_value")
    proposed = serializers.CharField()


class ProposalSerializer(serializers.Serializer):
    """What the current run proposes.  ``outcome``: enter, stay, watch, leave, out."""

    run = serializers.IntegerField(source="run.pk")
    as_of = serializers.DateField(source="run.as_of")
    size = serializers.IntegerField(allow_null=True)
    lines = LineSerializer(many=True)


class ItemSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="client.name", read_only=True)

    class Meta:
        model = DecisionItem
        fields = (
            "id", "client", "name", "place", "score", "outcome", "ground", "before", "proposed",
            "chosen", "reason", "applied_at",
        )  # fmt: skip
        read_only_fields = fields


class VoteSerializer(serializers.ModelSerializer):
    class Meta:
        model = DecisionVote
        fields = ("person", "agrees", "comment", "at")
        read_only_fields = ("person", "at")


class DecisionRow(serializers.ModelSerializer):
    class Meta:
        model = Decision
        fields = (
            "id", "matrix", "run", "status", "reason", "author", "created_at", "closed_by",
            "closed_at", "basis",
        )  # fmt: skip
        read_only_fields = fields


class DecisionSerializer(DecisionRow):
    items = serializers.SerializerMethodField()
    votes = VoteSerializer(many=True, read_only=True)

    class Meta(DecisionRow.Meta):
        fields = (*DecisionRow.Meta.fields, "items", "votes")

    @extend_schema_field(ItemSerializer(many=True))
    def get_items(self, decision):
        return ItemSerializer(items_of(decision), many=True).data


class MatrixProposal(APIView):
    @extend_schema(responses=ProposalSerializer)
    def get(self, request, pk):
        found = Matrix.objects.select_related("current_run__version__matrix")
        matrix = get_object_or_404(found, pk=pk)
        if matrix.current_run is None:
            return Response({"run": None, "as_of": None, "size": None, "lines": []})
        return Response(ProposalSerializer(proposal.propose(matrix.current_run)).data)


class ByNumber(Pages):
    ordering = ("-pk",)


class DecisionList(ListAPIView):
    """Decisions of a matrix, latest first; a POST prepares one from the current run."""

    serializer_class = DecisionRow
    pagination_class = ByNumber

    def get_queryset(self):
        matrix = get_object_or_404(Matrix, pk=self.kwargs["pk"])
        return Decision.objects.filter(matrix=matrix)

    @extend_schema(request=None, responses={201: DecisionSerializer})
    def post(self, request, pk):
        found = Matrix.objects.select_related("current_run__version__matrix")
        matrix = get_object_or_404(found, pk=pk)
        if matrix.current_run is None:
            raise NoRanking
        try:
            decision = decisions.prepare(matrix.current_run, request.user)
        except decisions.AlreadyOpen as there:
            raise NoRanking(
                f"Decision {there.decision.pk} is being prepared.", "already_open"
            ) from there
        return Response(DecisionSerializer(decision).data, status=status.HTTP_201_CREATED)


class ChoiceSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    chosen = serializers.ChoiceField(choices=STANDINGS, allow_blank=True)
    reason = serializers.CharField(max_length=2_000, required=False, allow_blank=True, default="")


@extend_schema_serializer(component_name="DecisionChoices")
class ChoicesSerializer(serializers.Serializer):
    items = ChoiceSerializer(many=True)


class DecisionDetail(APIView):
    """A decision with its lines and votes; PATCH settles lines while it is open."""

    @extend_schema(responses=DecisionSerializer)
    def get(self, request, pk):
        return Response(DecisionSerializer(find(Decision, pk=pk)).data)

    @extend_schema(request=ChoicesSerializer, responses=DecisionSerializer)
    def patch(self, request, pk):
        decision = find_editable(Decision, pk=pk)
        asked = ChoicesSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        choices = {
            row["id"]: (row["chosen"], row["reason"]) for row in asked.validated_data["items"]
        }
        try:
            decisions.choose(decision, choices)
        except decisions.Closed as closed:
            raise DecisionClosed from closed
        return Response(DecisionSerializer(find(Decision, pk=pk)).data)


class WhySerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2_000)


class DecisionConfirmation(APIView):
    """Confirm the lines of the clients that one may change; 409 names what is in the way."""

    @extend_schema(request=WhySerializer, responses=DecisionSerializer)
    def post(self, request, pk):
        decision = find_editable(Decision, pk=pk)
        asked = WhySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            decision = decisions.confirm(decision, request.user, asked.validated_data["reason"])
        except decisions.Closed as closed:
            raise DecisionClosed from closed
        except standings.Refused as refused:
            raise MovesRefused(refused) from refused
        return Response(DecisionSerializer(decision).data)


class DecisionWithdrawal(APIView):
    @extend_schema(request=WhySerializer, responses=DecisionSerializer)
    def post(self, request, pk):
        decision = find_editable(Decision, pk=pk)
        asked = WhySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            decision = decisions.withdraw(decision, request.user, asked.validated_data["reason"])
        except decisions.Closed as closed:
            raise DecisionClosed from closed
        return Response(DecisionSerializer(decision).data)


class DecisionVoting(APIView):
    """One's vote; a vote against says why."""

    @extend_schema(request=VoteSerializer, responses=VoteSerializer)
    def put(self, request, pk):
        decision = find_editable(Decision, pk=pk)
        asked = VoteSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        try:
            row = decisions.vote(decision, request.user, data["agrees"], data.get("comment", ""))
        except decisions.Closed as closed:
            raise DecisionClosed from closed
        return Response(VoteSerializer(row).data)


class OverrideSerializer(serializers.ModelSerializer):
    class Meta:
        model = ListOverride
        fields = ("id", "client", "kind", "reason", "until", "author", "created_at")
        read_only_fields = ("author", "created_at")


class OverrideList(APIView):
    """Who is on the list, or off it, whatever the points."""

    @extend_schema(responses=OverrideSerializer(many=True))
    def get(self, request, pk):
        matrix = get_object_or_404(Matrix, pk=pk)
        return Response(OverrideSerializer(overrides_of(matrix.pk), many=True).data)

    @extend_schema(request=OverrideSerializer, responses={201: OverrideSerializer})
    def post(self, request, pk):
        matrix = get_object_or_404(Matrix, pk=pk)
        asked = OverrideSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        client = find_editable(Client, pk=data["client"].pk)
        row = decisions.override(
            matrix, client, data["kind"], data["reason"], data.get("until"), request.user
        )
        return Response(OverrideSerializer(row).data, status=status.HTTP_201_CREATED)


class OverrideDetail(APIView):
    """DELETE ends an override; it stays in the history."""

    @extend_schema(responses={204: None})
    def delete(self, request, pk):
        row = find_editable(ListOverride, pk=pk)
        if row.ended_at is not None:
            raise ValidationError(_("It is ended already."))
        decisions.end_override(row)
        return Response(status=status.HTTP_204_NO_CONTENT)
