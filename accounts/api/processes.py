"""Processes of clients, their runs, and the company's standards, over REST."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

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
from kam.lib.api_parameters import flag, whole
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.scoping import current
from kam.lib.views import find, find_editable

from .clients import OF_CLIENT, ChangedMeanwhile
from .removals import RemovalSerializer, removed

STEP = ("id", *processes.STEP_FIELDS)


class LatestRunFirst(Pages):
    ordering = ("-started_on", "-pk")


class StepSerializer(serializers.ModelSerializer):
    """``id`` of a step that is kept; without it the step is new.  Steps come in their order."""

    id = serializers.IntegerField(required=False)


class TemplateStepSerializer(StepSerializer):
    class Meta:
        model = TemplateStep
        fields = STEP


class ProcessTemplateSerializer(serializers.ModelSerializer):
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


def _split(asked, owned) -> tuple[dict, list[dict]]:
    """Values of the row and its steps, of which those of ``owned`` keep their id."""
    values = dict(asked.validated_data)
    values.pop("version", None)
    steps = []
    for step in values.pop("steps", []):
        step = dict(step)
        pk = step.pop("id", None)
        steps.append(step | ({"pk": pk} if pk in owned else {}))
    return values, steps


def _version(request, row) -> int:
    asked = version_asked(request)
    return row.version if asked is None else asked


def _saved(save):
    try:
        return save()
    except ValidationError as error:
        raise serializers.ValidationError({"steps": error.messages}) from error
    except Conflict as conflict:
        raise ChangedMeanwhile(conflict.present.version) from conflict


class TemplateList(ListAPIView):
    """The company's standard processes."""

    serializer_class = ProcessTemplateSerializer
    sorts = {"id": "pk", "name": "name"}

    def get_queryset(self):
        return ProcessTemplate.objects.prefetch_related("steps")

    @extend_schema(request=ProcessTemplateSerializer, responses={201: ProcessTemplateSerializer})
    def post(self, request):
        asked = ProcessTemplateSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values, steps = _split(asked, ())
        row = _saved(lambda: processes.save_template(None, values, steps, request.user))
        return Response(ProcessTemplateSerializer(row).data, status=status.HTTP_201_CREATED)


class TemplateDetail(APIView):
    """One standard; a PUT needs the version that was read, or answers 428."""

    @extend_schema(responses=ProcessTemplateSerializer)
    def get(self, request, pk):
        return Response(ProcessTemplateSerializer(find(ProcessTemplate, pk=pk)).data)

    @extend_schema(request=ProcessTemplateSerializer, responses=ProcessTemplateSerializer)
    def put(self, request, pk):
        row = find_editable(ProcessTemplate, pk=pk)
        asked = ProcessTemplateSerializer(row, data=request.data)
        asked.is_valid(raise_exception=True)
        owned = set(row.steps.values_list("pk", flat=True))
        values, steps = _split(asked, owned)
        version = _version(request, row)
        row = _saved(lambda: processes.save_template(row, values, steps, request.user, version))
        return Response(ProcessTemplateSerializer(row).data)

    @extend_schema(request=None, responses={200: RemovalSerializer})
    def delete(self, request, pk):
        return removed(request, "template", find_editable(ProcessTemplate, pk=pk))


class ProcessList(ListAPIView):
    """Processes of the clients that one may see; ``?client=ID`` narrows them."""

    serializer_class = ProcessSerializer
    filters = OF_CLIENT
    sorts = {"id": "pk", "name": "name"}

    def get_queryset(self):
        return Process.objects.prefetch_related("steps")

    @extend_schema(request=ProcessSerializer, responses={201: ProcessSerializer})
    def post(self, request):
        asked = ProcessSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values, steps = _split(asked, ())
        client = find_editable(Client, pk=values.pop("client").pk)
        template = values.pop("template", None)
        row = _saved(
            lambda: processes.save_process(
                None, client, values, steps, request.user, template=template
            )
        )
        return Response(ProcessSerializer(row).data, status=status.HTTP_201_CREATED)


class ProcessDetail(APIView):
    """One process; a PUT needs the version that was read, or answers 428."""

    @extend_schema(responses=ProcessSerializer)
    def get(self, request, pk):
        return Response(ProcessSerializer(find(Process, pk=pk)).data)

    @extend_schema(request=ProcessSerializer, responses=ProcessSerializer)
    def put(self, request, pk):
        row = find_editable(Process, pk=pk)
        asked = ProcessSerializer(row, data=request.data)
        asked.is_valid(raise_exception=True)
        owned = set(row.steps.values_list("pk", flat=True))
        values, steps = _split(asked, owned)
        version = _version(request, row)
        row = _saved(
            lambda: processes.save_process(row, row.client, values, steps, request.user, version)
        )
        return Response(ProcessSerializer(row).data)

    @extend_schema(request=None, responses={200: RemovalSerializer})
    def delete(self, request, pk):
        return removed(request, "process", find_editable(Process, pk=pk))


class RunStepSerializer(serializers.ModelSerializer):
    class Meta:
        model = RunStep
        fields = (
            *STEP, "responsible", "due", "state", "settled_on", "settled_by", "note",
        )  # fmt: skip
        read_only_fields = fields


class ProcessRunSerializer(serializers.ModelSerializer):
    client = serializers.IntegerField(source="process.client_id", read_only=True)
    steps = RunStepSerializer(many=True, read_only=True)

    class Meta:
        model = ProcessRun
        fields = (
            "id", "process", "client", "started_on", "cause", "cause_text", "ended_on", "outcome",
            "reason", "steps",
        )  # fmt: skip
        read_only_fields = fields


class RunBegin(serializers.Serializer):
    process = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    text = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")

    def validate_process(self, pk):
        if not Process.objects.filter(pk=pk, stopped_on__isnull=True).exists():
            raise serializers.ValidationError(_("There is no such process that is run."))
        return pk


class RunList(ListAPIView):
    """Runs, the latest first; ``client``, ``process``, ``open=1``.  A POST begins one."""

    serializer_class = ProcessRunSerializer
    pagination_class = LatestRunFirst
    filters = {"client": ("process__client", whole), "process": ("process", whole)}
    sorts = {"id": "pk", "started_on": "started_on"}

    def get_queryset(self):
        rows = ProcessRun.objects.select_related("process").prefetch_related("steps")
        only_open = self.request.query_params.get("open") == "1"
        return rows.filter(ended_on__isnull=True) if only_open else rows

    @extend_schema(parameters=[flag("open", "Only those under way.")])
    def get(self, request):
        return self.list(request)

    @extend_schema(request=RunBegin, responses={201: ProcessRunSerializer})
    def post(self, request):
        asked = RunBegin(data=request.data)
        asked.is_valid(raise_exception=True)
        process = find_editable(Process, pk=asked.validated_data["process"])
        run = processes.start(process, author=request.user, text=asked.validated_data["text"])
        return Response(ProcessRunSerializer(run).data, status=status.HTTP_201_CREATED)


class StepSettled(serializers.Serializer):
    state = serializers.ChoiceField(choices=RunStep.State.choices)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class RunStepDetail(APIView):
    """Say that a step of a run is done, left out (with the reason in ``note``), or open again."""

    @extend_schema(request=StepSettled, responses=RunStepSerializer)
    def patch(self, request, pk):
        step = find_editable(RunStep, pk=pk)
        asked = StepSettled(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            step = processes.settle(step, **asked.validated_data, person=request.user)
        except ValidationError as error:
            raise serializers.ValidationError({"note": error.messages}) from error
        return Response(RunStepSerializer(step).data)
