"""Invitations of clients to initiatives over REST."""

from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.forms.initiatives import AnswerForm, InvitationForm
from accounts.models import Initiative, Invitation
from accounts.selectors import initiatives as found
from accounts.services import initiatives
from accounts.services.clients import Conflict
from kam.lib.api_parameters import one_of, sent, whole
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.views import find, find_editable

from .clients import OF_CLIENT, ChangedMeanwhile
from .contacts import _client_of
from .promises import _told


class InitiativeInvitationSerializer(serializers.ModelSerializer):
    """An invitation and its answer.  ``points``: how well it fitted when invited.  ``despite`` is
    needed where the client was asked for something lately."""

    version = serializers.IntegerField(required=False)

    class Meta:
        model = Invitation
        fields = (
            "id", "initiative", "client", "contact", "state", "words", "invited_on",
            "answered_on", "points", "despite", "expected", "realised", "person", "version",
        )  # fmt: skip
        read_only_fields = ("id", "invited_on", "answered_on", "points", "person")
        extra_kwargs = {"state": {"required": False}}
        validators = []


class InvitationList(ListAPIView):
    """Invitations of clients that one may see; ``POST`` invites one."""

    serializer_class = InitiativeInvitationSerializer
    filters = {
        **OF_CLIENT,
        "initiative": ("initiative", whole),
        "state": ("state", one_of(Invitation.State.values)),
    }
    sorts = {"id": "pk", "invited_on": "invited_on"}

    def get_queryset(self):
        return Invitation.objects.order_by("pk")

    @extend_schema(
        request=InitiativeInvitationSerializer,
        responses={201: InitiativeInvitationSerializer},
        examples=sent(initiative=1, client=2, contact=5),
    )
    def post(self, request):
        client = _client_of(request.data)
        asked = str(request.data.get("initiative", ""))
        if not (asked.isascii() and asked.isdecimal()):
            raise serializers.ValidationError({"initiative": ["Say which initiative."]})
        initiative = find(Initiative, pk=int(asked[:18]))
        names = InvitationForm.Meta.fields
        given = {name: request.data[name] for name in names if name in request.data}
        form = InvitationForm(given, client=client)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        try:
            row = initiatives.invite(initiative, client, form.values(), request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(InitiativeInvitationSerializer(row).data, status=status.HTTP_201_CREATED)


class InvitationDetail(APIView):
    """One invitation; writing notes the answer and needs the version that was read."""

    @extend_schema(responses=InitiativeInvitationSerializer)
    def get(self, request, pk):
        return Response(InitiativeInvitationSerializer(find(Invitation, pk=pk)).data)

    @extend_schema(request=InitiativeInvitationSerializer, responses=InitiativeInvitationSerializer)
    def patch(self, request, pk):
        row = find_editable(Invitation, queryset=found.invitations(), pk=pk)
        version = version_asked(request)
        names = AnswerForm.Meta.fields
        given = {name: request.data[name] for name in names if name in request.data}
        present = find(Invitation, pk=pk)
        form = AnswerForm(
            {**model_to_dict(present, fields=names), **given}, instance=present, client=row.client
        )
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        version = row.version if version is None else version
        try:
            initiatives.answer(row, form.values(), version, request.user)
        except ValidationError as error:
            raise _told(error) from error
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(InitiativeInvitationSerializer(row).data)
