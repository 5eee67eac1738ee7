"""The description of the API: for programs as OpenAPI, for people as a page to try it on."""

from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from .api_contract import description
from .endpoints import APIView


class Description(APIView):
    """This description: OpenAPI 3, in the language of the person."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request):
        return Response(description(get_language() or "en"))


@require_GET
def api_docs(request):
    """Swagger UI from our own static files; it works without the internet."""
    return render(request, "api_docs.html")
