"""The portfolio matrix, its axes, and ABC/XYZ over REST."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from kam.audit.services import record
from kam.lib.api_parameters import day, one_of, phrase
from kam.lib.endpoints import APIView
from reports.dashboards.abc_xyz import PAGE, abc_xyz
from reports.dashboards.portfolio_map import portfolio_map
from reports.views.abc_xyz import asked_of, rows
from reports.views.portfolio_map import filters_of
from scoring.models import Criterion, Matrix
from scoring.selectors.matrices import main_run

FILTERS = ("team", "owner", "segment", "region")


KNOWN = {"as_of": day, "amount": one_of(["revenue", "profit"])}


def parameters(*names: str) -> list[OpenApiParameter]:
    return [KNOWN.get(name, phrase)(name) for name in names]


class PointSerializer(serializers.Serializer):
    client = serializers.IntegerField(source="client.pk")
    name = serializers.CharField(source="client.name")
    attractiveness = serializers.FloatField()
    strength = serializers.FloatField()
    quadrant = serializers.CharField()
    revenue = serializers.FloatField()
    kind = serializers.CharField()
    before = serializers.ListField(child=serializers.FloatField(), allow_null=True)


class MapSerializer(serializers.Serializer):
    """``quadrant``: develop, invest, keep, simple; ``kind``: key, selected, other; ``before``:
    strength and attractiveness about a year ago."""

    run = serializers.IntegerField(source="run.pk")
    as_of = serializers.DateField(source="run.as_of")
    earlier = serializers.DateField(source="earlier.as_of", default=None, allow_null=True)
    missing = serializers.CharField()
    left_out = serializers.IntegerField()
    unplaced = serializers.IntegerField()
    points = PointSerializer(many=True)


class MatrixMap(APIView):
    @extend_schema(parameters=parameters(*FILTERS), responses=MapSerializer)
    def get(self, request, pk):
        found = Matrix.objects.select_related("current_run__version__matrix")
        matrix = get_object_or_404(found, pk=pk)
        if matrix.current_run is None:
            return Response({"run": None, "as_of": None, "points": []})
        answer = portfolio_map(matrix.current_run, filters_of(request.query_params))
        return Response(MapSerializer(answer).data)


class AxesSerializer(serializers.Serializer):
    criterion = serializers.SlugRelatedField(slug_field="key", queryset=Criterion.objects.all())
    axis = serializers.ChoiceField(choices=Criterion.Axis.choices, allow_blank=True)


class MatrixAxes(APIView):
    """Put one criterion on an axis, or on none."""

    @extend_schema(request=AxesSerializer, responses=AxesSerializer)
    def put(self, request, pk):
        matrix = get_object_or_404(Matrix, pk=pk)
        asked = AxesSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        criterion = asked.validated_data["criterion"]
        criterion.axis = asked.validated_data["axis"]
        criterion.save(update_fields=["axis"])
        record("matrix.axes", object=matrix, details={"criteria": [criterion.key]})
        return Response({"criterion": criterion.key, "axis": criterion.axis})


class CellSerializer(serializers.Serializer):
    field = serializers.CharField()
    clients = serializers.IntegerField()
    amount = serializers.FloatField()
    share = serializers.FloatField()


class AbcRowSerializer(serializers.Serializer):
    client = serializers.IntegerField(source="client.pk")
    name = serializers.CharField(source="client.name")
    field = serializers.CharField()
    amount = serializers.FloatField()
    variation = serializers.FloatField(allow_null=True)


class AbcXyzSerializer(serializers.Serializer):
    """The nine fields, and the largest clients of the one asked for by ``cell``."""

    as_of = serializers.DateField()
    amount = serializers.CharField()
    grid = CellSerializer(many=True)
    clients = AbcRowSerializer(many=True)


class AbcXyzFigures(APIView):
    @extend_schema(
        parameters=parameters("as_of", "amount", "cell", *FILTERS), responses=AbcXyzSerializer
    )
    def get(self, request):
        as_of, amount, filters, cell = asked_of(request.query_params, main_run())
        found = abc_xyz(as_of, amount, filters)
        return Response(
            {
                "as_of": as_of.isoformat(),
                "amount": amount,
                "grid": [{"field": key, **vars(each)} for key, each in found.grid.items()],
                "clients": AbcRowSerializer(
                    rows(found, found.clients(cell)[:PAGE]), many=True
                ).data,
            }
        )
