"""Facts over REST: the same selectors, forms and services as the pages."""

from django.forms.models import model_to_dict
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ParseError
from rest_framework.response import Response

from accounts.forms.clients import ClientForm
from accounts.forms.own_fields import answers_of
from accounts.forms.talks import TalkForm
from accounts.models import Client, Document, Interaction, Line, Standing
from accounts.selectors import clients as lists
from accounts.selectors import facts
from accounts.services import clients as services
from accounts.services import talks
from kam.lib.api import Pages
from kam.lib.api_parameters import day, one_of, phrase, sent, whole
from kam.lib.endpoints import APIView, ListAPIView, RetrieveAPIView, version_asked
from kam.lib.periods import today
from kam.lib.views import find, find_editable

from .conflicts import ChangedMeanwhile
from .removals import RemovalSerializer, removed

FILTERS = ("q", "owner", "team", "segment", "lifecycle", "standing", "country", "region", "tag")
PARAMETERS = [
    phrase("q", "Part of the name."),
    phrase("owner", "Id of the KAM, or `none`."),
    whole("team"),
    phrase("segment"),
    one_of(Client.Lifecycle.values)("lifecycle"),
    one_of(Standing.Value.values)("standing"),
    phrase("country", "Two letters."),
    phrase("region"),
    phrase("tag"),
    phrase("own", "An answer to an own field, `<id of the field>:<answer>`; `yes` for yes."),
]


class ByName(Pages):
    """Clients by name: first which ones, then what is shown of them."""

    ordering = ("sort_name", "pk")

    def paginate_queryset(self, queryset, request, view=None):
        found = super().paginate_queryset(queryset.only("sort_name", "created_at"), request, view)
        return lists.shown([client.pk for client in found])


class ByDate(Pages):
    ordering = ("-date", "-pk")


class ClientRow(serializers.ModelSerializer):
    """A client in a list.  ``place`` is that of the published main ranking."""

    owner_name = serializers.CharField(source="owner.name", default=None, read_only=True)
    place = serializers.IntegerField(source="place.rank", default=None, read_only=True)

    class Meta:
        model = Client
        fields = (
            "id", "name", "kind", "lifecycle", "segment", "city", "inn", "owner", "owner_name",
            "team", "group", "place", "version",
        )  # fmt: skip
        read_only_fields = fields


class ClientSerializer(serializers.ModelSerializer):
    """A client in full.  ``version`` is sent back on writing, here or as If-Match.

    ``own``: answers to the company's own fields by the field's id; on writing only those that are
    named change, and null takes an answer away.
    """

    owner_name = serializers.CharField(source="owner.name", default=None, read_only=True)
    place = serializers.IntegerField(source="place.rank", default=None, read_only=True)
    points = serializers.FloatField(source="place.score", default=None, read_only=True)
    version = serializers.IntegerField(required=False)
    own = serializers.DictField(required=False)

    class Meta:
        model = Client
        fields = (
            "id", "name", "kind", "lifecycle", "legal_name", "inn", "kpp", "segment", "country",
            "region", "city", "employees", "turnover", "owner", "owner_name", "team",
            "sales_manager", "group", "tags", "own",
            "place", "points", "created_at", "version",
        )  # fmt: skip
        read_only_fields = ("group", "created_at")


def validated(person, data, client: Client | None = None) -> ClientForm:
    """The form of the page, filled from JSON: one set of rules for people and programs."""
    if not isinstance(data, dict):
        raise ParseError
    names = ClientForm.Meta.fields
    present = model_to_dict(client or Client(), fields=names)
    given = {name: data[name] for name in names if name in data}
    own = _answers(client or Client(), data.get("own", {}))
    form = ClientForm({**present, **given, **own}, person=person, instance=client)
    if not form.is_valid():
        raise serializers.ValidationError(form.errors)
    return form


