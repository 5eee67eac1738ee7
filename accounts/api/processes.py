"""Processes of clients, their runs, and the company's standards, over REST."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import (
    Client,
    Process,
    ProcessRun,
    ProcessStep,
    ProcessTemplate,
    RunStep,
    TemplateStep,
)
from accounts.selectors.people import people_beside
from accounts.services import processes
from accounts.services.clients import Conflict
from kam.lib.api import Pages
from kam.lib.scoping import current
from kam.lib.views import find, find_editable

from .clients import ChangedMeanwhile, OfClient

STEP = ("id", *processes.STEP_FIELDS)


class ByNumber(Pages):
    ordering = ("pk",)


class LatestRunFirst(Pages):
    ordering = ("-started_on", "-pk")


class StepSerializer(serializers.ModelSerializer):
    """``id`` of a step that is kept; without it the step is new.  Steps come in their order."""

    id = serializers.IntegerField(required=False)


class TemplateStepSerializer(StepSerializer):
    class Meta:
        model = TemplateStep
        fields = STEP


class TemplateSerializer(serializers.ModelSerializer):
    steps = TemplateStepSerializer(many=True)
    version = serializers.IntegerField(required=False)

    class Meta:
        model = ProcessTemplate
        fields = ("id", *processes.TEMPLATE_FIELDS, "steps", "version")


class ProcessStepSerializer(StepSerializer):
    class Meta:
        model = ProcessStep
        fields = (*STEP, "responsible", "origin")
        read_only_fields = ("origin",)

    def get_fields(self):
        fields = super().get_fields()
        fields["responsible"].queryset = people_beside(current())
        return fields


class ProcessSerializer(serializers.ModelSerializer):
    steps = ProcessStepSerializer(many=True)
    version = serializers.IntegerField(required=False)

    class Meta:
        model = Process
        fields = (
            "id", "client", "template", *processes.PROCESS_FIELDS, "steps", "stopped_on", "version",
        )  # fmt: skip
        read_only_fields = ("stopped_on",)

    def get_fields(self):
        fields = super().get_fields()
        if isinstance(self.instance, Process):
            for name in ("client", "template"):
                fields[name] = serializers.PrimaryKeyRelatedField(read_only=True)
        else:
            fields["client"].queryset = Client.objects.all()
            fields["template"].queryset = ProcessTemplate.objects.all()
        return fields

    def validate(self, data):
        starts = data.get("starts", getattr(self.instance, "starts", None))
        day = data.get("next_on", getattr(self.instance, "next_on", None))
        if starts == Process.Start.DATE and day is None:
            raise serializers.ValidationError({"next_on": _("Say on which day it starts next.")})
        return data


def _split(asked, owned) -> tuple[dict, list[dict], int]:
    """Values of the row, its steps (those of ``owned`` keep their id), the version that was read."""
    values = dict(asked.validated_data)
    version = values.pop("version", None) or 0
    steps = []
    for step in values.pop("steps", []):
        step = dict(step)
        pk = step.pop("id", None)
        steps.append(step | ({"pk": pk} if pk in owned else {}))
    return values, steps, version


def _saved(save):
    try:
        return save()
    except ValidationError as error:
        raise serializers.ValidationError({"steps": error.messages}) from error
    except Conflict as conflict:
        raise ChangedMeanwhile(conflict.present.version) from conflict


class TemplateList(generics.ListAPIView):
    """The company's standard processes."""

    serializer_class = TemplateSerializer
    pagination_class = ByNumber

    def get_queryset(self):
        return ProcessTemplate.objects.prefetch_related("steps")

    @extend_schema(request=TemplateSerializer, responses={201: TemplateSerializer})
    def post(self, request):
        asked = TemplateSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values, steps, _version = _split(asked, ())
        row = _saved(lambda: processes.save_template(None, values, steps, request.user))
        return Response(TemplateSerializer(row).data, status=status.HTTP_201_CREATED)


class TemplateDetail(APIView):
    """One standard; a PUT needs the version that was read, or answers 409."""

    @extend_schema(responses=TemplateSerializer)
    def get(self, request, pk):
        return Response(TemplateSerializer(find(ProcessTemplate, pk=pk)).data)

    @extend_schema(request=TemplateSerializer, responses=TemplateSerializer)
    def put(self, request, pk):
        row = find_editable(ProcessTemplate, pk=pk)
        asked = TemplateSerializer(row, data=request.data)
        asked.is_valid(raise_exception=True)
        owned = set(row.steps.values_list("pk", flat=True))
        values, steps, version = _split(asked, owned)
        row = _saved(lambda: processes.save_template(row, values, steps, request.user, version))
        return Response(TemplateSerializer(row).data)


