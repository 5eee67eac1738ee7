"""For how long personal data is kept, what would go, and what has gone."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms.retention import RetentionForm
from accounts.models import RetentionRules, RetentionRun
from accounts.services import retention as services
from accounts.services.clients import Conflict
from accounts.services.retention_rows import line
from kam.lib.navigation import may

RUNS = 14


def asked_rules(query, kept: RetentionRules) -> tuple[RetentionForm, RetentionRules]:
    """The form, and the rules to try: those of the address where there are any and they hold."""
    if not any(key in query for key in services.KEYS):
        return RetentionForm(instance=kept), kept
    form = RetentionForm({key: query.get(key, "") for key in services.KEYS}, instance=kept)
    if not form.is_valid():
        return form, services.rules()
    return form, RetentionRules(version=kept.version, **form.values())


@require_http_methods(["GET", "POST"])
def retention(request):
    """A GET with months tries them and keeps nothing; a POST keeps them."""
    kept = services.rules()
    status = 200
    if request.method == "POST":
        form, tried = RetentionForm(request.POST, instance=services.rules()), kept
        status = 422
        if form.is_valid():
            try:
                services.save(form.values(), form.cleaned_data["version"] or 0)
            except Conflict as conflict:
                form.data = {**request.POST.dict(), "version": conflict.present.version}
                said = _(
                    "Somebody saved other months while you were writing: they stand below yours."
                    " Save again if yours hold."
                )
                form.add_error(None, said)
                tried, status = conflict.present, 409
            else:
                messages.success(request, _("Saved. It holds from the coming night."))
                return redirect("retention")
    else:
        form, tried = asked_rules(request.GET, services.rules())
    rows = services.due(tried)
    for row in rows:
        row.first[:] = [line(each) for each in row.first]
    read = {each.route: may(request.user, each.route) for row in rows for each in row.first}
    context = {
        "form": form,
        "version": form["version"].value() or 0,
        "rows": [(row, form[row.category.key]) for row in rows],
        "readable": {route for route, readable in read.items() if readable},
        "trying": request.method == "GET" and bool(request.GET) and form.is_bound,
        "decided": kept.version > 0,
        "differing": status == 409,
        "acts": services.expired_acts(),
        "runs": [(run, _told(run)) for run in RetentionRun.objects.prefetch_related("acts")[:RUNS]],
    }
    return render(request, "accounts/subjects/retention.html", context, status=status)


def _told(run: RetentionRun) -> list[int]:
    """How many went, in the order of the columns; people together."""
    done = {key: counts["done"] for key, counts in run.result.items()}
    people = sum(done.get(key, 0) for key in services.PEOPLE)
    return [people, *(done.get(key, 0) for key in ("notes", "import_files", "bulk_loads"))]
