"""What every page view stands on: finding rows by the access rule, and telling page from part."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.http import url_has_allowed_host_and_scheme

from .scoping import Scoped, current


def find(model: type[Scoped], *, queryset=None, **lookup):
    """The row that this person may read, else 404: unknown and foreign ids look alike."""
    queryset = model.objects.all() if queryset is None else queryset
    try:
        return queryset.get(**lookup)
    except (model.DoesNotExist, ValueError, OverflowError) as error:
        raise Http404 from error


def find_editable(model: type[Scoped], *, queryset=None, **lookup):
    """The row that this person may change: 404 where it is not visible, 403 where it is."""
    row = find(model, queryset=queryset, **lookup)
    if not model.unscoped.filter(pk=row.pk).editable_by(current()).exists():
        raise PermissionDenied
    return row


def wants_part(request) -> bool:
    """True where htmx asks for a fragment of the page rather than the page."""
    return bool(request.htmx) and not request.htmx.boosted


def following(request) -> str:
    """``next`` of a form or address, where it lies in this product; else empty."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    here = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if here else ""
