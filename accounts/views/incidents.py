"""Breaches of personal data: the clocks, whose data, when, by which way."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.incidents import IncidentForm
from accounts.models import ApiToken, Incident, User
from accounts.selectors import incidents as found
from accounts.services import incidents
from accounts.services.clients import Conflict
from kam.audit.conflicts import conflicting
from kam.audit.words import who, words
from kam.lib.periods import today
from kam.lib.views import find, find_editable

PAGE, SHOWN, TAKEN = 50, 100, 30


@require_GET
def incident_list(request):
    page = Paginator(Incident.objects.all(), PAGE).get_page(request.GET.get("page"))
    rows = [(row, incidents.nearest(row)) for row in page]
    return render(request, "accounts/subjects/incidents.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "POST"])
def incident_create(request):
    posted = request.POST if request.method == "POST" else None
    day = today()
    now = timezone.now().replace(second=0, microsecond=0)
    form = IncidentForm(posted, initial={"noticed_at": now, "since": day, "until": day})
    if posted is not None and form.is_valid():
        row = incidents.create(form.values(), request.user)
        messages.success(request, _("Saved. The hours of the law count from the notice."))
        return redirect("incident_detail", pk=row.pk)
    status = 422 if posted is not None else 200
    context = {"form": form, "incident": None}
    return render(request, "accounts/subjects/incident_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
def incident_edit(request, pk):
    row = find(Incident, pk=pk)
    posted = request.POST if request.method == "POST" else None
    if posted is not None:
        find_editable(Incident, pk=pk)
    form = IncidentForm(posted, instance=find(Incident, pk=pk))
    if posted is not None and form.is_valid():
        try:
            incidents.change(row, form.values(), form.cleaned_data["version"] or 0)
        except Conflict as conflict:
            context = {"form": form, "incident": row}
            template = "accounts/subjects/incident_form.html"
            return conflicting(request, template, context, conflict.present)
        else:
            messages.success(request, _("Saved."))
            return redirect("incident_detail", pk=pk)
    status = 422 if posted is not None else 200
    context = {"form": form, "incident": row}
    return render(request, "accounts/subjects/incident_form.html", context, status=status)


@require_GET
def incident_detail(request, pk):
    row = find(Incident, queryset=Incident.objects.select_related("file", "author"), pk=pk)
    exposed = found.exposure(row)
    taken = found.taken_out(row, TAKEN)
    for event in taken:
        event.words, event.who = words(event.action), who(event.actor_name)
    context = {
        "incident": row,
        "clocks": incidents.clocks(row),
        "exposed": exposed[:SHOWN],
        "all": len(exposed),
        "contacts": sum(bool(each.contact) for each in exposed),
        "clients": len({each.client for each in exposed}),
        "taken": taken,
        "people": User.objects.filter(pk__in=row.people) if row.people else [],
        "tokens": ApiToken.objects.filter(pk__in=row.tokens) if row.tokens else [],
        "export": found.export_of(row),
    }
    return render(request, "accounts/subjects/incident.html", context)
