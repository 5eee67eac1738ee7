"""The company over REST."""

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.forms.company import zones
from accounts.importing.documents import parse_choice
from accounts.models import User
from accounts.services import company
from accounts.services.clients import Conflict
from kam.lib.endpoints import APIView, version_asked
from kam.lib.models import CompanyRecord

from .clients import ChangedMeanwhile


class CompanySerializer(serializers.ModelSerializer):
    """``vat``: how amounts of files are meant where a file does not say: ``none``, ``included``,
    ``excluded``, with the rate in per cent as in ``included:20``, or empty.  ``second_step_roles``:
    whose sign-in needs more than the password, from ``second_step_from`` on."""

    currency = serializers.RegexField(r"^[A-Z]{3}$")
    vat = serializers.CharField(max_length=20, allow_blank=True, required=False)
    second_step_roles = serializers.ListField(
        child=serializers.ChoiceField(User.Role.choices), required=False
    )
    version = serializers.IntegerField(required=False)

    class Meta:
        model = CompanyRecord
        fields = (*company.FIELDS, "version")

    def validate_vat(self, meant):
        if meant and parse_choice(meant) is None:
            raise serializers.ValidationError("Not none, included or excluded, with a rate or not.")
        return meant

    def validate_time_zone(self, name):
        if name not in dict(zones()):
            raise serializers.ValidationError("Not a time zone such as Europe/Moscow.")
        return name


class CompanyDetail(APIView):
    """Who uses the product; a PUT needs the version that was read, or answers 428."""

    @extend_schema(responses=CompanySerializer)
    def get(self, request):
        return Response(CompanySerializer(company.present()).data)

    @extend_schema(request=CompanySerializer, responses=CompanySerializer)
    def put(self, request):
        row = company.present()
        asked = CompanySerializer(row, data=request.data)
        asked.is_valid(raise_exception=True)
        values = dict(asked.validated_data)
        values.pop("version", None)
        version = version_asked(request)
        try:
            row = company.save(values, row.version if version is None else version)
        except ValidationError as error:
            raise serializers.ValidationError(error.message_dict) from error
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(CompanySerializer(row).data)
