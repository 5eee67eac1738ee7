"""Plans of clients over REST: written, taken to the signature, acknowledged, worked on."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.models import model_to_dict
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.forms.plans import ActionForm, ParticipantForm, PlanBeginForm, PlanForm, SectionForm
from accounts.models import (
    AccountPlan,
    PlanAction,
    PlanMove,
    PlanParticipant,
    PlanSection,
    PlanVersion,
)
from accounts.selectors import plans as found
from accounts.services import plan_work, plans
from accounts.services.clients import Conflict, may_edit
from accounts.services.plan_signing import lacking
from accounts.views.plans import decide
from kam.lib.api_parameters import one_of, sent, whole
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.views import find, find_editable

from .clients import OF_CLIENT, ChangedMeanwhile
from .contacts import _client_of
from .promises import _told

ACTS = ("submit", "withdraw", "return", "sign", "amend", "discard")


class PlanSerializer(serializers.ModelSerializer):
    """A plan.  ``number`` counts its signatures; ``previous``: the plan it carries on,
    ``template``: the sections a new one begins with."""

    version = serializers.IntegerField(required=False)
    template = serializers.IntegerField(write_only=True, required=False, allow_null=True)

    class Meta:
        model = AccountPlan
        fields = (
            "id", "client", "title", "starts", "ends", "state", "number", "previous", "template",
            "touched_at", "author", "created_at", "version",
        )  # fmt: skip
        read_only_fields = ("id", "state", "number", "touched_at", "author", "created_at")
        extra_kwargs = {"previous": {"required": False}}


class PlanSectionSerializer(serializers.ModelSerializer):
    """``goals``: those of the client in which the section ends."""

    version = serializers.IntegerField(required=False)
    goals = serializers.SerializerMethodField()

    class Meta:
        model = PlanSection
        fields = (
            "id", "plan", "position", "kind", "name", "question", "text", "goals", "carried",
            "version",
        )  # fmt: skip
        read_only_fields = ("id", "plan", "position", "kind", "name", "question", "carried")

    def get_goals(self, section) -> list[int]:
        return [link.goal_id for link in section.goal_links.all()]


class PlanSectionWrite(serializers.Serializer):
    text = serializers.CharField(required=False, allow_blank=True)
    goals = serializers.ListField(child=serializers.IntegerField(), required=False)
    version = serializers.IntegerField(required=False)


class PlanActionSerializer(serializers.ModelSerializer):
    version = serializers.IntegerField(required=False)

    class Meta:
        model = PlanAction
        fields = (
            "id", "plan", "section", "what", "owner", "due", "state", "settled_on", "settled_by",
            "result", "carried", "created_at", "version",
        )  # fmt: skip
        read_only_fields = (
            "id", "plan", "state", "settled_on", "settled_by", "result", "carried", "created_at",
        )  # fmt: skip
        extra_kwargs = {"owner": {"required": False}}


class PlanParticipantSerializer(serializers.ModelSerializer):
    """``acknowledged``: the number of the signed plan that they said they have read."""

    version = serializers.IntegerField(required=False)

    class Meta:
        model = PlanParticipant
        fields = (
            "id", "plan", "person", "function", "part", "acknowledged", "acknowledged_at",
            "version",
        )  # fmt: skip
        read_only_fields = ("id", "plan", "acknowledged", "acknowledged_at")


class PlanMoveSerializer(serializers.ModelSerializer):
    class Meta:
        model = PlanMove
        fields = ("act", "words", "person", "at")
        read_only_fields = fields


class PlanLackSerializer(serializers.Serializer):
    section = serializers.IntegerField(source="section.pk")
    codes = serializers.ListField(child=serializers.CharField())


class PlanWhole(PlanSerializer):
    """A plan with all its parts; ``lacking`` names the sections that keep it from being
    submitted."""

    sections = PlanSectionSerializer(many=True, read_only=True)
    actions = PlanActionSerializer(many=True, read_only=True)
    participants = PlanParticipantSerializer(many=True, read_only=True)
    moves = PlanMoveSerializer(many=True, read_only=True)
    lacking = serializers.SerializerMethodField()

    class Meta(PlanSerializer.Meta):
        fields = (
            *PlanSerializer.Meta.fields, "sections", "actions", "participants", "moves", "lacking",
        )  # fmt: skip

    @extend_schema(responses=PlanLackSerializer(many=True))
    def get_lacking(self, plan) -> list[dict]:
        return PlanLackSerializer(lacking(plan), many=True).data


class PlanVersionSerializer(serializers.ModelSerializer):
    """What stood under a signature."""

    class Meta:
        model = PlanVersion
        fields = ("id", "number", "content", "reason", "signed_by", "signed_at")
        read_only_fields = fields


def _valid(form):
    if not form.is_valid():
        raise serializers.ValidationError(form.errors)
    return form


def _given(data, names, present=None) -> dict:
    """What a form of the page gets from JSON: what is there, and over it what was sent."""
    known = model_to_dict(present, fields=names) if present is not None else {}
    given = {name: data[name] for name in names if name in data} if isinstance(data, dict) else {}
    return {**known, **given}


def _done(do):
    """Run a service; its refusals as answers."""
    try:
        return do()
    except ValidationError as error:
        raise _told(error) from error
    except Conflict as conflict:
        raise ChangedMeanwhile(conflict.present.version) from conflict


def _version(request, row) -> int:
    asked = version_asked(request)
    return row.version if asked is None else asked


class PlanList(ListAPIView):
    """Plans that one may see; ``POST`` begins one."""

    serializer_class = PlanSerializer
    filters = {**OF_CLIENT, "state": ("state", one_of(AccountPlan.State.values))}
    sorts = {"id": "pk", "starts": "starts", "touched_at": "touched_at"}

    def get_queryset(self):
        return AccountPlan.objects.order_by("pk")

    @extend_schema(
        request=PlanSerializer,
        responses={201: PlanSerializer},
        examples=sent(client=2, title="Plan 2026", starts="2026-01-01", ends="2026-12-31"),
    )
    def post(self, request):
        client = _client_of(request.data)
        names = ("title", "starts", "ends", "previous", "template")
        form = _valid(PlanBeginForm(_given(request.data, names), client=client))
        plan = _done(
            lambda: plans.begin(
                client,
                form.values(),
                request.user,
                template=form.cleaned_data["template"],
                previous=form.cleaned_data.get("previous"),
            )
        )
        return Response(PlanSerializer(plan).data, status=status.HTTP_201_CREATED)


class PlanDetail(APIView):
    """One plan with its sections, actions, participants and way; title and period are changed
    with the version that was read."""

    @extend_schema(responses=PlanWhole)
    def get(self, request, pk):
        rows = AccountPlan.objects.prefetch_related(
            "sections__goal_links", "actions", "participants", "moves"
        )
        return Response(PlanWhole(find(AccountPlan, queryset=rows, pk=pk)).data)

    @extend_schema(request=PlanSerializer, responses=PlanSerializer)
    def patch(self, request, pk):
        plan = find_editable(AccountPlan, queryset=found.rows(), pk=pk)
        version = _version(request, plan)
        names = ("title", "starts", "ends")
        form = _valid(
            PlanForm(_given(request.data, names, plan), instance=find(AccountPlan, pk=pk))
        )
        _done(lambda: plans.change(plan, form.values(), version))
        return Response(PlanSerializer(plan).data)


class PlanDecisionSerializer(serializers.Serializer):
    act = serializers.ChoiceField(ACTS)
    words = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class PlanDecision(APIView):
    """A step on the way to the signature.  ``return`` and ``amend`` need ``words``; ``sign`` and
    ``return`` are the manager's; a discarded draft answers 204."""

    @extend_schema(
        request=PlanDecisionSerializer,
        responses={200: PlanSerializer, 204: None},
        examples=sent(act="submit", words="Ready for the year."),
    )
    def post(self, request, pk):
        plan = find_editable(AccountPlan, queryset=found.rows(), pk=pk)
        asked = PlanDecisionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        _done(lambda: decide(plan, said["act"], request.user, said["words"]))
        if said["act"] == "discard":
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(PlanSerializer(plan).data)


