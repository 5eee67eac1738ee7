"""How goals stand over REST: progress, check-ins, roll-ups, and the programme's own goal."""

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.measures.progress import Reading
from accounts.models import Goal, GoalReading, ProgrammeGoal
from accounts.selectors.people import people_beside
from accounts.services import goal_tracking as found
from accounts.services import goals
from accounts.services.clients import Conflict
from accounts.views.goal_progress import filters_of, listed
from kam.lib.api_parameters import one_of, sent, whole
from kam.lib.endpoints import APIView, ListCreateAPIView, version_asked
from kam.lib.periods import today
from kam.lib.scoping import current
from kam.lib.views import find, find_editable

from .clients import ChangedMeanwhile
from .promises import _told


class GoalProgressSerializer(serializers.Serializer):
    """``done`` and ``expected`` are parts of the way from start to target; ``forecast`` is where
    the readings lead by the due day, null where they are too few."""

    state = serializers.ChoiceField(found.STATES)
    value = serializers.DecimalField(18, 2, allow_null=True)
    day = serializers.DateField(allow_null=True)
    done = serializers.DecimalField(12, 4, allow_null=True)
    expected = serializers.DecimalField(12, 4, allow_null=True)
    forecast = serializers.DecimalField(20, 2, allow_null=True)


class GoalProgress(APIView):
    """How a goal stands today; 204 while it is not complete and cannot be measured."""

    @extend_schema(responses={200: GoalProgressSerializer, 204: None})
    def get(self, request, pk):
        goal = find(Goal, pk=pk)
        readings = [Reading(each.day, each.value) for each in found.readings_of(goal)]
        progress = found.progress_of(goal, readings, today())
        if progress is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(GoalProgressSerializer(progress).data)


class GoalReadingSerializer(serializers.ModelSerializer):
    """``computed``: read by the product every night, else a check-in of ``person``."""

    class Meta:
        model = GoalReading
        fields = ("day", "value", "note", "person", "computed", "at")
        read_only_fields = fields


class CheckInSerializer(serializers.Serializer):
    value = serializers.DecimalField(18, 2)
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    on = serializers.DateField(required=False)


class GoalReadings(APIView):
    """What a goal's measure was, oldest first; ``POST`` is a check-in."""

    @extend_schema(responses=GoalReadingSerializer(many=True))
    def get(self, request, pk):
        rows = found.readings_of(find(Goal, pk=pk))
        return Response(GoalReadingSerializer(rows, many=True).data)

    @extend_schema(
        request=CheckInSerializer,
        responses={201: GoalReadingSerializer},
        examples=sent(value="7.5", note="The second delivery day is liked."),
    )
    def post(self, request, pk):
        goal = find_editable(Goal, pk=pk)
        asked = CheckInSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            reading = goals.check_in(goal, person=request.user, **asked.validated_data)
        except ValidationError as error:
            raise _told(error) from error
        return Response(GoalReadingSerializer(reading).data, status=status.HTTP_201_CREATED)


class RollSerializer(serializers.Serializer):
    """Goals of one who answers, or of all together where ``name`` is empty and not the only one."""

    name = serializers.CharField(allow_blank=True)
    goals = serializers.IntegerField()
    states = serializers.DictField(child=serializers.IntegerField())


class GoalRolls(APIView):
    """Open goals counted by how they stand, for each who answers, and all together at the end."""

    @extend_schema(
        responses=RollSerializer(many=True),
        parameters=[
            one_of(found.STATES)("state"),
            whole("owner"),
            whole("team"),
            one_of(Goal.Side.values)("side"),
        ],
    )
    def get(self, request):
        rolls = found.rolled_up(listed(filters_of(request.query_params), today()))
        return Response(RollSerializer(rolls, many=True).data)


class ProgrammeGoalSerializer(serializers.ModelSerializer):
    """What the programme is to reach in a year; changing needs ``version``."""

    version = serializers.IntegerField(required=False)

    class Meta:
        model = ProgrammeGoal
        fields = ("id", *goals.PROGRAMME_FIELDS, "created_at", "version")
        read_only_fields = ("created_at",)
        extra_kwargs = {"year": {"min_value": 2000, "max_value": 2100, "validators": []}}

    def get_fields(self):
        fields = super().get_fields()
        fields["owner"].queryset = people_beside(current())
        return fields


class ProgrammeGoalList(ListCreateAPIView):
    """Goals of the programme, year by year."""

    serializer_class = ProgrammeGoalSerializer
    sorts = {"year": "year", "id": "pk"}

    def get_queryset(self):
        return ProgrammeGoal.objects.order_by("pk")

    @extend_schema(request=ProgrammeGoalSerializer, responses={201: ProgrammeGoalSerializer})
    def post(self, request):
        asked = ProgrammeGoalSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = dict(asked.validated_data)
        values.pop("version", None)
        try:
            row = goals.save_programme_goal(None, values, request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(ProgrammeGoalSerializer(row).data, status=status.HTTP_201_CREATED)


class ProgrammeGoalDetail(APIView):
    """The programme's goal of one year."""

    @extend_schema(responses=ProgrammeGoalSerializer)
    def get(self, request, pk):
        return Response(ProgrammeGoalSerializer(find(ProgrammeGoal, pk=pk)).data)

    @extend_schema(request=ProgrammeGoalSerializer, responses=ProgrammeGoalSerializer)
    def patch(self, request, pk):
        row = find_editable(ProgrammeGoal, pk=pk)
        asked = ProgrammeGoalSerializer(row, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        values = dict(asked.validated_data)
        values.pop("version", None)
        version = version_asked(request)
        try:
            row = goals.save_programme_goal(
                row, values, request.user, row.version if version is None else version
            )
        except ValidationError as error:
            raise _told(error) from error
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(ProgrammeGoalSerializer(row).data)
