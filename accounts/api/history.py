"""What records said before, over REST."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import AccountPlan, Client, Contact, Edit, Goal, Promise, User
from accounts.selectors import history as found
from accounts.services.history_words import field_of
from kam.lib.api import Pages
from kam.lib.endpoints import ListAPIView
from kam.lib.scoping import Scoped
from kam.lib.views import find


class LatestEdits(Pages):
    ordering = ("-pk",)


class EditSerializer(serializers.ModelSerializer):
    """``record``: what was edited, the record itself or a part of it, as `membership` (in a group)
    or `planaction`; ``before`` and ``after``: fields that changed, references by id."""

    record = serializers.SerializerMethodField()
    object = serializers.IntegerField(source="object_id")
    before = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()

    class Meta:
        model = Edit
        fields = (
            "id", "at", "record", "object", "did", "before", "after", "actor", "actor_name",
            "request_id",
        )  # fmt: skip
        read_only_fields = fields

    def get_record(self, row) -> str:
        return row.relation.partition("_")[2]

    @extend_schema_field(serializers.DictField())
    def get_before(self, row):
        return _by_field(row, row.before)

    @extend_schema_field(serializers.DictField())
    def get_after(self, row):
        return _by_field(row, row.after)


def _by_field(edit: Edit, values: dict) -> dict:
    """Fields by the names that the rest of the API has for them."""
    told = ((field_of(edit, column), value) for column, value in values.items())
    return {field.name: value for field, value in told if field is not None}


class History(ListAPIView):
    """Who changed what, and when: the latest first."""

    serializer_class = EditSerializer
    pagination_class = LatestEdits
    sorts = {"id": "pk"}
    model: type[Scoped]

    def get_queryset(self):
        return found.of(find(self.model, pk=self.kwargs["pk"]))


class ClientHistory(History):
    """Who changed what of a client, and when: the latest first."""

    model = Client


class ContactHistory(History):
    """Who changed what of a person at a client; of somebody blocked nothing is told."""

    model = Contact

    def get_queryset(self):
        contact = find(Contact, pk=self.kwargs["pk"])
        return Edit.objects.none() if contact.is_blocked else found.of(contact)


class GoalHistory(History):
    """Who changed what of a goal, and when: the latest first."""

    model = Goal


class PlanHistory(History):
    """Who changed what of a plan, its sections, actions and participants: the latest first."""

    model = AccountPlan


class PromiseHistory(History):
    """Who changed what of a promise, and when: the latest first."""

    model = Promise


class PersonHistory(History):
    """Who changed what of somebody who signs in: name, address, role, team, and whether they may."""

    def get_queryset(self):
        return found.of_row(get_object_or_404(User, pk=self.kwargs["pk"]))
