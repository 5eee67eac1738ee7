"""One change to several clients: which, what, a look at what it does, and then all or none."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.forms.several import SeveralForm
from accounts.models import Client
from accounts.selectors import clients as lists
from accounts.services import several
from accounts.services.clients import Conflict

from .clients import filters_of

PATH_FIELDS = ("client", "csrfmiddlewaretoken", "make")


@require_http_methods(["GET", "POST"])
def client_several(request):
    """``?`` the filters of the list: those it finds.  A post with ``make`` changes them."""
    filters = filters_of(request.GET)
    found = Client.objects.filter(pk__in=lists.filtered(filters)).editable_by(request.user)
    total = found.count()
    ids = list(lists.in_order(filters).values_list("pk", flat=True)[: 4 * several.MOST])
    mine = set(found.filter(pk__in=ids).values_list("pk", flat=True))
    ids = [pk for pk in ids if pk in mine][: several.MOST]
    posted = request.POST if request.method == "POST" else None
    form = SeveralForm(posted, person=request.user)
    chosen = set(ids) if posted is None else _chosen(posted)
    context = {
        "form": form,
        "clients": lists.shown(ids),
        "chosen": chosen,
        "total": total,
        "most": several.MOST,
        "filters": filters,
    }
    if posted is not None and not chosen:
        form.add_error(None, _("Choose at least one client."))
    if posted is None or not form.is_valid():
        status = 200 if posted is None else 422
        return render(request, "accounts/lists/several.html", context, status=status)
    rows = Client.objects.filter(pk__in=chosen)
    rows = rows.select_related("owner", "team", "sales_manager").order_by("sort_name", "pk")
    lines = several.ahead(list(rows), form.change())
    if "make" in posted:
        try:
            changed = several.make(lines, _versions(posted))
        except Conflict as conflict:
            messages.warning(
                request,
                _("Nobody was changed: somebody has just changed “%(name)s”. Look once more.")
                % {"name": conflict.present},
            )
        else:
            told = ngettext("%(n)s client changed.", "%(n)s clients changed.", changed)
            messages.success(request, told % {"n": changed})
            lists.forget_choices(request.user)
            return redirect(f"{request.path.removesuffix('several/')}?{request.GET.urlencode()}")
    context |= {
        "lines": lines,
        "changing": sum(bool(line.values) for line in lines),
        "same": sum(not line.values and not line.why_not for line in lines),
        "refused": sum(bool(line.why_not) for line in lines),
        "posted": [
            (name, value)
            for name, values in posted.lists()
            if name not in PATH_FIELDS and not name.startswith("version-")
            for value in values
        ],
    }
    return render(request, "accounts/lists/several_ahead.html", context)


def _chosen(posted) -> set[int]:
    told = (each for each in posted.getlist("client") if each.isascii() and each.isdecimal())
    return {int(each[:18]) for each in list(told)[: several.MOST]}


def _versions(posted) -> dict[int, int]:
    """Versions of the clients as they were looked at."""
    return {
        int(name.removeprefix("version-")[:18]): int(value[:9])
        for name, value in posted.items()
        if name.startswith("version-")
        and name.removeprefix("version-").isdecimal()
        and value.isdecimal()
    }
