"""Saved views: the menu beside a list, and the page of all of them."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.saved_views import SavedViewForm
from accounts.models import SavedView
from accounts.selectors import saved_views as found
from accounts.services import saved_views as services
from accounts.services.clients import Conflict, may_edit
from kam.audit.conflicts import conflicting
from kam.lib.navigation import VIEWED, address
from kam.lib.views import find, find_editable, wants_part

form_page = require_http_methods(["GET", "POST"])


def _asked(request) -> tuple[str, str]:
    """The list and its filters.  While one filters, the page's address changes and this menu does
    not: where htmx tells the address, that is what one sees."""
    asked = request.POST if request.method == "POST" else request.GET
    page, query = asked.get("page", ""), asked.get("query", "")
    here = urlsplit(getattr(request.htmx, "current_url_abs_path", "") or "")
    if page in VIEWED and here.path == address(page):
        query = here.query
    return page, found.kept(query)


@require_GET
def saved_view_list(request):
    """All views that one may open; with ``?page=``, as the menu of that list."""
    page, query = _asked(request)
    if wants_part(request) and page in VIEWED:
        return render(request, "accounts/lists/_views_menu.html", _menu(request, page, query))
    rows = [
        (row, found.url(row), VIEWED[row.page], found.whose(row.person, request.user))
        for row in found.views()
    ]
    return render(request, "accounts/lists/views.html", {"rows": rows})


def _menu(request, page: str, query: str, form: SavedViewForm | None = None) -> dict:
    return {
        "page": page,
        "query": query,
        "views": [
            (row, found.url(row), found.whose(row.person, request.user))
            for row in found.views(page)
        ],
        "form": form or SavedViewForm(),
        "may_keep": request.user.role in ("administrator", "manager", "kam"),
    }


@require_POST
def saved_view_create(request):
    page, query = _asked(request)
    form = SavedViewForm(request.POST)
    saved = None
    if page not in VIEWED:
        form.add_error(None, _("There is no such list to keep."))
    elif len(query) > found.LONGEST:
        form.add_error(None, _("These filters are too long to keep."))
    elif form.is_valid():
        try:
            saved = services.save(request.user, page, query, form.values())
        except ValidationError as error:
            form.add_error(None, error)
    status = 200 if saved else 422
    if wants_part(request):
        context = _menu(request, page, query, None if saved else form) | {"saved": saved}
        return render(request, "accounts/lists/_views_menu.html", context, status=status)
    if saved:
        messages.success(request, _("Kept as “%(name)s”.") % {"name": saved.name})
        return redirect(found.url(saved))
    context = _menu(request, page, query, form)
    return render(request, "accounts/lists/view_form.html", context, status=status)


@form_page
def saved_view_edit(request, pk):
    row = find(SavedView, pk=pk)
    if request.method == "GET" and not may_edit(row):
        return redirect("saved_view_list")
    find_editable(SavedView, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = SavedViewForm(posted, instance=find(SavedView, pk=pk))
    context = {"form": form, "view": row, "list": VIEWED.get(row.page, "")}
    template = "accounts/lists/view_form.html"
    if posted is not None and form.is_valid():
        try:
            services.change(row, form.values(), form.cleaned_data["version"] or 0)
        except Conflict as conflict:
            return conflicting(request, template, context, conflict.present)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("saved_view_list")
    return render(request, template, context, status=422 if form.is_bound else 200)


@require_POST
def saved_view_removal(request, pk):
    services.remove(find_editable(SavedView, pk=pk))
    messages.success(request, _("The view is gone; the list is as it was."))
    return redirect("saved_view_list")
