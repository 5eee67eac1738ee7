"""Who owes what and since when, when the money may come, and stopping shipments."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.receivables import PaymentPromiseForm, ReleaseForm, StopForm
from accounts.models import Client, ShipmentStop
from accounts.selectors import ledger
from accounts.selectors import people as directory
from accounts.services import debts as found
from accounts.services import receivables
from accounts.services.clients import may_edit
from kam.lib.periods import today
from kam.lib.views import find, find_editable, wants_part

from .clients import _found, head

form_page = require_http_methods(["GET", "POST"])
AGE_LABELS = {
    "not_due": pgettext_lazy("debt", "Not due yet"),
    "to_30": pgettext_lazy("debt", "1–30 days"),
    "to_60": pgettext_lazy("debt", "31–60 days"),
    "to_90": pgettext_lazy("debt", "61–90 days"),
    "over_90": pgettext_lazy("debt", "over 90 days"),
}


def filters_of(parameters) -> found.Filters:
    return found.Filters(**{n: parameters.get(n, "")[:20] for n in ("owner", "only")})


def _number(text: str) -> int:
    return max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1


@require_GET
def receivable_list(request):
    filters, day = filters_of(request.GET), today()
    slice_ = found.page(filters, day, _number(request.GET.get("page", "")))
    context = {
        "slice": slice_,
        "previous": slice_.number - 1,
        "next": slice_.number + 1,
        "filters": filters,
        "ages": AGE_LABELS.values(),
    }
    if wants_part(request):
        return render(request, "accounts/receivables/_lines.html", context)
    by_owner = found.by_owner(filters, day)
    context |= {
        "by_owner": by_owner,
        "sum": found.total_of(by_owner),
        "owners": directory.kams_beside(request.user),
        "day": day,
    }
    return render(request, "accounts/receivables/list.html", context)


@require_GET
def receivable_calendar(request):
    """When the money may come, week by week."""
    filters, day = filters_of(request.GET), today()
    context = {"calendar": found.calendar_of(filters, day), "filters": filters}
    part = "_calendar" if wants_part(request) else "calendar"
    return render(request, f"accounts/receivables/{part}.html", context)


@require_GET
def client_receivables(request, pk):
    client, day = _found(pk), today()
    account = found.account(client, ledger.legal_entities(client, day), day)
    stops = list(found.stops_of(client)[:20])
    context = {
        "account": account,
        "calendar": account.calendar,
        "ages": [(AGE_LABELS[name], amount) for name, amount in account.ageing.by_age.items()],
        "stop": next((each for each in stops if each.is_on), None),
        "stops": [each for each in stops if not each.is_on],
        "today": day,
    }
    return render(request, "accounts/clients/receivables.html", context | head(client))


@form_page
def stop_create(request, pk):
    return _form(request, pk, StopForm, "stop_create", _stop)


def _stop(client, data, person):
    receivables.stop(client, data["reason"], person, until=data["until"])


@form_page
def payment_promise_create(request, pk):
    return _form(
        request, pk, PaymentPromiseForm, "payment_promise_create", receivables.promise_payment,
        of_client=True,
    )  # fmt: skip


def _form(request, pk, form_class, route, do, *, of_client=False):
    client = find(Client, pk=pk)
    if request.method == "GET" and not may_edit(client):
        return redirect("client_receivables", pk=pk)
    find_editable(Client, pk=pk)
    options = {"client": client} if of_client else {}
    form = form_class(request.POST if request.method == "POST" else None, **options)
    if request.method == "POST" and form.is_valid():
        try:
            do(client, form.cleaned_data, request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("client_receivables", pk=pk)
    context = {"form": form, "client": client, "route": route}
    part = "_receivable_form" if wants_part(request) else "receivable_form"
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/clients/{part}.html", context, status=status)


@form_page
def stop_release(request, pk):
    """Lifting a stop, with a reason."""
    stop = find(ShipmentStop, queryset=ShipmentStop.objects.select_related("client"), pk=pk)
    if request.method == "GET" and (not may_edit(stop.client) or not stop.is_on):
        return redirect("client_receivables", pk=stop.client_id)
    if request.method == "POST":
        find_editable(ShipmentStop, pk=pk)
    form = ReleaseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            receivables.release(stop, form.cleaned_data["reason"], request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("client_receivables", pk=stop.client_id)
    context = {"form": form, "client": stop.client, "stop": stop, "route": "stop_release"}
    part = "_receivable_form" if wants_part(request) else "receivable_form"
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/clients/{part}.html", context, status=status)
