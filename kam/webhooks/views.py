"""Pages about who is told of events: for administrators, and the auditor to read."""

import datetime as dt
import json

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kam.audit.conflicts import conflicting
from kam.lib.addresses import NotAllowed
from kam.lib.navigation import may
from kam.lib.periods import start_of_day, today
from kam.lib.views import find, find_editable, wants_part

from . import services
from .catalogue import EVENTS
from .delivery import body_of
from .forms import EndpointForm, ExampleForm, ResendForm
from .models import Attempt, Delivery, Endpoint
from .selectors import endpoints, log
from .words import REFUSALS, event_words

PAGE = 50
form_page = require_http_methods(["GET", "POST"])


@require_GET
def webhook_list(request):
    return render(request, "webhooks/list.html", {"endpoints": endpoints()})


@form_page
@never_cache
def webhook_create(request):
    return _form_page(request, Endpoint(events=[]))


@form_page
@never_cache
def webhook_edit(request, pk):
    return _form_page(request, find_editable(Endpoint, pk=pk))


def _form_page(request, endpoint):
    posted = request.POST if request.method == "POST" else None
    form = EndpointForm(posted, instance=endpoint)
    if posted is not None and form.is_valid():
        try:
            if endpoint.pk is None:
                made, secret = services.create_endpoint(form.values(), request.user)
                return _secret_page(request, made, secret)
            row = find(Endpoint, pk=endpoint.pk)  # the form has written on the other one
            services.change_endpoint(row, form.values(), form.cleaned_data["version"] or 0)
        except NotAllowed as refused:
            form.add_error("url", REFUSALS[refused.code])
        except services.Conflict as conflict:
            context = {"form": form, "endpoint": row}
            return conflicting(request, "webhooks/form.html", context, conflict.present)
        else:
            messages.success(request, _("Saved."))
            return redirect("webhook_detail", pk=endpoint.pk)
    status = 422 if posted is not None else 200
    context = {"form": form, "endpoint": endpoint}
    return render(request, "webhooks/form.html", context, status=status)


def _secret_page(request, endpoint, secret, rotated=False):
    """The secret, on the page that answers and nowhere else."""
    context = {"endpoint": endpoint, "secret": secret, "rotated": rotated}
    return render(request, "webhooks/secret.html", context)


@require_GET
def webhook_detail(request, pk):
    endpoint = find(Endpoint, queryset=endpoints(), pk=pk)
    status, event = request.GET.get("status", ""), request.GET.get("event", "")
    status = status if status in Delivery.Status.values else ""
    event = event if event in EVENTS else ""
    page = Paginator(log(endpoint, status, event), PAGE).get_page(request.GET.get("page"))
    _in_words(page)
    context = {
        "endpoint": endpoint,
        "page": page,
        "status": status,
        "event": event,
        "statuses": Delivery.Status.choices,
        "events": [(name, event_words(name)) for name in EVENTS],
        "told": [event_words(name) for name in endpoint.events],
        "any_waiting": any(row.status == Delivery.Status.WAITING for row in page),
    }
    if wants_part(request):
        return render(request, "webhooks/_log.html", context)
    if may(request.user, "webhook_resend", "POST"):
        context["example_form"] = ExampleForm(endpoint=endpoint)
        context["resend_form"] = ResendForm(initial={"since": today() - dt.timedelta(days=7)})
    return render(request, "webhooks/detail.html", context)


def _in_words(rows) -> None:
    for row in rows:
        row.event = event_words(row.message.type)
        row.trouble = _trouble(row.went_wrong)


def _trouble(code: str | None) -> str:
    return str(dict(Attempt.Error.choices).get(code or "", ""))


@require_POST
@never_cache
def webhook_rotation(request, pk):
    endpoint = find_editable(Endpoint, pk=pk)
    secret = services.rotate_secret(endpoint)
    endpoint.refresh_from_db()
    return _secret_page(request, endpoint, secret, rotated=True)


@require_POST
def webhook_switch(request, pk):
    """On or off: ``active`` is 1 or 0."""
    endpoint = find_editable(Endpoint, pk=pk)
    asked = request.POST.get("active", "")
    if asked not in ("0", "1"):
        return HttpResponseBadRequest()
    try:
        services.change_endpoint(endpoint, {"is_active": asked == "1"}, None)
    except NotAllowed as refused:
        messages.error(request, REFUSALS[refused.code])
    else:
        said = _("The webhook is on.") if asked == "1" else _("The webhook is off.")
        messages.success(request, said)
    return redirect("webhook_detail", pk=pk)


@require_POST
def webhook_removal(request, pk):
    services.remove_endpoint(find_editable(Endpoint, pk=pk))
    messages.success(request, _("The webhook is removed."))
    return redirect("webhook_list")


@require_POST
def webhook_example(request, pk):
    endpoint = find_editable(Endpoint, pk=pk)
    form = ExampleForm(request.POST, endpoint=endpoint)
    if not form.is_valid():
        return HttpResponseBadRequest()
    try:
        delivery = services.send_example(endpoint, form.cleaned_data["event"])
    except services.Stopped:
        messages.error(request, _("Switch the webhook on first."))
        return redirect("webhook_detail", pk=pk)
    return redirect("webhook_delivery", pk=delivery.pk)


@require_POST
def webhook_resend(request, pk):
    endpoint = find_editable(Endpoint, pk=pk)
    form = ResendForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(form.errors.get("since", [])))
        return redirect("webhook_detail", pk=pk)
    try:
        sent = services.resend_failed(endpoint, start_of_day(form.cleaned_data["since"]))
    except services.Stopped:
        messages.error(request, _("Switch the webhook on first."))
    else:
        said = ngettext("%(n)s message is sent again.", "%(n)s messages are sent again.", sent)
        messages.success(request, said % {"n": sent})
    return redirect("webhook_detail", pk=pk)


@require_GET
def webhook_delivery(request, pk):
    row = find(Delivery, queryset=log(), pk=pk)
    _in_words([row])
    told = json.loads(body_of(row.message))
    context = {
        "row": row,
        "attempts": row.attempts.order_by("-pk"),
        "body": json.dumps(told, ensure_ascii=False, indent=2),
    }
    template = "webhooks/_delivery.html" if wants_part(request) else "webhooks/delivery.html"
    return render(request, template, context)


@require_POST
def webhook_delivery_resend(request, pk):
    row = find_editable(Delivery, queryset=Delivery.objects.select_related("endpoint"), pk=pk)
    try:
        services.resend(row)
    except services.Stopped:
        messages.error(request, _("Switch the webhook on first."))
    return redirect("webhook_delivery", pk=pk)
