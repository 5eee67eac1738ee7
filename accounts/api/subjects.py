"""A person found everywhere, handed out and destroyed over REST."""

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from accounts.models import Contact, Destruction
from accounts.services import erasure, subjects
from kam.audit.services import record
from kam.lib.api import Pages
from kam.lib.api_parameters import sent
from kam.lib.endpoints import APIView, ListAPIView
from kam.lib.views import find, find_editable


class Erased(APIException):
    """409: the person has been made unrecognisable before."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class SearchSerializer(serializers.Serializer):
    """An e-mail, a phone in any spelling, or a name."""

    person = serializers.CharField(max_length=200)


class FoundSerializer(serializers.Serializer):
    """``sure``: in a spelling that is masked; ``doubtful``: other forms, for a person to decide.
    ``kept``: why the row stays as it is."""

    place = serializers.CharField(source="place.key")
    id = serializers.IntegerField(source="row.pk")
    client = serializers.IntegerField(source="client_id", allow_null=True)
    text = serializers.CharField(source="said")
    sure = serializers.BooleanField()
    doubtful = serializers.ListField(child=serializers.CharField())
    kept = serializers.CharField(source="place.why_kept", allow_blank=True)


class FoundFileSerializer(serializers.Serializer):
    """``goes``: whether destroying the person removes the file."""

    id = serializers.IntegerField(source="row.pk")
    name = serializers.CharField(source="row.name")
    goes = serializers.BooleanField()


class FoundContactSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    client = serializers.IntegerField(source="client_id")
    name = serializers.CharField()


class NamedSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()


class FindsSerializer(serializers.Serializer):
    """Contacts, sole traders and colleagues that fit, and every row and file that names them."""

    contacts = FoundContactSerializer(many=True)
    clients = NamedSerializer(many=True)
    people = NamedSerializer(many=True)
    rows = FoundSerializer(many=True)
    files = FoundFileSerializer(many=True)


class SubjectSearch(APIView):
    """Look for a person in every place; what is asked goes into no address and no trail."""

    @extend_schema(
        request=SearchSerializer,
        responses=FindsSerializer,
        examples=sent(person="anna@example.com"),
    )
    def post(self, request):
        asked = SearchSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        finds = subjects.look_for(asked.validated_data["person"])
        record("subject.search", details={"found": len(finds.contacts)})
        return Response(FindsSerializer(finds).data)


class KeptContactSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    client = serializers.CharField()
    name = serializers.CharField()
    position = serializers.CharField()
    role = serializers.CharField()
    influence = serializers.CharField()
    attitude = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    left_on = serializers.CharField(allow_null=True)
    left_to = serializers.CharField()
    source = serializers.CharField()


class KeptRowSerializer(serializers.Serializer):
    place = serializers.CharField()
    place_name = serializers.CharField()
    id = serializers.IntegerField()
    client = serializers.IntegerField(allow_null=True)
    text = serializers.CharField()
    sure = serializers.BooleanField()


class KeptFileSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    at = serializers.DateTimeField()


class KeptChangeSerializer(serializers.Serializer):
    at = serializers.DateTimeField()
    field = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    by = serializers.CharField()


class KeptEventSerializer(serializers.Serializer):
    at = serializers.DateTimeField()
    action = serializers.CharField()
    by = serializers.CharField()


class KeptLookSerializer(serializers.Serializer):
    day = serializers.DateField()
    by = serializers.CharField()
    key = serializers.CharField(allow_blank=True)
    ways = serializers.ListField(child=serializers.CharField())
    views = serializers.IntegerField()


class KeptConsentSerializer(serializers.Serializer):
    purpose = serializers.CharField()
    answer = serializers.CharField()
    given_on = serializers.DateField()
    until = serializers.DateField(allow_null=True)
    channel = serializers.CharField()
    text_version = serializers.CharField()
    withdrawn_on = serializers.DateField(allow_null=True)


class KeptBlockSerializer(serializers.Serializer):
    ground = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField(allow_null=True)
    ended_on = serializers.DateField(allow_null=True)


class SubjectSerializer(serializers.Serializer):
    """What is kept of a person: the card, the rows and files that name them, what was changed, what
    they said to purposes, when they were blocked, who looked, and what was handed out since."""

    made_at = serializers.DateTimeField()
    contact = KeptContactSerializer()
    found = KeptRowSerializer(many=True)
    files = KeptFileSerializer(many=True)
    changes = KeptChangeSerializer(many=True)
    consents = KeptConsentSerializer(many=True)
    blocks = KeptBlockSerializer(many=True)
    trail = KeptEventSerializer(many=True)
    looks = KeptLookSerializer(many=True)
    exports = KeptEventSerializer(many=True)


def _contact(pk: int) -> Contact:
    return find(Contact, queryset=Contact.objects.select_related("client", "client__group"), pk=pk)


class SubjectDetail(APIView):
    """Everything that is kept of a contact, to be handed to them; goes into the trail."""

    @extend_schema(responses=SubjectSerializer)
    def get(self, request, pk):
        return Response(subjects.export(_contact(pk)))


class ErasureEffectSerializer(serializers.Serializer):
    title = serializers.CharField()
    masked = serializers.IntegerField()
    kept = serializers.IntegerField()
    why = serializers.CharField(allow_blank=True)


class PreviewSerializer(serializers.Serializer):
    """What destroying would do; ``doubtful``: rows whose words a person may add, as ``place:id``
    in ``redact``."""

    called = serializers.CharField()
    effects = ErasureEffectSerializer(many=True)
    files = FoundFileSerializer(many=True)
    doubtful = FoundSerializer(many=True)


class ErasureSerializer(serializers.Serializer):
    basis = serializers.ChoiceField(Destruction.Basis.choices)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
    redact = serializers.ListField(
        child=serializers.CharField(max_length=80), required=False, max_length=1000
    )


class DestructionSerializer(serializers.ModelSerializer):
    """The act: ``contact`` and ``client`` by id, ``digest`` a keyed hash of who it was, neither in
    acts about no single person; ``left``: place and id of rows that wait for a decision;
    ``run``: the night of the rules of keeping."""

    contact = serializers.IntegerField(source="contact_ref", allow_null=True)
    client = serializers.IntegerField(source="client_ref", allow_null=True)
    what = serializers.DictField(child=serializers.IntegerField())
    left = serializers.ListField(child=serializers.ListField())

    class Meta:
        model = Destruction
        fields = (
            "id", "number", "at", "contact", "client", "digest", "basis", "note", "what", "left",
            "by_name", "keep_until", "run",
        )  # fmt: skip
        read_only_fields = fields


class SubjectErasure(APIView):
    """What destroying would do (GET), and doing it (POST): a person is made unrecognisable."""

    @extend_schema(responses=PreviewSerializer)
    def get(self, request, pk):
        contact = _contact(pk)
        finds = subjects.card_of(contact).finds
        told = {
            "called": erasure.name_of(contact.pk),
            "effects": erasure.effects_of(finds),
            "files": finds.files,
            "doubtful": finds.doubtful,
        }
        return Response(PreviewSerializer(told).data)

    @extend_schema(
        request=ErasureSerializer,
        responses={201: DestructionSerializer},
        examples=sent(basis="withdrawn", note="letter 17"),
    )
    def post(self, request, pk):
        contact = find_editable(Contact, pk=pk)
        asked = ErasureSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            act = erasure.erase(contact, **asked.validated_data, person=request.user)
        except erasure.AlreadyErased as error:
            raise Erased from error
        except ValidationError as error:
            raise serializers.ValidationError({"note": error.messages}) from error
        return Response(DestructionSerializer(act).data, status=status.HTTP_201_CREATED)


class LastActFirst(Pages):
    ordering = ("-number",)


class DestructionList(ListAPIView):
    """Acts of destruction, the last first."""

    serializer_class = DestructionSerializer
    pagination_class = LastActFirst
    sorts = {"number": "number"}

    def get_queryset(self):
        return Destruction.objects.order_by("-number")


class DestructionDetail(APIView):
    """One act."""

    @extend_schema(responses=DestructionSerializer)
    def get(self, request, pk):
        return Response(DestructionSerializer(find(Destruction, pk=pk)).data)


class LeftSerializer(serializers.Serializer):
    """``words`` to mask in the row; without them the row is settled as it is."""

    place = serializers.CharField(max_length=40)
    row = serializers.IntegerField(min_value=1, max_value=2**62)
    words = serializers.CharField(max_length=200, required=False, allow_blank=True)


class DestructionLeft(APIView):
    """Decide about a row that was left: mask words in it, or say that it names nobody."""

    @extend_schema(request=LeftSerializer, responses=DestructionSerializer)
    def post(self, request, pk):
        act = find_editable(Destruction, pk=pk)
        asked = LeftSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        place, row = asked.validated_data["place"], asked.validated_data["row"]
        words = asked.validated_data.get("words", "")
        if not words:
            erasure.settle(act, place, row)
        elif not erasure.redact(act, place, row, words):
            raise serializers.ValidationError({"words": ["These words do not stand there."]})
        return Response(DestructionSerializer(Destruction.objects.get(pk=pk)).data)
