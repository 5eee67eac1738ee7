"""Problems over REST: raised, solved step by step, closed with an outcome."""

from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.forms.problems import ProblemForm, StepForm
from accounts.models import Problem, ProblemStep
from accounts.selectors import problems as found
from accounts.services import problems
from accounts.services.clients import Conflict
from kam.lib.api_parameters import one_of, sent, whole
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.views import find, find_editable

from .clients import OF_CLIENT, ChangedMeanwhile
from .contacts import _client_of
from .promises import _told


class ProblemStepSerializer(serializers.ModelSerializer):
    class Meta:
        model = ProblemStep
        fields = ("id", "problem", "what", "due", "person", "done_on")
        read_only_fields = ("id", "problem", "done_on")
        extra_kwargs = {"person": {"required": False}}


class ProblemSerializer(serializers.ModelSerializer):
    """A problem.  ``previous``: the closed one that it repeats.  Changing needs ``version``."""

    version = serializers.IntegerField(required=False)

    class Meta:
        model = Problem
        fields = (
            "id", "client", "kind", "what", "details", "severity", "owner", "solution", "state",
            "outcome", "came_of_it", "raised_on", "closed_on", "closed_by", "previous", "author",
            "created_at", "version",
        )  # fmt: skip
        read_only_fields = (
            "id", "state", "outcome", "came_of_it", "raised_on", "closed_on", "closed_by",
            "previous", "author", "created_at",
        )  # fmt: skip
        extra_kwargs = {"owner": {"required": False}}


class ProblemWithSteps(ProblemSerializer):
    """``steps``: the next due first."""

    steps = ProblemStepSerializer(many=True, read_only=True)

    class Meta(ProblemSerializer.Meta):
        fields = (*ProblemSerializer.Meta.fields, "steps")


def _filled(data, problem: Problem | None = None) -> ProblemForm:
    """The form of the page, filled from JSON: one set of rules for people and programs."""
    names = ProblemForm.Meta.fields
    usual = {"kind": Problem.Kind.OTHER, "severity": 2}
    present = model_to_dict(problem, fields=names) if problem else usual
    form = ProblemForm(
        {**present, **{name: data[name] for name in names if name in data}}, instance=problem
    )
    if not form.is_valid():
        raise serializers.ValidationError(form.errors)
    return form


class ProblemList(ListAPIView):
    """Problems that one may see; ``POST`` raises one."""

    serializer_class = ProblemSerializer
    filters = {
        **OF_CLIENT,
        "owner": ("owner", whole),
        "state": ("state", one_of(Problem.State.values)),
        "kind": ("kind", one_of(Problem.Kind.values)),
        "severity": ("severity", whole),
    }
    sorts = {"id": "pk", "severity": "severity", "raised_on": "raised_on"}

    def get_queryset(self):
        return Problem.objects.order_by("pk")

    @extend_schema(
        request=ProblemSerializer,
        responses={201: ProblemSerializer},
        examples=sent(client=2, kind="quality", what="Two deliveries came short", severity=2),
    )
    def post(self, request):
        client = _client_of(request.data)
        form = _filled(request.data)
        try:
            problem = problems.raise_problem(client, form.values(), request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(ProblemSerializer(problem).data, status=status.HTTP_201_CREATED)


class ProblemDetail(APIView):
    """One problem with its steps."""

    @extend_schema(responses=ProblemWithSteps)
    def get(self, request, pk):
        return Response(ProblemWithSteps(find(Problem, pk=pk)).data)

    @extend_schema(request=ProblemSerializer, responses=ProblemSerializer)
    def patch(self, request, pk):
        problem = find_editable(Problem, queryset=found.rows(), pk=pk)
        version = version_asked(request)
        form = _filled(request.data, find(Problem, pk=pk))
        try:
            problems.change(problem, form.values(), problem.version if version is None else version)
        except ValidationError as error:
            raise _told(error) from error
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(ProblemSerializer(problem).data)


class ProblemSteps(APIView):
    """Set a step of the solution: what, by when, who."""

    @extend_schema(
        request=ProblemStepSerializer,
        responses={201: ProblemStepSerializer},
        examples=sent(what="Ask the warehouse what went wrong", due="2026-03-20"),
    )
    def post(self, request, pk):
        problem = find_editable(Problem, queryset=found.rows(), pk=pk)
        form = StepForm({name: request.data.get(name) for name in StepForm.Meta.fields})
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        try:
            step = problems.add_step(problem, form.cleaned_data, request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(ProblemStepSerializer(step).data, status=status.HTTP_201_CREATED)


class StepDoneSerializer(serializers.Serializer):
    done = serializers.BooleanField()


class ProblemStepDetail(APIView):
    """One step; whoever does it says that it is done, or that it is not after all."""

    @extend_schema(responses=ProblemStepSerializer)
    def get(self, request, pk):
        return Response(ProblemStepSerializer(find(ProblemStep, pk=pk)).data)

    @extend_schema(request=StepDoneSerializer, responses=ProblemStepSerializer)
    def patch(self, request, pk):
        rows = ProblemStep.objects.select_related("problem")
        step = find_editable(ProblemStep, queryset=rows, pk=pk)
        asked = StepDoneSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        problems.settle_step(step, asked.validated_data["done"])
        return Response(ProblemStepSerializer(step).data)


class ClosingSerializer(serializers.Serializer):
    outcome = serializers.ChoiceField([each for each in Problem.Outcome.choices if each[0]])
    came_of_it = serializers.CharField(max_length=1000)


class ProblemClosing(APIView):
    """Close a problem with its outcome and what came of it."""

    @extend_schema(
        request=ClosingSerializer,
        responses=ProblemSerializer,
        examples=sent(outcome="solved", came_of_it="The second delivery day is kept."),
    )
    def post(self, request, pk):
        problem = find_editable(Problem, queryset=found.rows(), pk=pk)
        asked = ClosingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        try:
            problems.close(problem, said["outcome"], said["came_of_it"], request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(ProblemSerializer(problem).data)


class ProblemReopening(APIView):
    """Open a closed problem again; how it had ended stays in the audit trail."""

    @extend_schema(request=None, responses=ProblemSerializer)
    def post(self, request, pk):
        problem = find_editable(Problem, queryset=found.rows(), pk=pk)
        try:
            problems.reopen(problem)
        except ValidationError as error:
            raise _told(error) from error
        return Response(ProblemSerializer(problem).data)
