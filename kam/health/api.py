"""How the installation fares, over REST."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from kam.lib.endpoints import APIView
from kam.lib.scoping import acting_system

from . import checks


class CheckSerializer(serializers.Serializer):
    """``state``: good, watch or bad; ``value`` and ``limit`` in ``unit``; ``of``: which schedule,
    disk or standing."""

    key = serializers.CharField()
    of = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    unit = serializers.CharField()
    limit = serializers.FloatField(allow_null=True)
    act = serializers.CharField()


class HealthSerializer(serializers.Serializer):
    state = serializers.CharField()
    checks = CheckSerializer(many=True)


class Health(APIView):
    """How the installation fares: jobs, schedules, backups, webhooks, the trail, disks."""

    @extend_schema(responses=HealthSerializer)
    def get(self, request):
        with acting_system("health"):
            found = checks.all_checks()
        return Response(HealthSerializer({"state": checks.worst(found), "checks": found}).data)
