"""Closing a year over REST."""

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.models import YearClose
from accounts.selectors import year_closes as found
from accounts.services import year_closing
from kam.lib.api_parameters import sent, whole
from kam.lib.endpoints import APIView, ListAPIView
from kam.lib.periods import today
from kam.lib.views import find, find_editable

from .promises import _told

_MONEY = {"max_digits": 18, "decimal_places": 2}


class YearCloseSerializer(serializers.ModelSerializer):
    class Meta:
        model = YearClose
        fields = (
            "id", "year", "growth", "clients", "planned_cells", "carried_goals", "review_asked",
            "author", "closed_at", "undone_at", "undone_by",
        )  # fmt: skip
        read_only_fields = fields


class ClosedClientSerializer(serializers.Serializer):
    """``planned`` and ``sold`` as frozen; ``…_now`` as they would be told today."""

    client = serializers.IntegerField()
    name = serializers.CharField()
    planned = serializers.DecimalField(**_MONEY)
    sold = serializers.DecimalField(**_MONEY)
    planned_now = serializers.DecimalField(**_MONEY)
    sold_now = serializers.DecimalField(**_MONEY)


class YearCloseWithClients(YearCloseSerializer):
    """``rows``: the clients of the closing that one may see."""

    rows = ClosedClientSerializer(many=True, read_only=True)

    class Meta(YearCloseSerializer.Meta):
        fields = (*YearCloseSerializer.Meta.fields, "rows")
        read_only_fields = fields


class ClosingAskedSerializer(serializers.Serializer):
    """``growth``: per cent by which the next plan is larger; null copies no plan."""

    year = serializers.IntegerField(min_value=2000, max_value=2200)
    growth = serializers.DecimalField(
        max_digits=5, decimal_places=1, min_value=-90, max_value=500, allow_null=True,
        required=False, default=None,
    )  # fmt: skip
    goals = serializers.BooleanField(required=False, default=True)
    review = serializers.BooleanField(required=False, default=True)


class YearCloseList(ListAPIView):
    """Closings of years; ``POST`` closes one for the clients that one answers for."""

    serializer_class = YearCloseSerializer
    filters = {"year": ("year", whole)}
    sorts = {"id": "pk", "year": "year"}

    def get_queryset(self):
        return YearClose.objects.order_by("pk")

    @extend_schema(
        request=ClosingAskedSerializer,
        responses={201: YearCloseSerializer},
        examples=sent(year=2025, growth="5.0"),
    )
    def post(self, request):
        asked = ClosingAskedSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        try:
            row = year_closing.close(
                said["year"], said["growth"], request.user, goals=said["goals"],
                review=said["review"],
            )  # fmt: skip
        except ValidationError as error:
            raise _told(error) from error
        return Response(YearCloseSerializer(row).data, status=status.HTTP_201_CREATED)


class YearCloseDetail(APIView):
    """One closing: what was frozen beside what is told today."""

    @extend_schema(responses=YearCloseWithClients)
    def get(self, request, pk):
        row = find(YearClose, pk=pk)
        row.rows = found.compared(row, today())
        return Response(YearCloseWithClients(row).data)


class YearCloseUndo(APIView):
    """Take a closing back while nobody has worked on what it opened."""

    @extend_schema(request=None, responses=YearCloseSerializer)
    def post(self, request, pk):
        row = find_editable(YearClose, pk=pk)
        try:
            row = year_closing.undo(row, request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(YearCloseSerializer(row).data)