class ProcessList(OfClient, generics.ListAPIView):
    """Processes of the clients that one may see; ``?client=ID`` narrows them."""

    serializer_class = ProcessSerializer
    pagination_class = ByNumber

    def get_queryset(self):
        return self.narrowed(Process.objects.prefetch_related("steps"))

    @extend_schema(parameters=[OpenApiParameter("client", OpenApiTypes.INT)])
    def get(self, request):
        return self.list(request)

    @extend_schema(request=ProcessSerializer, responses={201: ProcessSerializer})
    def post(self, request):
        asked = ProcessSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values, steps, _version = _split(asked, ())
        client = find_editable(Client, pk=values.pop("client").pk)
        template = values.pop("template", None)
        row = _saved(
            lambda: processes.save_process(
                None, client, values, steps, request.user, template=template
            )
        )
        return Response(ProcessSerializer(row).data, status=status.HTTP_201_CREATED)


class ProcessDetail(APIView):
    """One process; a PUT needs the version that was read, or answers 409."""

    @extend_schema(responses=ProcessSerializer)
    def get(self, request, pk):
        return Response(ProcessSerializer(find(Process, pk=pk)).data)

    @extend_schema(request=ProcessSerializer, responses=ProcessSerializer)
    def put(self, request, pk):
        row = find_editable(Process, pk=pk)
        asked = ProcessSerializer(row, data=request.data)
        asked.is_valid(raise_exception=True)
        owned = set(row.steps.values_list("pk", flat=True))
        values, steps, version = _split(asked, owned)
        row = _saved(
            lambda: processes.save_process(row, row.client, values, steps, request.user, version)
        )
        return Response(ProcessSerializer(row).data)


class RunStepSerializer(serializers.ModelSerializer):
    class Meta:
        model = RunStep
        fields = (
            *STEP, "responsible", "due", "state", "settled_on", "settled_by", "note",
        )  # fmt: skip
        read_only_fields = fields


class RunSerializer(serializers.ModelSerializer):
    client = serializers.IntegerField(source="process.client_id", read_only=True)
    steps = RunStepSerializer(many=True, read_only=True)

    class Meta:
        model = ProcessRun
        fields = (
            "id", "process", "client", "started_on", "cause", "cause_text", "ended_on", "outcome",
            "reason", "steps",
        )  # fmt: skip
        read_only_fields = fields


class Begin(serializers.Serializer):
    process = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    text = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")

    def validate_process(self, pk):
        if not Process.objects.filter(pk=pk, stopped_on__isnull=True).exists():
            raise serializers.ValidationError(_("There is no such process that is run."))
        return pk


class RunList(generics.ListAPIView):
    """Runs, the latest first; ``client``, ``process``, ``open=1``.  A POST begins one."""

    serializer_class = RunSerializer
    pagination_class = LatestRunFirst

    def get_queryset(self):
        rows = ProcessRun.objects.select_related("process").prefetch_related("steps")
        asked = self.request.query_params
        for name, path in (("client", "process__client"), ("process", "process")):
            if asked.get(name, "").isdecimal():
                rows = rows.filter(**{path: int(asked[name][:18])})
        return rows.filter(ended_on__isnull=True) if asked.get("open") == "1" else rows

    @extend_schema(
        parameters=[
            OpenApiParameter(name, OpenApiTypes.INT) for name in ("client", "process", "open")
        ]
    )
    def get(self, request):
        return self.list(request)

    @extend_schema(request=Begin, responses={201: RunSerializer})
    def post(self, request):
        asked = Begin(data=request.data)
        asked.is_valid(raise_exception=True)
        process = find_editable(Process, pk=asked.validated_data["process"])
        run = processes.start(process, author=request.user, text=asked.validated_data["text"])
        return Response(RunSerializer(run).data, status=status.HTTP_201_CREATED)


class Settled(serializers.Serializer):
    state = serializers.ChoiceField(choices=RunStep.State.choices)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class RunStepDetail(APIView):
    """Say that a step of a run is done, left out (with the reason in ``note``), or open again."""

    @extend_schema(request=Settled, responses=RunStepSerializer)
    def patch(self, request, pk):
        step = find_editable(RunStep, pk=pk)
        asked = Settled(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            step = processes.settle(step, **asked.validated_data, person=request.user)
        except ValidationError as error:
            raise serializers.ValidationError({"note": error.messages}) from error
        return Response(RunStepSerializer(step).data)