def _answers(client: Client, given) -> dict:
    """The answers kept so far under the names of the form, with those that were sent over them."""
    answers = {each.field.key: each for each in answers_of(client)}
    if not isinstance(given, dict):
        raise serializers.ValidationError({"own": ["Send an object: id of a field and answer."]})
    if unknown := sorted(map(str, given.keys() - answers.keys())):
        raise serializers.ValidationError({"own": [f"There is no field {unknown[0][:20]}."]})
    kept = {
        each.name: each.initial(client.own.get(key)) for key, each in answers.items() if client.own
    }
    sent = {}
    for key, value in given.items():
        yes_or_no = {True: "yes", False: "no"}.get(value) if isinstance(value, bool) else value
        sent[answers[key].name] = yes_or_no
    return {**kept, **sent}


class ClientList(ListAPIView):
    """Clients by name, companies in groups included; the filters are those of the page."""

    serializer_class = ClientRow
    pagination_class = ByName
    sorts = {"name": "sort_name", "id": "pk", "created_at": "created_at"}

    def get_queryset(self):
        asked = self.request.query_params
        filters = lists.Filters(
            **{name: asked.get(name, "")[:120] for name in FILTERS},
            own=tuple(filter(None, (asked.get("own", "")[:140],))),
            members=True,
        )
        return lists.filtered(filters)

    @extend_schema(parameters=PARAMETERS)
    def get(self, request):
        return self.list(request)

    @extend_schema(
        request=ClientSerializer,
        responses={201: ClientSerializer},
        examples=sent(name="ООО «Рассвет»", inn="7707083893", kpp="770701001", city="Тверь"),
    )
    def post(self, request):
        client = services.create_client(validated(request.user, request.data).values())
        return Response(ClientSerializer(client).data, status=status.HTTP_201_CREATED)


class ClientDetail(APIView):
    """One client; writing needs the version that was read, or answers 428."""

    @extend_schema(responses=ClientSerializer)
    def get(self, request, pk):
        return self.answer(pk)

    @extend_schema(request=ClientSerializer, responses=ClientSerializer)
    def put(self, request, pk):
        return self.patch(request, pk)

    @extend_schema(
        request=ClientSerializer,
        responses=ClientSerializer,
        examples=sent(city="Тверь", version=1),
    )
    def patch(self, request, pk):
        row = find_editable(Client, pk=pk)
        version = version_asked(request)
        form = validated(request.user, request.data, Client.objects.get(pk=pk))
        try:
            services.update(row, form.values(), row.version if version is None else version)
        except services.Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return self.answer(pk)

    @extend_schema(request=None, responses={200: RemovalSerializer})
    def delete(self, request, pk):
        return removed(request, "client", find_editable(Client, pk=pk))

    def answer(self, pk) -> Response:
        found = Client.objects.select_related("owner", "place")
        client = find(Client, queryset=found, pk=pk)
        return Response(ClientSerializer(client).data)


OF_CLIENT = {"client": ("client", whole)}
DATED = {**OF_CLIENT, "since": ("date__gte", day), "until": ("date__lte", day)}


class InteractionSerializer(serializers.ModelSerializer):
    """``contacts`` and ``people``: who else was there, theirs and ours, beside ``contact`` and
    ``author``."""

    contacts = serializers.SerializerMethodField()
    people = serializers.SerializerMethodField()

    class Meta:
        model = Interaction
        fields = (
            "id", "client", "contact", "date", "kind", "subject", "text", "satisfaction",
            "author", "known_from", "known_to", "contacts", "people",
        )  # fmt: skip
        read_only_fields = fields

    def get_contacts(self, talk) -> list[int]:
        return [row.contact_id for row in talk.attendances.all() if row.contact_id]

    def get_people(self, talk) -> list[int]:
        return [row.person_id for row in talk.attendances.all() if row.person_id]


class NextStepSerializer(serializers.Serializer):
    what = serializers.CharField(max_length=500)
    due = serializers.DateField()


class TalkSerializer(serializers.Serializer):
    """A talk to be written down.  ``next_step`` becomes a task of whoever writes it."""

    client = serializers.IntegerField(min_value=0, max_value=10**18)
    kind = serializers.ChoiceField(Interaction.Kind.choices, default=Interaction.Kind.NOTE)
    date = serializers.DateField(required=False)
    subject = serializers.CharField(max_length=255)
    text = serializers.CharField(required=False, allow_blank=True)
    satisfaction = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=10
    )
    contact = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    contacts = serializers.ListField(
        child=serializers.IntegerField(min_value=0), required=False, max_length=200
    )
    people = serializers.ListField(
        child=serializers.IntegerField(min_value=0), required=False, max_length=200
    )
    next_step = NextStepSerializer(required=False)


