"""What-if over REST: the same answer as on the workbench."""

import datetime as dt
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from accounts.models import Client
from kam.lib.api_parameters import sent
from kam.lib.endpoints import APIView
from kam.lib.periods import today
from scoring.models import Matrix, MatrixVersion
from scoring.selectors.matrices import runs_of, version_criteria, working_version
from scoring.services.requests import ask_ranking
from scoring.services.versions import Choice, check_cut, proposed, restore
from scoring.services.whatif import what_if

from .matrices import RunSerializer, VersionCriterionSerializer, VersionSerializer

EARLIEST = dt.date(1990, 1, 1)


class WhatIfQuestion(serializers.Serializer):
    """What is left out is as in the draft, or in the version in use where there is no draft."""

    criteria = VersionCriterionSerializer(many=True, required=False)
    selection = serializers.ChoiceField(choices=MatrixVersion.Selection.choices, required=False)
    selection_value = serializers.FloatField(required=False)
    min_coverage = serializers.FloatField(required=False)
    from_top = serializers.BooleanField(default=False)


class MoveSerializer(serializers.Serializer):
    client = serializers.IntegerField(source="client_id")
    name = serializers.CharField()
    before = serializers.IntegerField(allow_null=True)
    after = serializers.IntegerField(allow_null=True)
    score = serializers.FloatField(allow_null=True)


class WhatIfRowSerializer(MoveSerializer):
    place = serializers.IntegerField()
    selected = serializers.BooleanField()
    was_selected = serializers.BooleanField()
    coverage = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    parts = serializers.ListField(child=serializers.FloatField())


class NoticeSerializer(serializers.Serializer):
    code = serializers.CharField()
    criteria = serializers.ListField(child=serializers.CharField())
    value = serializers.FloatField()


class WhatIfAnswer(serializers.Serializer):
    """``run`` is the ranking that it is compared with; ``rows`` the slice around the key line."""

    run = RunSerializer()
    size = serializers.IntegerField()
    size_before = serializers.IntegerField()
    rated = serializers.IntegerField()
    moved = serializers.IntegerField()
    line = serializers.FloatField(allow_null=True)
    tie_at_line = serializers.BooleanField()
    share = serializers.FloatField(allow_null=True)
    share_before = serializers.FloatField(allow_null=True)
    notices = NoticeSerializer(many=True)
    entrants = MoveSerializer(many=True)
    leavers = MoveSerializer(many=True)
    moves = MoveSerializer(many=True)
    rows = WhatIfRowSerializer(many=True)


class NoRanking(APIException):
    """409: nothing has been ranked by this matrix yet."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("Nothing has been ranked by this matrix yet.")
    default_code = "no_ranking"


class WhatIf(APIView):
    """Rank again in memory with other weights, rules or cut, and compare with the published
    ranking; nothing is stored."""

    @extend_schema(request=WhatIfQuestion, responses=WhatIfAnswer)
    def post(self, request, pk):
        matrix = get_object_or_404(
            Matrix.objects.select_related("current_run__version__matrix"), pk=pk
        )
        asked = WhatIfQuestion(data=request.data)
        asked.is_valid(raise_exception=True)
        if matrix.current_run is None:
            raise NoRanking
        data = asked.validated_data
        version = working_version(matrix)
        cut = {
            name: data.get(name, getattr(version, name))
            for name in ("selection", "selection_value", "min_coverage")
        }
        criteria = version_criteria(version)
        try:
            if "criteria" in data:
                criteria = proposed([Choice(**each) for each in data["criteria"]], **cut)
            else:
                check_cut(*cut.values())
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        found = what_if(matrix.current_run, criteria, **cut, from_top=data["from_top"])
        lists = (found.entrants, found.leavers, found.moves, found.rows)
        ids = {each.client_id for each_list in lists for each in each_list}
        names = dict(Client.objects.filter(pk__in=ids).order_by().values_list("pk", "name"))

        def told(each):
            return {
                **vars(each),
                "name": names.get(each.client_id, ""),
                "before": each.before or None,
                "after": each.after or None,
            }

        keys = [row.criterion.key for row in criteria if row.weight > Decimal(0)]
        answer = {
            **vars(found),
            "notices": [
                {
                    "code": notice.code,
                    "criteria": [keys[j] for j in notice.criteria],
                    "value": notice.value,
                }
                for notice in found.notices
            ],
            **{
                name: [told(each) for each in getattr(found, name)]
                for name in ("entrants", "leavers", "moves", "rows")
            },
        }
        return Response(WhatIfAnswer(answer).data)


class RunAsked(serializers.Serializer):
    """As of which day; without it as of today."""

    as_of = serializers.DateField(required=False, allow_null=True)

    def validate_as_of(self, day):
        if day and not EARLIEST <= day <= today():
            raise serializers.ValidationError(_("A day that has been is needed."))
        return day


class RunJob(serializers.Serializer):
    """The job that ranks; its ``result`` names the run."""

    job = serializers.IntegerField(source="pk")


class RunList(APIView):
    """The rankings of a matrix, newest first; ``ranking/?run=`` reads one as it was.  ``POST`` asks
    for another one, as a job."""

    @extend_schema(responses=RunSerializer(many=True))
    def get(self, request, pk):
        matrix = get_object_or_404(Matrix, pk=pk)
        return Response(RunSerializer(runs_of(matrix), many=True).data)

    @extend_schema(request=RunAsked, responses={202: RunJob}, examples=sent(as_of="2026-03-05"))
    def post(self, request, pk):
        matrix = get_object_or_404(Matrix, pk=pk)
        asked = RunAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        job = ask_ranking(matrix, request.user, asked.validated_data.get("as_of"))
        return Response(RunJob(job).data, status=status.HTTP_202_ACCEPTED)


class RestorationSerializer(serializers.Serializer):
    version = serializers.IntegerField(min_value=1)


class Restoration(APIView):
    """Begin a draft as an earlier version was."""

    @extend_schema(request=RestorationSerializer, responses={201: VersionSerializer})
    def post(self, request, pk):
        matrix = get_object_or_404(Matrix, pk=pk)
        asked = RestorationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        version = matrix.versions.filter(number=asked.validated_data["version"]).first()
        if version is None:
            raise serializers.ValidationError({"version": [_("This matrix has no such version.")]})
        try:
            draft = restore(version, request.user)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        return Response(VersionSerializer(draft).data, status=status.HTTP_201_CREATED)
