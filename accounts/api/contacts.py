"""People on the client's side and relations between organisations over REST."""

from django.forms.models import model_to_dict
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ParseError
from rest_framework.response import Response

from accounts.forms.relationships import ContactForm, RelationForm
from accounts.models import Client, Contact, Relation
from accounts.selectors import ledger
from accounts.selectors.blocks import withheld
from accounts.services import clients as services
from accounts.services import relationships
from accounts.views.contacts import silence_of
from kam.lib.api_parameters import one_of, sent
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.periods import today
from kam.lib.views import find, find_editable

from .clients import OF_CLIENT, ChangedMeanwhile
from .consents import PersonBlocked
from .removals import RemovalSerializer, removed


class ContactSerializer(serializers.ModelSerializer):
    """A person; writing needs ``version``.  Of somebody ``blocked`` nothing else is told, and
    nothing can be changed (409)."""

    blocked = serializers.BooleanField(source="is_blocked", read_only=True)
    version = serializers.IntegerField(required=False)

    class Meta:
        model = Contact
        fields = (
            "id", "client", "name", "position", "role", "influence", "attitude", "reports_to",
            "counterpart", "email", "phone", "left_on", "left_to", "blocked", "version",
        )  # fmt: skip

    def to_representation(self, contact):
        return super().to_representation(withheld(contact, named=False))


def _client_of(data) -> Client:
    """The client that a new row is written for: 404 unless seen, 403 unless it may be changed."""
    if not isinstance(data, dict):
        raise ParseError
    asked = str(data.get("client", ""))
    if not (asked.isascii() and asked.isdecimal()):
        raise serializers.ValidationError({"client": ["Say which client."]})
    return find_editable(Client, pk=int(asked[:18]))


def _filled(kind, data, client: Client, row=None):
    """The form of the page, filled from JSON: one set of rules for people and programs."""
    names = [*kind.Meta.fields, *(["other"] if kind is RelationForm and row is None else [])]
    present = model_to_dict(row, fields=names) if row is not None else {}
    given = {name: data[name] for name in names if name in data}
    form = kind({**present, **given}, client=client, instance=row)
    if not form.is_valid():
        raise serializers.ValidationError(form.errors)
    return form


class ContactList(ListAPIView):
    """People at the clients that one may see; ``?client=ID`` narrows them."""

    serializer_class = ContactSerializer
    filters = {**OF_CLIENT, "role": ("role", one_of([v for v in Contact.Role.values if v]))}
    sorts = {"name": "name", "id": "pk"}

    def get_queryset(self):
        return Contact.objects.order_by("pk")

    def get(self, request):
        return self.list(request)

    @extend_schema(
        request=ContactSerializer,
        responses={201: ContactSerializer},
        examples=sent(client=2, name="Анна Ли", position="Закупки", email="anna@example.com"),
    )
    def post(self, request):
        client = _client_of(request.data)
        form = _filled(ContactForm, request.data, client)
        by_program = getattr(request.user, "token", None) is not None
        contact = services.create_contact(client, form.values(), "api" if by_program else "")
        return Response(ContactSerializer(contact).data, status=status.HTTP_201_CREATED)


class ContactDetail(APIView):
    """One person; writing needs the version that was read, or answers 409."""

    @extend_schema(responses=ContactSerializer)
    def get(self, request, pk):
        contact = find(Contact, pk=pk)
        return Response(ContactSerializer(contact).data)

    @extend_schema(request=ContactSerializer, responses=ContactSerializer)
    def patch(self, request, pk):
        find_editable(Contact, pk=pk)
        version = version_asked(request)
        contact = Contact.objects.select_related("client").get(pk=pk)
        if contact.is_blocked:
            raise PersonBlocked
        form = _filled(ContactForm, request.data, contact.client, contact)
        row = Contact.objects.get(pk=pk)
        try:
            services.update(row, form.values(), row.version if version is None else version)
        except services.Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(ContactSerializer(row).data)

    @extend_schema(request=None, responses={200: RemovalSerializer})
    def delete(self, request, pk):
        return removed(request, "contact", find_editable(Contact, pk=pk))


class PositionSerializer(serializers.Serializer):
    """The upper left corner of a card, in units of a drawing 1000 wide."""

    x = serializers.IntegerField(min_value=0, max_value=30_000)
    y = serializers.IntegerField(min_value=0, max_value=30_000)


class ContactPosition(APIView):
    """Where a person's card stands on the map; the answer is the nearest place on it."""

    @extend_schema(request=PositionSerializer, responses=PositionSerializer)
    def put(self, request, pk):
        contact = find_editable(Contact, pk=pk)
        asked = PositionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            x, y = relationships.place(contact, **asked.validated_data)
        except services.Blocked as error:
            raise PersonBlocked from error
        return Response({"x": x, "y": y})


