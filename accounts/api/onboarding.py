"""Onboarding of KAMs over REST: plans, their steps, templates."""

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.models import (
    Kam,
    Onboarding,
    OnboardingStep,
    OnboardingTemplate,
    OnboardingTemplateStep,
    User,
)
from accounts.selectors import onboarding as found
from accounts.selectors import skills
from accounts.services import onboarding
from accounts.services.clients import Conflict
from kam.lib.api_parameters import sent, whole
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.views import find, find_editable

from .clients import ChangedMeanwhile
from .promises import _told

_STEP = ("week", "name", "details", "helper")


class OnboardingStepSerializer(serializers.ModelSerializer):
    """``done_on``: null while it is open.  Changing needs ``version``."""

    version = serializers.IntegerField(required=False)

    class Meta:
        model = OnboardingStep
        fields = (
            "id", *_STEP, "due", "helped_by", "done_on", "done_by", "note", "version",
        )  # fmt: skip
        read_only_fields = ("id", *_STEP, "done_by")


class OnboardingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Onboarding
        fields = ("id", "person", "name", "begun", "ended_on", "outcome", "reason", "author")
        read_only_fields = fields


class OnboardingWithSteps(OnboardingSerializer):
    steps = OnboardingStepSerializer(many=True, read_only=True)

    class Meta(OnboardingSerializer.Meta):
        fields = (*OnboardingSerializer.Meta.fields, "steps")
        read_only_fields = fields


class OnboardingStartSerializer(serializers.Serializer):
    """``template``: by which plan, the built-in one where it is left out."""

    person = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    begun = serializers.DateField()
    template = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, allow_null=True
    )

    def validate_template(self, pk):
        if pk is None:
            return None
        template = found.templates(archived=False).filter(pk=pk).first()
        if template is None:
            raise serializers.ValidationError("There is no such template for new people.")
        return template


class OnboardingList(ListAPIView):
    """Plans of the people whose work one may look at; ``POST`` starts one."""

    serializer_class = OnboardingSerializer
    filters = {"person": ("person", whole)}
    sorts = {"id": "pk", "begun": "begun"}

    def get_queryset(self):
        return Onboarding.objects.order_by("pk")

    @extend_schema(
        request=OnboardingStartSerializer,
        responses={201: OnboardingWithSteps},
        examples=sent(person=5, begun="2026-03-16"),
    )
    def post(self, request):
        asked = OnboardingStartSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        person = find_editable(Kam, queryset=skills.kams(), pk=said["person"])
        try:
            plan = onboarding.start(person, said["begun"], said.get("template"), request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(OnboardingWithSteps(plan).data, status=status.HTTP_201_CREATED)


class OnboardingDetail(APIView):
    """One plan with its steps in their order."""

    @extend_schema(responses=OnboardingWithSteps)
    def get(self, request, pk):
        return Response(OnboardingWithSteps(find(Onboarding, pk=pk)).data)


class OnboardingEndSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class OnboardingEnding(APIView):
    """Break a plan off, with the reason."""

    @extend_schema(request=OnboardingEndSerializer, responses=OnboardingSerializer)
    def post(self, request, pk):
        plan = find_editable(Onboarding, pk=pk)
        asked = OnboardingEndSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            plan = onboarding.break_off(plan, asked.validated_data["reason"])
        except ValidationError as error:
            raise _told(error) from error
        return Response(OnboardingSerializer(plan).data)


class OnboardingStepDetail(APIView):
    """One step of a plan: done, put off, or with somebody's help."""

    @extend_schema(responses=OnboardingStepSerializer)
    def get(self, request, pk):
        return Response(OnboardingStepSerializer(find(OnboardingStep, pk=pk)).data)

    @extend_schema(request=OnboardingStepSerializer, responses=OnboardingStepSerializer)
    def patch(self, request, pk):
        step = find_editable(OnboardingStep, pk=pk)
        version = version_asked(request)
        asked = OnboardingStepSerializer(step, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        values = {k: v for k, v in asked.validated_data.items() if k != "version"}
        helper = values.get("helped_by")
        if helper is not None and not User.objects.filter(pk=helper.pk, is_active=True).exists():
            raise serializers.ValidationError({"helped_by": ["This person may not sign in."]})
        try:
            onboarding.change_step(
                step, values, step.version if version is None else version, request.user
            )
        except ValidationError as error:
            raise _told(error) from error
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(OnboardingStepSerializer(step).data)


class LearningStepSerializer(serializers.ModelSerializer):
    """``week``: whole weeks after the first day."""

    class Meta:
        model = OnboardingTemplateStep
        fields = _STEP


class OnboardingTemplateSerializer(serializers.ModelSerializer):
    """A template; changing needs ``version``, and its steps take the place of those before."""

    version = serializers.IntegerField(required=False)
    steps = LearningStepSerializer(many=True, allow_empty=False, max_length=onboarding.MOST_STEPS)

    class Meta:
        model = OnboardingTemplate
        fields = ("id", "name", "archived", "version", "steps")


def _split(asked) -> tuple[dict, list[dict]]:
    values = {k: v for k, v in asked.validated_data.items() if k not in ("version", "steps")}
    blank = {"week": 0, "details": "", "helper": ""}
    return values, [{**blank, **step} for step in asked.validated_data["steps"]]


class OnboardingTemplateList(ListAPIView):
    """The company's templates with their steps."""

    serializer_class = OnboardingTemplateSerializer
    sorts = {"id": "pk", "name": "name"}

    def get_queryset(self):
        return found.templates().order_by("pk")

    @extend_schema(
        request=OnboardingTemplateSerializer,
        responses={201: OnboardingTemplateSerializer},
        examples=sent(name="Our way", steps=[{"week": 1, "name": "Read the plans"}]),
    )
    def post(self, request):
        asked = OnboardingTemplateSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        row = onboarding.save_template(None, *_split(asked), request.user)
        return Response(OnboardingTemplateSerializer(row).data, status=status.HTTP_201_CREATED)


class OnboardingTemplateDetail(APIView):
    """One of the company's templates."""

    @extend_schema(responses=OnboardingTemplateSerializer)
    def get(self, request, pk):
        return Response(OnboardingTemplateSerializer(find(OnboardingTemplate, pk=pk)).data)

    @extend_schema(request=OnboardingTemplateSerializer, responses=OnboardingTemplateSerializer)
    def put(self, request, pk):
        row = find_editable(OnboardingTemplate, pk=pk)
        version = version_asked(request)
        asked = OnboardingTemplateSerializer(row, data=request.data)
        asked.is_valid(raise_exception=True)
        values, steps = _split(asked)
        try:
            row = onboarding.save_template(
                row, values, steps, request.user, row.version if version is None else version
            )
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(OnboardingTemplateSerializer(row).data)