class PlanVersions(APIView):
    """The plan as it was signed, each time, the latest first."""

    @extend_schema(responses=PlanVersionSerializer(many=True))
    def get(self, request, pk):
        plan = find(AccountPlan, pk=pk)
        rows = PlanVersion.objects.filter(plan=plan)
        return Response(PlanVersionSerializer(rows, many=True).data)


class PlanSectionDetail(APIView):
    """One section; its text and goals are written while the plan is a draft or returned."""

    @extend_schema(responses=PlanSectionSerializer)
    def get(self, request, pk):
        return Response(PlanSectionSerializer(find(PlanSection, pk=pk)).data)

    @extend_schema(request=PlanSectionWrite, responses=PlanSectionSerializer)
    def patch(self, request, pk):
        rows = PlanSection.objects.select_related("plan__client")
        section = find_editable(PlanSection, queryset=rows, pk=pk)
        version = _version(request, section)
        given = _given(request.data, ("text",), section)
        has_goals = isinstance(request.data, dict) and "goals" in request.data
        if has_goals:
            given["goals"] = request.data["goals"]
        form = _valid(SectionForm(given, instance=find(PlanSection, queryset=rows, pk=pk)))
        goals = list(form.cleaned_data["goals"]) if has_goals else None
        _done(lambda: plans.write(section, form.cleaned_data["text"], goals, version))
        return Response(PlanSectionSerializer(section).data)