def _talk_of(data, client: Client) -> dict:
    """Checked by the form of the page: one set of rules for people and programs."""
    step = data.get("next_step") or {}
    form = TalkForm(
        {
            "kind": data["kind"],
            "date": data.get("date") or today(),
            "subject": data["subject"],
            "text": data.get("text", ""),
            "satisfaction": data.get("satisfaction") or "",
            "contact": data.get("contact") or "",
            "others": data.get("contacts", []),
            "people": data.get("people", []),
            "next_what": step.get("what", ""),
            "next_due": step.get("due") or "",
        },
        client=client,
    )
    if not form.is_valid():
        names = {"others": "contacts", "next_what": "next_step", "next_due": "next_step"}
        told = {names.get(name, name): errors for name, errors in form.errors.items()}
        raise serializers.ValidationError(told)
    return form.values()


class InteractionList(ListAPIView):
    """What was said and done, latest first, as known today."""

    serializer_class = InteractionSerializer
    pagination_class = ByDate
    filters = {**DATED, "kind": ("kind", one_of(Interaction.Kind.values))}
    sorts = {"date": "date", "id": "pk"}

    def get_queryset(self):
        return facts.interactions_as_of(today()).prefetch_related("attendances")

    @extend_schema(
        request=TalkSerializer,
        responses={201: InteractionSerializer},
        examples=sent(
            client=2,
            kind="meeting",
            subject="Prices for spring",
            text="They want the list in May.",
            satisfaction=8,
            contact=5,
            contacts=[6],
            people=[3],
            next_step={"what": "Send the list", "due": "2026-05-04"},
        ),
    )
    def post(self, request):
        asked = TalkSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        client = find_editable(Client, pk=asked.validated_data["client"])
        talk = talks.note(client, _talk_of(asked.validated_data, client), request.user)
        return Response(InteractionSerializer(talk).data, status=status.HTTP_201_CREATED)


class InteractionDetail(RetrieveAPIView):
    """One call, meeting, letter or the like."""

    serializer_class = InteractionSerializer

    def get_queryset(self):
        return Interaction.objects.prefetch_related("attendances")

    @extend_schema(request=None, responses={200: RemovalSerializer})
    def delete(self, request, pk):
        return removed(request, "interaction", find_editable(Interaction, pk=pk))


class DocumentRow(serializers.ModelSerializer):
    class Meta:
        model = Document
        fields = (
            "id", "client", "type", "number", "date", "due", "currency", "net", "vat", "gross",
            "paid", "settled_on", "version",
        )  # fmt: skip
        read_only_fields = fields


class LineSerializer(serializers.ModelSerializer):
    product_code = serializers.CharField(source="product.code", default=None)
    product_name = serializers.CharField(source="product.name", default=None)

    class Meta:
        model = Line
        fields = (
            "position", "product", "product_code", "product_name", "quantity", "unit_price",
            "discount", "net", "vat", "gross", "cost",
        )  # fmt: skip


class DocumentSerializer(serializers.ModelSerializer):
    lines = LineSerializer(many=True, read_only=True)

    class Meta:
        model = Document
        fields = (
            *DocumentRow.Meta.fields, "source", "promised", "shipped", "manager", "agreement",
            "discount", "cost", "costed_net", "known_from", "known_to", "lines",
        )  # fmt: skip
        read_only_fields = fields


class DocumentList(ListAPIView):
    """Documents of every type, latest first, as known today."""

    serializer_class = DocumentRow
    pagination_class = ByDate
    filters = {
        **DATED,
        "type": ("type", one_of(Document.Type.values)),
        "number": ("number", phrase),
    }
    sorts = {"date": "date", "net": "net", "id": "pk"}

    def get_queryset(self):
        return facts.documents_as_of(today())


class DocumentDetail(RetrieveAPIView):
    """One document with its lines."""

    serializer_class = DocumentSerializer

    def get_queryset(self):
        return Document.objects.prefetch_related("lines__product")
