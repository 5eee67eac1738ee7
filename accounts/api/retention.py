"""Times of keeping over REST: what is decided, what would go, what has gone."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.forms.retention import RetentionForm
from accounts.models import RetentionRules, RetentionRun
from accounts.services import retention
from accounts.services.clients import Conflict
from accounts.services.retention_rows import line
from kam.lib.api import Pages
from kam.lib.api_parameters import sent
from kam.lib.endpoints import APIView, ListAPIView, version_asked

from .clients import ChangedMeanwhile


class RetentionRulesSerializer(serializers.ModelSerializer):
    """Months of keeping by kind; null: for good, or for files and rows of programs as long as the
    settings of the installation say.  Writing needs ``version``."""

    version = serializers.IntegerField(required=False)

    class Meta:
        model = RetentionRules
        fields = (*retention.KEYS, "version")


class Retention(APIView):
    """What is decided; a PATCH changes what it names, from the coming night on."""

    @extend_schema(responses=RetentionRulesSerializer)
    def get(self, request):
        return Response(RetentionRulesSerializer(retention.rules()).data)

    @extend_schema(
        request=RetentionRulesSerializer,
        responses=RetentionRulesSerializer,
        examples=sent(left_contacts=36, notes=60, version=1),
    )
    def patch(self, request):
        row = retention.rules()
        asked = RetentionRulesSerializer(row, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        values = {key: v for key, v in asked.validated_data.items() if key != "version"}
        present = {key: getattr(row, key) for key in retention.KEYS}
        form = RetentionForm({**present, **values}, instance=retention.rules())
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        version = version_asked(request)
        try:
            row = retention.save(values, row.version if version is None else version)
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(RetentionRulesSerializer(row).data)


class DueRowSerializer(serializers.Serializer):
    """``since``: the day that its time counts from; null where that is a client's silence."""

    what = serializers.CharField()
    client = serializers.CharField(allow_blank=True)
    since = serializers.DateField(allow_null=True)


class RetentionDueSerializer(serializers.Serializer):
    """A kind of data: its months, or the days of the settings; how many rows would go tonight, and
    the first of them."""

    category = serializers.CharField(source="category.key")
    months = serializers.IntegerField(allow_null=True)
    days = serializers.IntegerField(allow_null=True)
    count = serializers.IntegerField()
    first = serializers.SerializerMethodField()

    @extend_schema(responses=DueRowSerializer(many=True))
    def get_first(self, row) -> list:
        return DueRowSerializer([line(each) for each in row.first], many=True).data


class RetentionDue(APIView):
    """A dry run: what would go tonight by the rules that are kept."""

    @extend_schema(responses=RetentionDueSerializer(many=True))
    def get(self, request):
        rows = retention.due(retention.rules())
        return Response(RetentionDueSerializer(rows, many=True).data)


class RetentionRunSerializer(serializers.ModelSerializer):
    """A night: the months that held, and by kind how much was due, done and failed."""

    rules = serializers.DictField(child=serializers.IntegerField(allow_null=True))
    result = serializers.DictField(child=serializers.DictField(child=serializers.IntegerField()))
    acts = serializers.PrimaryKeyRelatedField(many=True, read_only=True)

    class Meta:
        model = RetentionRun
        fields = ("id", "day", "at", "rules", "result", "acts")
        read_only_fields = fields


class LastNightFirst(Pages):
    ordering = ("-day",)


class RetentionRunList(ListAPIView):
    """What has gone, night by night, the last first."""

    serializer_class = RetentionRunSerializer
    pagination_class = LastNightFirst
    sorts = {"day": "day"}

    def get_queryset(self):
        return RetentionRun.objects.prefetch_related("acts").order_by("-day")
