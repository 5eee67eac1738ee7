"""Which sections plans begin with, and what has changed around a plan, over REST."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.models import AccountPlan, PlanTemplate, PlanTemplateSection
from accounts.services.plan_changes import changes
from accounts.services.plan_sections import save_template
from kam.lib.endpoints import APIView, ListAPIView
from kam.lib.views import find, find_editable

from .plans import _done, _version


class PlanTemplateSectionSerializer(serializers.ModelSerializer):
    """``kind``: text (the default), goals or actions."""

    class Meta:
        model = PlanTemplateSection
        fields = ("name", "kind", "question")


class PlanTemplateSerializer(serializers.ModelSerializer):
    """Sections come in their order and replace those before."""

    sections = PlanTemplateSectionSerializer(many=True)
    version = serializers.IntegerField(required=False)

    class Meta:
        model = PlanTemplate
        fields = ("id", "name", "archived", "sections", "version")


def _split(asked) -> tuple[dict, list[dict]]:
    values = dict(asked.validated_data)
    values.pop("version", None)
    return values, [dict(each) for each in values.pop("sections")]


class PlanTemplateList(ListAPIView):
    """The company's own sections for plans."""

    serializer_class = PlanTemplateSerializer
    sorts = {"id": "pk", "name": "name"}

    def get_queryset(self):
        return PlanTemplate.objects.prefetch_related("sections")

    @extend_schema(request=PlanTemplateSerializer, responses={201: PlanTemplateSerializer})
    def post(self, request):
        asked = PlanTemplateSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values, sections = _split(asked)
        row = _done(lambda: save_template(None, values, sections, request.user))
        return Response(PlanTemplateSerializer(row).data, status=status.HTTP_201_CREATED)


class PlanTemplateDetail(APIView):
    """One template; a PUT needs the version that was read, or answers 428."""

    @extend_schema(responses=PlanTemplateSerializer)
    def get(self, request, pk):
        return Response(PlanTemplateSerializer(find(PlanTemplate, pk=pk)).data)

    @extend_schema(request=PlanTemplateSerializer, responses=PlanTemplateSerializer)
    def put(self, request, pk):
        row = find_editable(PlanTemplate, pk=pk)
        asked = PlanTemplateSerializer(row, data=request.data)
        asked.is_valid(raise_exception=True)
        values, sections = _split(asked)
        version = _version(request, row)
        row = _done(lambda: save_template(row, values, sections, request.user, version))
        return Response(PlanTemplateSerializer(row).data)


class PlanChangeSerializer(serializers.Serializer):
    """``before`` and ``after``: values of goals, or revenue of 12 months in the company's
    currency."""

    about = serializers.ChoiceField(
        ("action", "goal", "move", "promise", "revenue", "standing"), source="kind"
    )
    text = serializers.CharField()
    before = serializers.DecimalField(max_digits=20, decimal_places=2, allow_null=True)
    after = serializers.DecimalField(max_digits=20, decimal_places=2, allow_null=True)


class PlanChangesSerializer(serializers.Serializer):
    """``since``: the caller's last visit to the page (``opened``), else the last signature; null
    where there was neither."""

    since = serializers.DateTimeField(allow_null=True)
    opened = serializers.BooleanField()
    changes = PlanChangeSerializer(many=True, source="rows")


class PlanChanges(APIView):
    """What has changed around a plan."""

    @extend_schema(responses=PlanChangesSerializer)
    def get(self, request, pk):
        plan = find(AccountPlan, pk=pk)
        return Response(PlanChangesSerializer(changes(plan, request.user)).data)
