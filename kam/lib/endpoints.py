"""What every endpoint of the REST API has.

Views of the API inherit from the classes here instead of those of the framework; a test holds
that.  What an endpoint takes and answers is its description (:mod:`kam.lib.api_schema`), and the
frame refuses what is not described.  It also keeps answers to named requests, and versions.
"""

import hashlib
from collections.abc import Mapping

from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework import exceptions, generics, serializers, status, views
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from . import api_contract, named_requests
from .api_parameters import Make
from .locks import lock

REPLACING = ("PUT", "PATCH", "DELETE")


class Repeated(Exception):
    """The request has been done before; its answer is told again."""

    def __init__(self, found):
        super().__init__(found.key)
        self.found = found


class TooLarge(exceptions.APIException):
    """413: the body is larger than this address takes."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class ChangedSince(exceptions.APIException):
    """412: the row is another than that of ``If-Match``."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "conflict"


class VersionNeeded(exceptions.APIException):
    """428: the version that was read is needed, so that nobody's change is lost."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "version_needed"


class Frame:
    """What every endpoint has: described parameters only, ``fields``, named requests, versions.

    ``largest``: the largest body in bytes.  ``secrets``: fields of answers that are told once and
    kept nowhere.
    """

    largest = 2 * 2**20
    secrets: tuple[str, ...] = ()
    _key = ""

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        # Who a key stands for is known only now; the frame of the request ends the override.
        translation.activate(getattr(request.user, "language", "") or translation.get_language())
        self._operation = api_contract.operation(request)
        if self._operation is not None:
            self._operation.check(request.query_params)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > self.largest:
            raise TooLarge(
                _("The body is larger than %(limit)s MB.") % {"limit": self.largest >> 20}
            )
        if request.method == "POST" and (key := named_requests.asked_key(request)):
            if found := named_requests.earlier(request, key):
                raise Repeated(found)
            self._key = key
        if request.method in REPLACING and "If-Match" in request.headers:
            self._compare(request)

    def _compare(self, request) -> None:
        """Raise ChangedSince where what is there now is not what ``If-Match`` names.

        Writers of one address that send it take turns, so that the second sees the first.
        """
        if not hasattr(self, "get"):
            said = _("What this address writes has no version of its own.")
            raise serializers.ValidationError({"If-Match": [said]})
        lock(f"write {request.path}")
        present = tag_of(self.get(request, *self.args, **self.kwargs).data)
        asked = [each.strip() for each in request.headers["If-Match"].split(",")]
        if "*" not in asked and not any(_same_version(each, present) for each in asked):
            raise ChangedSince(_("Somebody changed this since you read it. Read it again."))

    def handle_exception(self, exc):
        if isinstance(exc, Repeated):
            found = exc.found
            return Response(
                found.answer, status=found.status, headers={"Idempotent-Replayed": "true"}
            )
        late = isinstance(exc, exceptions.APIException) and exc.get_codes() == "conflict"
        if late and "If-Match" in self.request.headers:
            exc = ChangedSince(exc.detail)
        return super().handle_exception(exc)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if not isinstance(response, Response):
            return response
        if self._key and response.status_code < 400:
            named_requests.keep(request, self._key, response, self.secrets)
        if request.method in ("GET", "HEAD") and response.status_code == 200:
            self._tell_version(request, response)
            names = request.query_params.get("fields", "")
            if names and response.status_code == 200:
                response.data = api_contract.narrowed(response.data, set(names.split(",")))
        elif request.method in REPLACING and _has_version(response.data):
            response["ETag"] = tag_of(response.data)
        return response

    def _tell_version(self, request, response) -> None:
        """``ETag`` of one row, and 304 where the caller knows it already."""
        if not isinstance(response.data, dict) or api_contract.is_list(response.data):
            return
        tag = response["ETag"] = tag_of(response.data)
        known = [
            each.strip().removeprefix("W/")
            for each in request.headers.get("If-None-Match", "").split(",")
        ]
        if tag in known:
            response.status_code, response.data = status.HTTP_304_NOT_MODIFIED, None


def tag_of(data) -> str:
    """``"version-digest"`` of an answer: the version that writing compares where the row has one,
    and a digest of all that is told, which also changes with what others do."""
    digest = hashlib.sha256(JSONRenderer().render(data)).hexdigest()[:16]
    return f'"{data["version"]}-{digest}"' if _has_version(data) else f'"{digest}"'


def _has_version(data) -> bool:
    return isinstance(data, dict) and isinstance(data.get("version"), int)


def _same_version(asked: str, present: str) -> bool:
    """A row with versions is compared by them alone; its digest changes with what others do."""
    asked, present = asked.removeprefix("W/").strip('"'), present.strip('"')
    if "-" in present:
        return asked.partition("-")[0] == present.partition("-")[0]
    return asked == present


def version_asked(request) -> int | None:
    """The version that was read, from ``If-Match`` or the body; None where ``If-Match`` takes any.
    Raises VersionNeeded where there is none."""
    asked = request.headers.get("If-Match", "").strip()
    if asked == "*":
        return None
    text = asked.removeprefix("W/").strip('"').partition("-")[0]
    if not asked and isinstance(request.data, dict):
        if request.data.get("version") is None:
            raise VersionNeeded(_("Send the version that you read, as If-Match or version."))
        text = str(request.data["version"])
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise serializers.ValidationError({"version": [_("A whole number is needed.")]})
    return int(text)


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
