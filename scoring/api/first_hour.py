"""The first hour over REST: how far it has come, and taking the proposed criteria."""

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from kam.lib.endpoints import APIView
from scoring.services import first_hour as steps


class ProposedSerializer(serializers.Serializer):
    criterion = serializers.CharField(source="criterion.key")
    weight = serializers.IntegerField()
    reason = serializers.CharField()


class FirstHourSerializer(serializers.Serializer):
    """Which steps are done, and the criteria that the loaded data can tell of."""

    company = serializers.BooleanField()
    people = serializers.BooleanField()
    data = serializers.BooleanField()
    criteria = serializers.BooleanField()
    ranking = serializers.BooleanField()
    proposed = ProposedSerializer(many=True)


def _answer() -> dict:
    found = steps.progress()
    proposed = steps.proposal(found.facts) if found.data and not found.criteria else []
    names = ("company", "people", "data", "criteria", "ranking")
    return FirstHourSerializer(
        {name: getattr(found, name) for name in names} | {"proposed": proposed}
    ).data


class FirstHour(APIView):
    """How far the installation has come on the way to its first ranking."""

    @extend_schema(responses=FirstHourSerializer)
    def get(self, request):
        return Response(_answer())


class FirstHourCriteria(APIView):
    """Rank by the proposed criteria; 400 where nothing is loaded or criteria were chosen already."""

    @extend_schema(request=None, responses={201: FirstHourSerializer})
    def post(self, request):
        try:
            steps.adopt(request.user)
        except ValidationError as error:
            raise serializers.ValidationError({"criteria": error.messages}) from error
        return Response(_answer(), status=status.HTTP_201_CREATED)
