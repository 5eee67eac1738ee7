"""Purposes, consents, blocks, and telling people, over REST."""

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from accounts.forms.consents import ConsentForm, PurposeForm
from accounts.models import Consent, Contact, ContactBlock, Purpose
from accounts.selectors import consents as found
from accounts.selectors.blocks import blocks_of, withheld
from accounts.services import blocks, consents, processing_register, purposes, telling
from accounts.services.clients import Conflict
from kam.lib.api import Pages
from kam.lib.api_parameters import one_of, sent, whole
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.periods import today
from kam.lib.views import find, find_editable

from .clients import ChangedMeanwhile


class PersonBlocked(APIException):
    """409: data of the person may be kept only."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "blocked"
    default_detail = "This person is blocked: nothing about them is changed."


def told(error: ValidationError) -> serializers.ValidationError:
    said = (
        error.message_dict if hasattr(error, "error_dict") else {"non_field_errors": error.messages}
    )
    return serializers.ValidationError(said)


class PurposeSerializer(serializers.ModelSerializer):
    """What data of people are used for; ``key`` is given once.  Writing needs ``version``."""

    version = serializers.IntegerField(required=False)

    class Meta:
        model = Purpose
        fields = (
            "id", "key", "label_ru", "label_en", "basis", "text_version", "is_active", "version",
        )  # fmt: skip
        read_only_fields = ("id", "key")


def _purpose_values(data, purpose: Purpose | None = None) -> dict:
    names = PurposeForm.Meta.fields
    present = {name: getattr(purpose, name) for name in names} if purpose else {"is_active": True}
    given = {name: data[name] for name in names if name in data}
    form = PurposeForm({**present, **given}, instance=purpose)
    if not form.is_valid():
        raise serializers.ValidationError(form.errors)
    return form.values()


class PurposeList(ListAPIView):
    """The catalogue of purposes; ``POST`` adds one."""

    serializer_class = PurposeSerializer
    sorts = {"id": "pk"}

    def get_queryset(self):
        return Purpose.objects.order_by("pk")

    @extend_schema(
        request=PurposeSerializer,
        responses={201: PurposeSerializer},
        examples=sent(label_ru="Приглашения на семинары", basis="consent", text_version="4"),
    )
    def post(self, request):
        asked = PurposeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            purpose = purposes.add(_purpose_values(asked.validated_data))
        except ValidationError as error:
            raise told(error) from error
        return Response(PurposeSerializer(purpose).data, status=status.HTTP_201_CREATED)


class PurposeDetail(APIView):
    """One purpose; writing needs the version that was read, or answers 409."""

    @extend_schema(responses=PurposeSerializer)
    def get(self, request, pk):
        return Response(PurposeSerializer(find(Purpose, pk=pk)).data)

    @extend_schema(request=PurposeSerializer, responses=PurposeSerializer)
    def patch(self, request, pk):
        purpose = find(Purpose, pk=pk)
        version = version_asked(request)
        asked = PurposeSerializer(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        values = _purpose_values(asked.validated_data, find(Purpose, pk=pk))
        try:
            purposes.change(purpose, values, purpose.version if version is None else version)
        except ValidationError as error:
            raise told(error) from error
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(PurposeSerializer(purpose).data)


class ConsentSerializer(serializers.ModelSerializer):
    """What somebody said to a purpose; it ends by ``withdrawn_on``, or after ``until``."""

    class Meta:
        model = Consent
        fields = (
            "id", "contact", "purpose", "answer", "given_on", "until", "channel", "text_version",
            "source", "author", "at", "withdrawn_on", "withdrawn_how", "withdrawal",
            "withdrawal_author", "withdrawal_at",
        )  # fmt: skip
        read_only_fields = (
            "id", "author", "at", "withdrawn_on", "withdrawn_how", "withdrawal",
            "withdrawal_author", "withdrawal_at",
        )  # fmt: skip

    def get_fields(self):
        fields = super().get_fields()
        fields["contact"] = serializers.IntegerField(
            source="contact_id", min_value=1, max_value=2**62
        )
        fields["purpose"].queryset = Purpose.objects.all()
        return fields


class ConsentList(ListAPIView):
    """What people said, of the clients that one may see; ``POST`` writes an answer down, and ends
    the one before it."""

    serializer_class = ConsentSerializer
    filters = {
        "contact": ("contact", whole),
        "purpose": ("purpose", whole),
        "client": ("contact__client", whole),
        "answer": ("answer", one_of(Consent.Answer.values)),
    }
    sorts = {"id": "pk", "given_on": "given_on"}

    def get_queryset(self):
        return Consent.objects.order_by("pk")

    @extend_schema(
        request=ConsentSerializer,
        responses={201: ConsentSerializer},
        examples=sent(
            contact=5,
            purpose=4,
            answer="agrees",
            given_on="2026-03-10",
            channel="paper",
            text_version="form 4 of 1 September 2025",
            source="folder 12, sheet 3",
        ),
    )
    def post(self, request):
        asked = ConsentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        contact = find_editable(Contact, pk=asked.validated_data["contact_id"])
        names = ConsentForm.Meta.fields
        form = ConsentForm({name: request.data[name] for name in names if name in request.data}
                           | {"answer": asked.validated_data.get("answer", "agrees")})  # fmt: skip
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        values = dict(form.cleaned_data)
        try:
            row = consents.note(contact, values.pop("purpose"), values, request.user)
        except blocks.Blocked as error:
            raise PersonBlocked from error
        except ValidationError as error:
            raise told(error) from error
        return Response(ConsentSerializer(row).data, status=status.HTTP_201_CREATED)


class WithdrawalSerializer(serializers.Serializer):
    """``on``: the day, today where left out."""

    on = serializers.DateField(required=False)
    how = serializers.ChoiceField(Consent.Channel.choices)
    about = serializers.CharField(max_length=300, required=False, allow_blank=True)


class ConsentWithdrawal(APIView):
    """Take an answer back on a day; it stays with its dates."""

    @extend_schema(request=WithdrawalSerializer, responses=ConsentSerializer)
    def post(self, request, pk):
        consent = find_editable(Consent, queryset=found.consents(), pk=pk)
        asked = WithdrawalSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = {"on": today(), **asked.validated_data}
        try:
            consents.withdraw(consent, **said, person=request.user)
        except ValidationError as error:
            raise told(error) from error
        return Response(ConsentSerializer(consent).data)


class PermissionSerializer(serializers.Serializer):
    """``why``: ``basis``, ``agreed``, ``refused``, ``withdrawn``, ``never``, ``ended``, ``early``,
    ``blocked``, ``left``, ``destroyed`` or ``unused``; ``consent``: what it rests on."""

    purpose = serializers.IntegerField()
    key = serializers.CharField()
    allowed = serializers.BooleanField()
    why = serializers.CharField()
    consent = serializers.IntegerField(allow_null=True)


class ContactPermissions(APIView):
    """Whether one may write to somebody today, for each purpose."""

    @extend_schema(responses=PermissionSerializer(many=True))
    def get(self, request, pk):
        contact = find(Contact, pk=pk)
        catalogue = list(Purpose.objects.all())
        may = consents.answers_for([contact], catalogue)
        rows = [
            {
                "purpose": each.pk, "key": each.key,
                "allowed": (answer := may[contact.pk, each.pk]).allowed, "why": answer.code,
                "consent": answer.consent.pk if answer.consent else None,
            }
            for each in catalogue
        ]  # fmt: skip
        return Response(PermissionSerializer(rows, many=True).data)


class ContactBlockSerializer(serializers.ModelSerializer):
    """A time in which data of a person may be kept only."""

    class Meta:
        model = ContactBlock
        fields = (
            "id", "ground", "reason", "since", "until", "author", "at", "ended_on", "end_reason",
            "ended_by",
        )  # fmt: skip
        read_only_fields = ("id", "since", "author", "at", "ended_on", "end_reason", "ended_by")


class ContactBlocks(APIView):
    """The blocks of a person, the last first; ``POST`` blocks from today on."""

    @extend_schema(responses=ContactBlockSerializer(many=True))
    def get(self, request, pk):
        rows = blocks_of(find(Contact, pk=pk))
        return Response(ContactBlockSerializer(rows, many=True).data)

    @extend_schema(
        request=ContactBlockSerializer,
        responses={201: ContactBlockSerializer},
        examples=sent(ground="objection", reason="letter 17 of 10 March"),
    )
    def post(self, request, pk):
        contact = find_editable(Contact, pk=pk)
        asked = ContactBlockSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            row = blocks.block(contact, **asked.validated_data, person=request.user)
        except blocks.Blocked as error:
            raise PersonBlocked from error
        except ValidationError as error:
            raise told(error) from error
        return Response(ContactBlockSerializer(row).data, status=status.HTTP_201_CREATED)


class UnblockingSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class ContactUnblocking(APIView):
    """End the block of a person."""

    @extend_schema(request=UnblockingSerializer, responses=ContactBlockSerializer(many=True))
    def post(self, request, pk):
        contact = find_editable(Contact, pk=pk)
        asked = UnblockingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            blocks.unblock(contact, asked.validated_data["reason"], request.user)
        except ValidationError as error:
            raise told(error) from error
        return Response(ContactBlockSerializer(blocks_of(contact), many=True).data)


class NotToldCountSerializer(serializers.ModelSerializer):
    """Somebody who has not been told: ``due`` is the last day, ``left`` the days until then; of
    somebody blocked no name."""

    due = serializers.SerializerMethodField()
    left = serializers.SerializerMethodField()

    class Meta:
        model = Contact
        fields = ("id", "client", "name", "source", "came_on", "due", "left")
        read_only_fields = fields

    def to_representation(self, contact):
        return super().to_representation(withheld(contact, named=False))

    def get_due(self, contact) -> str:
        return found.waiting(contact, today()).due.isoformat()

    def get_left(self, contact) -> int:
        return found.waiting(contact, today()).left


class TellingSerializer(serializers.Serializer):
    """Those who were told, by id; ``on``: the day, today where left out."""

    contacts = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62),
        allow_empty=False,
        max_length=telling.MOST,
    )
    on = serializers.DateField(required=False)
    how = serializers.ChoiceField(Contact.Told.choices)


class ToldCountSerializer(serializers.Serializer):
    told = serializers.IntegerField()


class LongestFirst(Pages):
    ordering = ("came_on", "pk")


class NotToldList(ListAPIView):
    """People whose data came from others and who were not told, those longest here first; ``POST``
    marks some as told."""

    serializer_class = NotToldCountSerializer
    pagination_class = LongestFirst
    sorts = {"came_on": "came_on"}

    def get_queryset(self):
        return found.not_told()

    def get(self, request):
        return self.list(request)

    @extend_schema(
        request=TellingSerializer,
        responses={201: ToldCountSerializer},
        examples=sent(contacts=[5, 7], how="email"),
    )
    def post(self, request):
        asked = TellingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        try:
            count = telling.mark_told(
                said["contacts"], said.get("on", today()), said["how"], request.user
            )
        except ValidationError as error:
            raise told(error) from error
        return Response({"told": count}, status=status.HTTP_201_CREATED)


class RegisterRowSerializer(serializers.Serializer):
    what = serializers.CharField()
    said = serializers.CharField()
    note = serializers.CharField(allow_blank=True)


class RegisterPartSerializer(serializers.Serializer):
    """``key``: ``who``, ``purposes``, ``people``, ``texts``, ``sources``, ``recipients``, ``terms``
    or ``ways``; the words are in the language of who asks."""

    key = serializers.CharField()
    title = serializers.CharField()
    rows = RegisterRowSerializer(many=True)


class ProcessingRegister(APIView):
    """The register of processing (Art. 30; ст. 22), as it stands now."""

    @extend_schema(responses=RegisterPartSerializer(many=True))
    def get(self, request):
        return Response(RegisterPartSerializer(processing_register.register(), many=True).data)