class PlanActionList(ListAPIView):
    """Actions of plans that one may see; ``POST`` adds one to a section."""

    serializer_class = PlanActionSerializer
    filters = {
        "plan": ("plan", whole),
        "client": ("plan__client", whole),
        "owner": ("owner", whole),
        "state": ("state", one_of(PlanAction.State.values)),
    }
    sorts = {"id": "pk", "due": "due"}

    def get_queryset(self):
        return PlanAction.objects.order_by("pk")

    @extend_schema(
        request=PlanActionSerializer,
        responses={201: PlanActionSerializer},
        examples=sent(section=11, what="Walk through their new site", owner=4, due="2026-04-20"),
    )
    def post(self, request):
        asked = str(request.data.get("section", "")) if isinstance(request.data, dict) else ""
        if not (asked.isascii() and asked.isdecimal()):
            raise serializers.ValidationError({"section": ["Say which section."]})
        rows = PlanSection.objects.select_related("plan__client")
        section = find_editable(PlanSection, queryset=rows, pk=int(asked[:18]))
        form = _valid(ActionForm(_given(request.data, ActionForm.Meta.fields), plan=section.plan))
        action = _done(lambda: plan_work.add_action(section, form.values(), request.user))
        return Response(PlanActionSerializer(action).data, status=status.HTTP_201_CREATED)


class PlanActionDetail(APIView):
    """One action; its terms are changed by whoever may change the plan."""

    @extend_schema(responses=PlanActionSerializer)
    def get(self, request, pk):
        return Response(PlanActionSerializer(find(PlanAction, pk=pk)).data)

    @extend_schema(request=PlanActionSerializer, responses=PlanActionSerializer)
    def patch(self, request, pk):
        action = find_editable(PlanAction, queryset=found.action_rows(), pk=pk)
        if not may_edit(action.plan):
            raise PermissionDenied
        version = _version(request, action)
        given = _given(request.data, ActionForm.Meta.fields, action)
        form = _valid(ActionForm(given, instance=find(PlanAction, pk=pk), plan=action.plan))
        _done(lambda: plan_work.change_action(action, form.values(), version))
        return Response(PlanActionSerializer(action).data)


class PlanActionSettlementSerializer(serializers.Serializer):
    """``on``: the day, today where left out.  ``open`` opens it again."""

    outcome = serializers.ChoiceField((*plan_work.OUTCOMES, "open"))
    result = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    on = serializers.DateField(required=False)


class PlanActionSettlement(APIView):
    """Finish an action, or open it again; whoever is to do it may."""

    @extend_schema(
        request=PlanActionSettlementSerializer,
        responses=PlanActionSerializer,
        examples=sent(outcome="done", result="Both sites are on the route."),
    )
    def post(self, request, pk):
        action = find_editable(PlanAction, pk=pk)
        asked = PlanActionSettlementSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data

        def settle():
            if said["outcome"] == "open":
                return plan_work.reopen_action(action)
            return plan_work.settle_action(
                action, said["outcome"], said["result"], request.user, on=said.get("on")
            )

        return Response(PlanActionSerializer(_done(settle)).data)


class PlanParticipants(APIView):
    """Who takes part in a plan; ``POST`` asks somebody in."""

    @extend_schema(responses=PlanParticipantSerializer(many=True))
    def get(self, request, pk):
        rows = found.participants_of(find(AccountPlan, pk=pk))
        return Response(PlanParticipantSerializer(rows, many=True).data)

    @extend_schema(
        request=PlanParticipantSerializer,
        responses={201: PlanParticipantSerializer},
        examples=sent(person=4, part="Keeps the Thursday route free for them"),
    )
    def post(self, request, pk):
        plan = find_editable(AccountPlan, queryset=found.rows(), pk=pk)
        names = ParticipantForm.Meta.fields
        form = _valid(ParticipantForm(_given(request.data, names), plan=plan))
        row = _done(lambda: plan_work.add_participant(plan, form.values()))
        return Response(PlanParticipantSerializer(row).data, status=status.HTTP_201_CREATED)


class PlanParticipantDetail(APIView):
    """Change somebody's part, or take them out of the plan."""

    def _row(self, pk) -> PlanParticipant:
        rows = PlanParticipant.objects.select_related("plan__client", "person")
        row = find_editable(PlanParticipant, queryset=rows, pk=pk)
        if not may_edit(row.plan):
            raise PermissionDenied
        return row

    @extend_schema(request=PlanParticipantSerializer, responses=PlanParticipantSerializer)
    def patch(self, request, pk):
        row = self._row(pk)
        version = _version(request, row)
        given = _given(request.data, ("function", "part"), row)
        form = _valid(ParticipantForm(given, instance=find(PlanParticipant, pk=pk), plan=row.plan))
        _done(lambda: plan_work.change_participant(row, form.values(), version))
        return Response(PlanParticipantSerializer(row).data)

    @extend_schema(responses={204: None})
    def delete(self, request, pk):
        row = self._row(pk)
        _done(lambda: plan_work.remove_participant(row))
        return Response(status=status.HTTP_204_NO_CONTENT)


class PlanAcknowledgement(APIView):
    """“I have read it and this is my part”: said by the participant alone."""

    @extend_schema(request=None, responses=PlanParticipantSerializer)
    def post(self, request, pk):
        row = find_editable(PlanParticipant, pk=pk)
        return Response(
            PlanParticipantSerializer(_done(lambda: plan_work.acknowledge(row, request.user))).data
        )