class CardSerializer(serializers.Serializer):
    """Of somebody ``blocked`` nothing else is told."""

    id = serializers.IntegerField(source="contact.pk")
    name = serializers.SerializerMethodField()
    blocked = serializers.BooleanField()
    reports_to = serializers.IntegerField(source="contact.reports_to_id", allow_null=True)
    last_touch = serializers.DateField(source="contact.last_touch", allow_null=True)
    talks = serializers.IntegerField(source="contact.talks")
    silent = serializers.IntegerField(allow_null=True)
    x = serializers.IntegerField()
    y = serializers.IntegerField()

    def get_name(self, card) -> str:
        return "" if card.blocked else card.contact.name

    def to_representation(self, card):
        told = super().to_representation(card)
        return told | ({"last_touch": None, "talks": 0} if card.blocked else {})


class GapSerializer(serializers.Serializer):
    code = serializers.CharField()
    text = serializers.CharField()
    evidence = serializers.CharField()
    act = serializers.CharField()
    contact = serializers.IntegerField(source="contact_id", allow_null=True)


class NetSerializer(serializers.Serializer):
    """People on the map with days of silence, and the gaps; ``talks`` within 365 days."""

    people = CardSerializer(many=True)
    gaps = GapSerializer(many=True)


class ClientPeople(APIView):
    """The map of people and its gaps; ``?silence=30|60|90|180`` days."""

    @extend_schema(
        responses=NetSerializer, parameters=[one_of(["30", "60", "90", "180"])("silence")]
    )
    def get(self, request, pk):
        client = find(Client, pk=pk)
        day = today()
        net = relationships.net_of(
            client, ledger.legal_entities(client, day), day, silence_of(request.query_params)
        )
        return Response(NetSerializer(net).data)


class RelationSerializer(serializers.ModelSerializer):
    """``other`` is the name or INN of a client of ours, or the name of anybody else; a client
    that the reader may not see is neither named nor numbered."""

    other = serializers.SerializerMethodField()
    name = serializers.SerializerMethodField()

    class Meta:
        model = Relation
        fields = ("id", "client", "kind", "other", "name", "since", "until", "note", "version")
        read_only_fields = fields

    def _seen(self, row) -> Client | None:
        if row.other_id is None:
            return None
        known = self.context.setdefault("seen", {})
        if row.other_id not in known:
            known[row.other_id] = Client.objects.only("name").filter(pk=row.other_id).first()
        return known[row.other_id]

    def get_other(self, row) -> int | None:
        other = self._seen(row)
        return other.pk if other else None

    def get_name(self, row) -> str:
        other = self._seen(row)
        return other.name if other else row.name


class RelationWrite(serializers.Serializer):
    client = serializers.IntegerField()
    other = serializers.CharField(max_length=255)
    kind = serializers.ChoiceField(Relation.Kind.choices)
    since = serializers.DateField(required=False, allow_null=True)
    until = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True, max_length=500)
    version = serializers.IntegerField(required=False)


class RelationList(ListAPIView):
    """What clients are to other organisations; ``?client=ID`` narrows them."""

    serializer_class = RelationSerializer
    filters = {**OF_CLIENT, "kind": ("kind", one_of(Relation.Kind.values))}
    sorts = {"id": "pk"}

    def get_queryset(self):
        return Relation.objects.order_by("pk")

    def paginate_queryset(self, queryset):
        """Names of other clients are read once for the page."""
        page = super().paginate_queryset(queryset)
        asked = {row.other_id for row in page or ()} - {None}
        clients = Client.objects.only("name").in_bulk(asked)
        self.seen = {pk: clients.get(pk) for pk in asked}
        return page

    def get_serializer_context(self):
        return super().get_serializer_context() | {"seen": getattr(self, "seen", {})}

    @extend_schema(request=RelationWrite, responses={201: RelationSerializer})
    def post(self, request):
        client = _client_of(request.data)
        form = _filled(RelationForm, request.data, client)
        relation = relationships.create_relation(client, form.values(), request.user)
        return Response(RelationSerializer(relation).data, status=status.HTTP_201_CREATED)


class RelationDetail(APIView):
    """One relation; writing needs the version that was read, or answers 409."""

    @extend_schema(responses=RelationSerializer)
    def get(self, request, pk):
        return Response(RelationSerializer(find(Relation, pk=pk)).data)

    @extend_schema(request=RelationWrite, responses=RelationSerializer)
    def patch(self, request, pk):
        find_editable(Relation, pk=pk)
        version = version_asked(request)
        relation = Relation.objects.select_related("client").get(pk=pk)
        form = _filled(RelationForm, request.data, relation.client, relation)
        row = Relation.objects.get(pk=pk)
        try:
            relationships.change_relation(
                row, form.values(), row.version if version is None else version
            )
        except services.Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(RelationSerializer(row).data)

    @extend_schema(request=None, responses={200: RemovalSerializer})
    def delete(self, request, pk):
        return removed(request, "relation", find_editable(Relation, pk=pk))
