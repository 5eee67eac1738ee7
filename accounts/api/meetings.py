"""Meetings over REST: planned, changed, their minutes written and approved."""

from django.conf import settings
from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.models import AgendaItem, Meeting, MeetingResult, MinutesMail, MinutesVersion, User
from accounts.selectors import meetings as found
from accounts.services import meetings, minutes_mail
from accounts.services.clients import Conflict
from kam.lib.api_parameters import one_of, sent, whole
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.views import find, find_editable

from .clients import OF_CLIENT, ChangedMeanwhile
from .contacts import _client_of
from .promises import _told


class MeetingSerializer(serializers.ModelSerializer):
    """A meeting.  ``number``: how often its minutes were approved.  Changing needs ``version``."""

    version = serializers.IntegerField(required=False)

    class Meta:
        model = Meeting
        fields = (
            "id", "client", "kind", "title", "starts_at", "minutes", "place", "wanted", "owner",
            "about", "every", "previous", "state", "number", "author", "created_at", "version",
        )  # fmt: skip
        read_only_fields = (
            "id", "client", "owner", "about", "previous", "state", "number", "author", "created_at",
        )  # fmt: skip


class PlannedMeetingSerializer(MeetingSerializer):
    """``client``: with whom."""

    client = serializers.IntegerField(source="client_id")

    class Meta(MeetingSerializer.Meta):
        pass


class AgendaItemSerializer(serializers.ModelSerializer):
    """``row``: the id of what it was made from, by ``source``."""

    class Meta:
        model = AgendaItem
        fields = ("id", "position", "source", "row", "text", "internal", "dropped")
        read_only_fields = fields


class MeetingResultSerializer(serializers.ModelSerializer):
    class Meta:
        model = MeetingResult
        fields = (
            "id", "kind", "what", "due", "person", "internal", "promise", "task", "need", "at",
        )  # fmt: skip
        read_only_fields = fields


class WholeMeetingSerializer(MeetingSerializer):
    """With agenda and results."""

    items = AgendaItemSerializer(many=True, read_only=True)
    results = MeetingResultSerializer(many=True, read_only=True)

    class Meta(MeetingSerializer.Meta):
        fields = (*MeetingSerializer.Meta.fields, "notes", "own_notes", "items", "results")
        read_only_fields = (*MeetingSerializer.Meta.read_only_fields, "notes", "own_notes")


