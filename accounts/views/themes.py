"""Themes of needs: what several clients want in common, and the money behind it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.needs import MergingForm, ThemeForm
from accounts.models import Need, Theme
from accounts.selectors import needs as found
from accounts.services import needs
from accounts.services.clients import Conflict
from kam.audit.conflicts import conflicting
from kam.lib.navigation import may
from kam.lib.views import find, find_editable, wants_part

form_page = require_http_methods(["GET", "POST"])


@require_GET
def theme_list(request):
    lines = found.themes_with_money()
    context = {
        "lines": lines,
        "loose": Need.objects.filter(found.OPEN, theme__isnull=True).count(),
    }
    return render(request, "accounts/themes.html", context)


@form_page
def theme_create(request):
    form = ThemeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            theme = needs.make_theme(form.values(), request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("theme_detail", pk=theme.pk)
    return _form(request, form)


@form_page
def theme_edit(request, pk):
    theme = find_editable(Theme, pk=pk)
    form = ThemeForm(
        request.POST if request.method == "POST" else None, instance=find(Theme, pk=pk)
    )
    if request.method == "POST" and form.is_valid():
        try:
            needs.change_theme(theme, form.values(), form.cleaned_data["version"] or 0)
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            context = {"form": form, "theme": theme}
            return conflicting(request, "accounts/theme_form.html", context, conflict.present)
        else:
            messages.success(request, _("Saved."))
            return redirect("theme_detail", pk=pk)
    return _form(request, form, theme)


def _form(request, form, theme=None):
    part = "_theme_form" if wants_part(request) else "theme_form"
    status = 422 if form.is_bound else 200
    context = {"form": form, "theme": theme}
    return render(request, f"accounts/{part}.html", context, status=status)


@require_GET
def theme_detail(request, pk):
    """The clients that want it, and what it may bring."""
    theme = find(Theme, queryset=Theme.objects.select_related("merged_into", "author"), pk=pk)
    mine = Need.objects.filter(theme=theme)
    context = {
        "theme": theme,
        "rows": found.in_order(found.rows().filter(theme=theme)),
        "money": found.money_of(mine),
        "may_change": may(request.user, "theme_edit", "POST"),
    }
    return render(request, "accounts/theme.html", context)


@form_page
def theme_merging(request, pk):
    theme = find_editable(Theme, pk=pk)
    if request.method == "GET" and theme.merged_into_id:
        return redirect("theme_detail", pk=theme.merged_into_id)
    form = MergingForm(request.POST if request.method == "POST" else None, theme=theme)
    if request.method == "POST" and form.is_valid():
        into = form.cleaned_data["into"]
        try:
            moved = needs.merge(theme, into)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            said = ngettext("%(n)s need has moved.", "%(n)s needs have moved.", moved)
            messages.success(request, said % {"n": moved})
            return redirect("theme_detail", pk=into.pk)
    status = 422 if form.is_bound else 200
    part = "_theme_merging" if wants_part(request) else "theme_merging"
    context = {"form": form, "theme": theme}
    return render(request, f"accounts/{part}.html", context, status=status)
