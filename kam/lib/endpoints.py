"""What every endpoint of the REST API has.

Views of the API inherit from the classes here instead of those of the framework; a test holds
that.  What an endpoint takes and answers is its description (:mod:`kam.lib.api_schema`), and the
frame refuses what is not described.
"""

from collections.abc import Mapping

from rest_framework import generics, views

from . import api_contract
from .api_parameters import Make


class Frame:
    """What every endpoint has: described parameters only, and ``fields``."""

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        operation = api_contract.operation(request)
        if operation is not None:
            operation.check(request.query_params)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if request.method == "GET" and response.status_code == 200 and hasattr(response, "data"):
            names = request.query_params.get("fields", "")
            if names:
                response.data = api_contract.narrowed(response.data, set(names.split(",")))
        return response


class Listing(Frame):
    """A list of rows.  ``filters``: parameter -> (lookup, how it is described); ``sorts``: name
    in ``sort`` -> field that is never null, the id being the last resort."""

    filters: Mapping[str, tuple[str, Make]] = {}
    sorts: Mapping[str, str] = {}

    def filter_queryset(self, queryset):
        asked = self.request.query_params
        wanted = {
            lookup: asked[name] for name, (lookup, _) in self.filters.items() if asked.get(name)
        }
        return super().filter_queryset(queryset).filter(**wanted)


class APIView(Frame, views.APIView):
    pass


class ListAPIView(Listing, generics.ListAPIView):
    pass


class ListCreateAPIView(Listing, generics.ListCreateAPIView):
    pass


class RetrieveAPIView(Frame, generics.RetrieveAPIView):
    pass
