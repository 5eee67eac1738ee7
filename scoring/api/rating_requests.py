"""Asking for ratings over REST."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.models import User
from kam.lib.api_parameters import flag
from kam.lib.endpoints import APIView
from kam.lib.views import find, find_editable
from scoring.models import Criterion, RatingRequest
from scoring.selectors.rating_requests import open_requests, own_requests, wide_spreads
from scoring.services.rating_requests import answer, ask, withdraw

from .ratings import RatingSerializer

MOST = 500


class RequestSerializer(serializers.ModelSerializer):
    client = serializers.IntegerField(source="client_id")
    name = serializers.CharField(source="client.name")
    criterion = serializers.SlugRelatedField(slug_field="key", read_only=True)
    person = serializers.IntegerField(source="person_id")
    asked_by = serializers.IntegerField(source="asked_by_id", allow_null=True)

    class Meta:
        model = RatingRequest
        fields = (
            "id", "client", "name", "criterion", "person", "asked_by", "asked_at", "due", "reason",
            "answered_at", "withdrawn_at",
        )  # fmt: skip
        read_only_fields = fields


class PairSerializer(serializers.Serializer):
    client = serializers.IntegerField()
    criterion = serializers.SlugRelatedField(slug_field="key", queryset=Criterion.objects.all())


class AskSerializer(serializers.Serializer):
    pairs = PairSerializer(many=True, allow_empty=False)
    people = serializers.PrimaryKeyRelatedField(many=True, queryset=User.objects.all())
    due = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2_000)


class RatingRequestList(APIView):
    """What one is asked; with ``all=1`` every open request on clients that one may read."""

    @extend_schema(
        parameters=[flag("all", "Open ones of everybody.")],
        responses=RequestSerializer(many=True),
    )
    def get(self, request):
        everything = request.query_params.get("all") == "1"
        rows = open_requests() if everything else own_requests(request.user)
        return Response(RequestSerializer(rows[:MOST], many=True).data)

    @extend_schema(request=AskSerializer, responses={201: RequestSerializer(many=True)})
    def post(self, request):
        asked = AskSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        try:
            fresh = ask(
                request.user,
                [(pair["client"], pair["criterion"].pk) for pair in data["pairs"]],
                data["people"],
                data.get("due"),
                data.get("reason", ""),
            )
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        rows = open_requests().filter(pk__in=[row.pk for row in fresh])
        return Response(RequestSerializer(rows, many=True).data, status=status.HTTP_201_CREATED)


class AnswerSerializer(serializers.Serializer):
    value = serializers.DecimalField(
        max_digits=4, decimal_places=2, min_value=Decimal(1), max_value=Decimal(10),
        allow_null=True, default=None,
    )  # fmt: skip
    not_applicable = serializers.BooleanField(default=False)
    reason = serializers.CharField(default="", allow_blank=True, max_length=2_000)


class RatingRequestAnswer(APIView):
    """The answer of the person who is asked."""

    @extend_schema(request=AnswerSerializer, responses={201: RatingSerializer})
    def post(self, request, pk):
        rows = RatingRequest.objects.select_related("client", "criterion", "person")
        row = find(RatingRequest, queryset=rows, pk=pk)
        if row.person_id != request.user.pk:
            find_editable(RatingRequest, pk=pk)
            raise serializers.ValidationError(_("Only the person who is asked answers."))
        asked = AnswerSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        try:
            rating = answer(
                row,
                data["value"],
                not_applicable=data["not_applicable"],
                reason=data["reason"],
            )
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        return Response(RatingSerializer(rating).data, status=status.HTTP_201_CREATED)


class RatingRequestWithdrawal(APIView):
    @extend_schema(request=None, responses={204: None})
    def post(self, request, pk):
        try:
            withdraw(find_editable(RatingRequest, pk=pk))
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        return Response(status=status.HTTP_204_NO_CONTENT)


class SpreadSerializer(serializers.Serializer):
    client = serializers.IntegerField(source="client.pk")
    name = serializers.CharField(source="client.name")
    criterion = serializers.CharField(source="criterion.key")
    low = serializers.FloatField()
    high = serializers.FloatField()
    raters = serializers.IntegerField()
    lowest = serializers.ListField(child=serializers.CharField())
    highest = serializers.ListField(child=serializers.CharField())


class RatingSpreads(APIView):
    """Where opinions lie apart by three points or more, the widest first."""

    @extend_schema(responses=SpreadSerializer(many=True))
    def get(self, request):
        return Response(SpreadSerializer(wide_spreads(), many=True).data)
