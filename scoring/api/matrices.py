"""Matrices over REST: what each version says, writing the draft, and putting it to use."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from kam.lib.api_parameters import sent
from kam.lib.endpoints import APIView, ListAPIView, RetrieveAPIView
from scoring.models import Criterion, Matrix, MatrixVersion
from scoring.selectors.matrices import matrices, version_criteria
from scoring.services.versions import Choice, activate, draft_of, save_draft


class VersionCriterionSerializer(serializers.Serializer):
    """A criterion as a version has it; on writing only ``criterion`` and ``weight`` are needed."""

    criterion = serializers.SlugRelatedField(slug_field="key", queryset=Criterion.objects.all())
    weight = serializers.DecimalField(max_digits=9, decimal_places=4)
    share = serializers.FloatField(read_only=True)
    measure = serializers.CharField(required=False, allow_blank=True, max_length=60)
    rule = serializers.JSONField(required=False)
    rated_by_people = serializers.BooleanField(required=False)
    people_share = serializers.DecimalField(max_digits=4, decimal_places=3, required=False)
    mandatory = serializers.BooleanField(required=False)


class VersionSerializer(serializers.ModelSerializer):
    criteria = serializers.SerializerMethodField()

    class Meta:
        model = MatrixVersion
        fields = (
            "number",
            "status",
            "selection",
            "selection_value",
            "min_coverage",
            "gap",
            "dwell_days",
            "reason",
            "created_at",
            "activated_at",
            "criteria",
        )

    @extend_schema_field(VersionCriterionSerializer(many=True))
    def get_criteria(self, version):
        return VersionCriterionSerializer(version_criteria(version), many=True).data


class RunSerializer(serializers.Serializer):
    """A ranking: by which version, as of which day, how many, and where the list is cut."""

    id = serializers.IntegerField()
    matrix = serializers.CharField(source="version.matrix.name")
    version = serializers.IntegerField(source="version.number")
    as_of = serializers.DateField()
    clients = serializers.IntegerField()
    rated = serializers.IntegerField()
    selected = serializers.IntegerField()
    line = serializers.FloatField(allow_null=True)
    tie_at_line = serializers.BooleanField()
    finished_at = serializers.DateTimeField()


class MatrixSerializer(serializers.ModelSerializer):
    versions = VersionSerializer(many=True, read_only=True)
    current_run = RunSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Matrix
        fields = ("id", "name", "is_main", "current_run", "versions")


class MatrixList(ListAPIView):
    serializer_class = MatrixSerializer
    pagination_class = None

    def get_queryset(self):
        return matrices()


class MatrixDetail(RetrieveAPIView):
    serializer_class = MatrixSerializer

    def get_queryset(self):
        return matrices()


class DraftSerializer(serializers.Serializer):
    criteria = VersionCriterionSerializer(many=True)
    selection = serializers.ChoiceField(choices=MatrixVersion.Selection.choices)
    selection_value = serializers.FloatField()
    min_coverage = serializers.FloatField(default=0.6)
    gap = serializers.FloatField(default=0)
    dwell_days = serializers.IntegerField(default=0, min_value=0, max_value=3_650)


class MatrixDraft(APIView):
    """The matrix's draft; writing begins one where there is none."""

    @extend_schema(responses={200: VersionSerializer, 204: None})
    def get(self, request, pk):
        matrix = get_object_or_404(Matrix, pk=pk)
        draft = matrix.versions.filter(status=MatrixVersion.Status.DRAFT).first()
        if draft is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(VersionSerializer(draft).data)

    @extend_schema(
        request=DraftSerializer,
        responses=VersionSerializer,
        examples=sent(
            criteria=[
                {"criterion": "profit", "weight": "50"},
                {"criterion": "tenure", "weight": "30"},
                {"criterion": "procurement", "weight": "20"},
            ],
            selection="top_n",
            selection_value=25,
        ),
    )
    def put(self, request, pk):
        matrix = get_object_or_404(Matrix, pk=pk)
        asked = DraftSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        version = save_draft(
            draft_of(matrix, request.user),
            [Choice(**criterion) for criterion in data["criteria"]],
            selection=data["selection"],
            selection_value=data["selection_value"],
            min_coverage=data["min_coverage"],
            gap=data["gap"],
            dwell_days=data["dwell_days"],
        )
        return Response(VersionSerializer(version).data)


class ActivationSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2_000)


class NoDraft(APIException):
    """409: the matrix has no draft to put to use."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("This matrix has no draft. Write one first.")
    default_code = "no_draft"


class MatrixActivation(APIView):
    """Put the draft to use; the ranking follows as a job."""

    @extend_schema(
        request=ActivationSerializer,
        responses=VersionSerializer,
        examples=sent(reason="Payment matters now"),
    )
    def post(self, request, pk):
        matrix = get_object_or_404(Matrix, pk=pk)
        draft = matrix.versions.filter(status=MatrixVersion.Status.DRAFT).first()
        if draft is None:
            raise NoDraft
        asked = ActivationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        version = activate(draft, asked.validated_data["reason"], request.user)
        return Response(VersionSerializer(version).data)
