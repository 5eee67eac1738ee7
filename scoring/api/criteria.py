"""Criteria over REST."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from kam.lib.endpoints import APIView, ListAPIView
from scoring.models import Criterion
from scoring.services.criteria import save_criterion


class CriterionSerializer(serializers.ModelSerializer):
    label = serializers.CharField(read_only=True)
    description = serializers.CharField(read_only=True)

    class Meta:
        model = Criterion
        fields = (
            "id",
            "key",
            "label",
            "label_ru",
            "label_en",
            "description",
            "description_ru",
            "description_en",
            "anchors",
            "measure",
            "rule",
            "rated_by_people",
            "people_share",
            "axis",
            "in_library",
        )


class CriterionWriteSerializer(serializers.Serializer):
    """A criterion of one's own; on changing what is left out stays."""

    label_ru = serializers.CharField(max_length=150)
    label_en = serializers.CharField(max_length=150)
    description_ru = serializers.CharField(required=False, allow_blank=True)
    description_en = serializers.CharField(required=False, allow_blank=True)
    anchors = serializers.DictField(child=serializers.DictField(child=serializers.CharField()))
    measure = serializers.CharField(required=False, allow_blank=True, max_length=60)
    rule = serializers.DictField(required=False)
    people_share = serializers.DecimalField(
        max_digits=4, decimal_places=3, min_value=Decimal(0), max_value=Decimal(1), required=False
    )
    axis = serializers.ChoiceField(choices=Criterion.Axis.choices, required=False, allow_blank=True)


def _save(criterion: Criterion | None, request, *, partial: bool = False) -> Criterion:
    asked = CriterionWriteSerializer(data=request.data, partial=partial)
    asked.is_valid(raise_exception=True)
    try:
        return save_criterion(criterion, asked.validated_data, request.user)
    except ValidationError as error:
        raise serializers.ValidationError(error.messages) from error


class CriterionList(ListAPIView):
    """All criteria: the library's and one's own; posting makes one."""

    queryset = Criterion.objects.order_by("position", "pk")
    serializer_class = CriterionSerializer
    pagination_class = None

    @extend_schema(request=CriterionWriteSerializer, responses={201: CriterionSerializer})
    def post(self, request):
        made = _save(None, request)
        return Response(CriterionSerializer(made).data, status=status.HTTP_201_CREATED)


class CriterionDetail(APIView):
    """One criterion; those of the library do not change."""

    @extend_schema(responses=CriterionSerializer)
    def get(self, request, key):
        return Response(CriterionSerializer(get_object_or_404(Criterion, key=key)).data)

    @extend_schema(request=CriterionWriteSerializer, responses=CriterionSerializer)
    def patch(self, request, key):
        criterion = get_object_or_404(Criterion, key=key)
        return Response(CriterionSerializer(_save(criterion, request, partial=True)).data)