class MeetingList(ListAPIView):
    """Meetings that one may see; ``POST`` plans one with a client, and its agenda makes itself."""

    serializer_class = MeetingSerializer
    filters = {
        **OF_CLIENT,
        "owner": ("owner", whole),
        "kind": ("kind", one_of(Meeting.Kind.values)),
        "state": ("state", one_of(Meeting.State.values)),
    }
    sorts = {"id": "pk", "starts_at": "starts_at"}

    def get_queryset(self):
        return Meeting.objects.order_by("pk")

    @extend_schema(
        request=PlannedMeetingSerializer,
        responses={201: MeetingSerializer},
        examples=sent(
            client=2, kind="qbr", title="Third quarter", starts_at="2026-04-14T10:00:00+03:00"
        ),
    )
    def post(self, request):
        client = _client_of(request.data)
        asked = PlannedMeetingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            meeting = meetings.plan(client, asked.validated_data, request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(MeetingSerializer(meeting).data, status=status.HTTP_201_CREATED)


class MeetingDetail(APIView):
    """One meeting with its agenda and what came of it."""

    @extend_schema(responses=WholeMeetingSerializer)
    def get(self, request, pk):
        return Response(WholeMeetingSerializer(find(Meeting, pk=pk)).data)

    @extend_schema(request=MeetingSerializer, responses=MeetingSerializer)
    def patch(self, request, pk):
        meeting = find_editable(Meeting, queryset=found.rows(), pk=pk)
        version = version_asked(request)
        asked = MeetingSerializer(meeting, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        values = {n: v for n, v in asked.validated_data.items() if n != "version"}
        try:
            meetings.change(meeting, values, meeting.version if version is None else version)
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        except ValidationError as error:
            raise _told(error) from error
        return Response(MeetingSerializer(meeting).data)


class NewResultSerializer(serializers.Serializer):
    """``due`` is needed for promises and tasks; ``person``: who answers, where it is not you."""

    kind = serializers.ChoiceField(MeetingResult.Kind.choices)
    what = serializers.CharField(max_length=500)
    due = serializers.DateField(required=False, allow_null=True)
    person = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**31 - 1
    )
    internal = serializers.BooleanField(required=False, default=False)


class MinutesSerializer(serializers.Serializer):
    """``own_notes``: for ourselves only.  ``version``: that of the meeting."""

    notes = serializers.CharField(max_length=8000, allow_blank=True)
    own_notes = serializers.CharField(max_length=8000, allow_blank=True, required=False, default="")
    results = NewResultSerializer(many=True, required=False)
    version = serializers.IntegerField(required=False)


class MeetingMinutes(APIView):
    """Write the minutes; decisions, promises, tasks and needs are made in one save."""

    @extend_schema(request=MinutesSerializer, responses=WholeMeetingSerializer)
    def post(self, request, pk):
        meeting = find_editable(Meeting, queryset=found.rows(), pk=pk)
        asked = MinutesSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        results = [dict(each) for each in said.get("results", [])]
        people = User.objects.in_bulk([each["person"] for each in results if each.get("person")])
        for each in results:
            if each.get("person") and each["person"] not in people:
                raise serializers.ValidationError({"person": ["Nobody here has this id."]})
            each["person"] = people.get(each.get("person"))
        try:
            meetings.write_minutes(
                meeting, said["notes"], said["own_notes"], results, request.user,
                said.get("version", meeting.version),
            )  # fmt: skip
        except ValidationError as error:
            raise _told(error) from error
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(WholeMeetingSerializer(find(Meeting, pk=pk)).data)


class ApprovalSerializer(serializers.Serializer):
    """``reason`` is needed where they were approved before."""

    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class MinutesVersionSerializer(serializers.ModelSerializer):
    class Meta:
        model = MinutesVersion
        fields = ("id", "meeting", "number", "content", "reason", "approved_by", "approved_at")
        read_only_fields = fields


class MeetingApproval(APIView):
    """Approve the minutes as they are now."""

    @extend_schema(request=ApprovalSerializer, responses=MinutesVersionSerializer)
    def post(self, request, pk):
        meeting = find_editable(Meeting, queryset=found.rows(), pk=pk)
        asked = ApprovalSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            version = meetings.approve(meeting, request.user, asked.validated_data["reason"])
        except ValidationError as error:
            raise _told(error) from error
        return Response(MinutesVersionSerializer(version).data)


class MinutesMailSerializer(serializers.ModelSerializer):
    """``version``: the number of the version."""

    version = serializers.IntegerField(source="version.number", read_only=True)

    class Meta:
        model = MinutesMail
        fields = ("id", "version", "contact", "language", "state", "sent_at", "created_at")
        read_only_fields = fields


class NewMinutesMailSerializer(serializers.Serializer):
    """``contacts``: ids of people of the client who were there."""

    contacts = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**31 - 1),
        min_length=1,
        max_length=50,
    )
    language = serializers.ChoiceField(settings.LANGUAGES)


class MeetingMail(APIView):
    """Who of the client got which version of the minutes; ``POST`` mails the last one."""

    @extend_schema(responses=MinutesMailSerializer(many=True))
    def get(self, request, pk):
        meeting = find(Meeting, pk=pk)
        return Response(MinutesMailSerializer(found.mails_of(meeting), many=True).data)

    @extend_schema(
        request=NewMinutesMailSerializer, responses={201: MinutesMailSerializer(many=True)}
    )
    def post(self, request, pk):
        meeting = find_editable(Meeting, queryset=found.rows(), pk=pk)
        asked = NewMinutesMailSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        version = found.versions_of(meeting).select_related("meeting__client").first()
        if version is None:
            raise serializers.ValidationError({"contacts": ["Nothing is approved yet."]})
        wanted = set(asked.validated_data["contacts"])
        people = [each for each in minutes_mail.recipients(meeting) if each.pk in wanted]
        if len(people) != len(wanted):
            raise serializers.ValidationError({"contacts": ["Some may not get them."]})
        try:
            rows = minutes_mail.post(
                version, people, asked.validated_data["language"], request.user
            )
        except ValidationError as error:
            raise _told(error) from error
        return Response(MinutesMailSerializer(rows, many=True).data, status=status.HTTP_201_CREATED)
