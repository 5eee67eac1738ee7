"""Tasks over REST: set or asked of another, accepted, returned, settled."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.models import Task
from accounts.selectors.tasks import askable
from accounts.services import tasks
from accounts.services.clients import Conflict
from accounts.services.task_words import rule_in_words
from kam.lib.api_parameters import day, one_of, sent, whole
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.views import find, find_editable

from .clients import OF_CLIENT, ChangedMeanwhile
from .promises import _told


class TaskSerializer(serializers.ModelSerializer):
    """A task.  ``rule`` says how it repeats, as RFC 5545 does: FREQ, INTERVAL, BYDAY, BYMONTHDAY,
    UNTIL.  ``owner``: who does it, oneself where left out; another person is asked."""

    repeats = serializers.SerializerMethodField()
    version = serializers.IntegerField(required=False)

    class Meta:
        model = Task
        fields = (
            "id", "client", "what", "note", "due", "owner", "giver", "state", "word", "rule",
            "repeats", "previous", "settled_on", "settled_by", "created_at", "version",
        )  # fmt: skip
        read_only_fields = (
            "id", "giver", "state", "word", "previous", "settled_on", "settled_by", "created_at",
        )  # fmt: skip
        extra_kwargs = {"owner": {"required": False}}

    def get_repeats(self, task) -> str:
        return rule_in_words(task.rule, task.due)

    def validate_owner(self, owner):
        person = self.context["request"].user
        present = self.instance.owner_id if isinstance(self.instance, Task) else None
        if not askable(person, present).filter(pk=owner.pk).exists():
            raise serializers.ValidationError(_("There is no such person to ask."))
        return owner


class TaskList(ListAPIView):
    """Tasks that one may see; ``POST`` sets one."""

    serializer_class = TaskSerializer
    filters = {
        **OF_CLIENT,
        "owner": ("owner", whole),
        "giver": ("giver", whole),
        "state": ("state", one_of(Task.State.values)),
        "due_from": ("due__gte", day),
        "due_to": ("due__lte", day),
    }
    sorts = {"id": "pk", "due": "due"}

    def get_queryset(self):
        return Task.objects.order_by("pk")

    @extend_schema(
        request=TaskSerializer,
        responses={201: TaskSerializer},
        examples=sent(
            client=2, what="Send the report of the month", due="2026-04-05",
            rule="FREQ=MONTHLY;BYMONTHDAY=5",
        ),
    )  # fmt: skip
    def post(self, request):
        asked = TaskSerializer(data=request.data, context={"request": request})
        asked.is_valid(raise_exception=True)
        values = {k: v for k, v in asked.validated_data.items() if k in tasks.FIELDS}
        try:
            task = tasks.give(values, request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(self._shown(task), status=status.HTTP_201_CREATED)

    def _shown(self, task):
        return TaskSerializer(task, context={"request": self.request}).data


class TaskDetail(APIView):
    """One task; changing another's person asks anew."""

    @extend_schema(responses=TaskSerializer)
    def get(self, request, pk):
        return Response(TaskSerializer(find(Task, pk=pk), context={"request": request}).data)

    @extend_schema(request=TaskSerializer, responses=TaskSerializer)
    def patch(self, request, pk):
        task = find_editable(Task, pk=pk)
        version = version_asked(request)
        known = {"request": request}
        asked = TaskSerializer(task, data=request.data, partial=True, context=known)
        asked.is_valid(raise_exception=True)
        values = {k: v for k, v in asked.validated_data.items() if k in tasks.FIELDS}
        try:
            tasks.change(task, values, task.version if version is None else version, request.user)
        except ValidationError as error:
            raise _told(error) from error
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(TaskSerializer(task, context=known).data)


class TaskAct(APIView):
    def act(self, request, pk, do):
        task = find_editable(Task, pk=pk)
        try:
            do(task)
        except ValidationError as error:
            raise _told(error) from error
        return Response(TaskSerializer(task, context={"request": request}).data)


class TaskSettlementSerializer(serializers.Serializer):
    """``on``: the day, today where left out."""

    outcome = serializers.ChoiceField(tasks.OUTCOMES)
    on = serializers.DateField(required=False)


class TaskSettlement(TaskAct):
    """Done or dropped; where it repeats and is done, the next one is made."""

    @extend_schema(
        request=TaskSettlementSerializer, responses=TaskSerializer, examples=sent(outcome="done")
    )
    def post(self, request, pk):
        find_editable(Task, pk=pk)
        asked = TaskSettlementSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        return self.act(
            request, pk,
            lambda task: tasks.settle(task, said["outcome"], request.user, on=said.get("on")),
        )  # fmt: skip


class TaskReopening(TaskAct):
    """Open a settled task again; the next one goes where nobody has touched it."""

    @extend_schema(request=None, responses=TaskSerializer)
    def post(self, request, pk):
        return self.act(request, pk, lambda task: tasks.reopen(task, request.user))


class TaskAcceptance(TaskAct):
    """The word of whoever was asked."""

    @extend_schema(request=None, responses=TaskSerializer)
    def post(self, request, pk):
        return self.act(request, pk, lambda task: tasks.accept(task, request.user))


class TaskReturnSerializer(serializers.Serializer):
    word = serializers.CharField(max_length=500)


class TaskReturn(TaskAct):
    """Return what somebody else has asked for, with a reason."""

    @extend_schema(
        request=TaskReturnSerializer, responses=TaskSerializer, examples=sent(word="On leave")
    )
    def post(self, request, pk):
        find_editable(Task, pk=pk)
        asked = TaskReturnSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        word = asked.validated_data["word"]
        return self.act(request, pk, lambda task: tasks.hand_back(task, word, request.user))
