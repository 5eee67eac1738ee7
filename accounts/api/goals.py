"""Goals and standings over REST.  Standings are changed by decisions and candidacies alone."""

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from accounts.models import Client, Goal, Standing
from accounts.selectors.people import people_beside
from accounts.services import standings
from kam.lib.api_parameters import flag, one_of, sent
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.scoping import current
from kam.lib.views import find, find_editable

from .clients import OF_CLIENT, ByDate, ChangedMeanwhile
from .removals import RemovalSerializer, removed


class MovesRefused(APIException):
    """409: the goal gate is closed, or the standing is another one; ``fields`` says for whom."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "refused"

    def __init__(self, refused: standings.Refused):
        texts = [f"{row.client_id}: {row.text}" for row in refused.refusals]
        super().__init__(" ".join(texts)[:2000], refused.refusals[0].code)


class GoalSerializer(serializers.ModelSerializer):
    """A goal; ``missing`` names what it lacks before the client may enter trial or key."""

    missing = serializers.ListField(child=serializers.CharField(), read_only=True)
    version = serializers.IntegerField(required=False)

    class Meta:
        model = Goal
        fields = ("id", "client", *standings.GOAL_FIELDS, "missing", "created_at", "version")
        read_only_fields = ("created_at",)

    def get_fields(self):
        fields = super().get_fields()
        if self.instance is not None:
            fields["client"] = serializers.PrimaryKeyRelatedField(read_only=True)
        else:
            fields["client"].queryset = Client.objects.all()
        fields["owner"].queryset = people_beside(current())
        return fields

    def validate(self, data):
        start = data.get("start", getattr(self.instance, "start", None))
        target = data.get("target", getattr(self.instance, "target", None))
        if start is not None and start == target:
            raise serializers.ValidationError({"target": "The target is the start."})
        return data


class GoalList(ListAPIView):
    """Goals of the clients that one may see; ``?client=ID`` narrows them."""

    serializer_class = GoalSerializer
    filters = {**OF_CLIENT, "status": ("status", one_of(Goal.Status.values))}
    sorts = {"id": "pk", "created_at": "created_at"}

    def get_queryset(self):
        return Goal.objects.order_by("pk")

    @extend_schema(request=GoalSerializer, responses={201: GoalSerializer})
    def post(self, request):
        asked = GoalSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = dict(asked.validated_data)
        values.pop("version", None)
        client = find_editable(Client, pk=values.pop("client").pk)
        goal = standings.create_goal(client, values, request.user)
        return Response(GoalSerializer(goal).data, status=status.HTTP_201_CREATED)


class GoalDetail(APIView):
    """One goal; writing needs the version that was read, or answers 428."""

    @extend_schema(responses=GoalSerializer)
    def get(self, request, pk):
        return Response(GoalSerializer(find(Goal, pk=pk)).data)

    @extend_schema(request=GoalSerializer, responses=GoalSerializer)
    def patch(self, request, pk):
        goal = find_editable(Goal, pk=pk)
        asked = GoalSerializer(goal, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        values = dict(asked.validated_data)
        values.pop("version", None)
        version = version_asked(request)
        if version is None:
            version = goal.version
        try:
            goal = standings.change_goal(Goal.objects.get(pk=pk), values, version)
        except standings.Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(GoalSerializer(goal).data)

    @extend_schema(request=None, responses={200: RemovalSerializer})
    def delete(self, request, pk):
        return removed(request, "goal", find_editable(Goal, pk=pk))


class StandingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Standing
        fields = (
            "id", "client", "value", "since", "until", "reason", "author", "taken_over",
            "known_from",
        )  # fmt: skip
        read_only_fields = fields


class ByStanding(ByDate):
    ordering = ("-since", "-pk")


class StandingList(ListAPIView):
    """Standings as known today, latest first; ``?present=1`` only those in force."""

    serializer_class = StandingSerializer
    pagination_class = ByStanding
    filters = {**OF_CLIENT, "value": ("value", one_of(Standing.Value.values))}
    sorts = {"since": "since", "id": "pk"}

    def get_queryset(self):
        rows = Standing.objects.filter(known_to__isnull=True)
        if self.request.query_params.get("present") == "1":
            rows = rows.filter(Q(until__isnull=True))
        return rows

    @extend_schema(parameters=[flag("present", "Only those in force.")])
    def get(self, request):
        return self.list(request)


class CandidacySerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


class ClientCandidacy(APIView):
    """Propose a client for the key list."""

    @extend_schema(
        request=CandidacySerializer,
        responses={201: StandingSerializer},
        examples=sent(reason="Three new shops this year"),
    )
    def post(self, request, pk):
        find_editable(Client, pk=pk)
        asked = CandidacySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        move = standings.Move(pk, standings.Value.CANDIDATE, asked.validated_data["reason"])
        try:
            standings.change([move], author=request.user)
        except standings.Refused as refused:
            raise MovesRefused(refused) from refused
        row = Standing.objects.get(client_id=pk, until__isnull=True, known_to__isnull=True)
        return Response(StandingSerializer(row).data, status=status.HTTP_201_CREATED)
