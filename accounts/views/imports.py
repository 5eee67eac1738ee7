"""The page "Data": files taken in, what came of them, and the rows in quarantine."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.importing import FIELDS, Issue
from accounts.models import ImportBatch
from accounts.selectors.imports import batches, import_files, waiting_totals
from accounts.services import import_undo as service
from accounts.services.importing.messages import text
from kam.lib.navigation import may
from kam.lib.views import find, find_editable, wants_part

PAGE = 50
FINDINGS = 100

ENTITIES = {
    "clients": _("Clients"),
    "groups": _("Groups"),
    "memberships": _("Memberships in groups"),
    "contacts": _("Contacts"),
    "products": _("Products"),
    "documents": _("Documents"),
    "payments": _("Payments"),
    "interactions": _("Interactions"),
    "ratings": _("Ratings"),
}


@require_GET
def import_list(request):
    page = Paginator(batches(), PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "accounts/imports.html",
        {
            "page": page,
            "waiting": waiting_totals(),
            "kinds": list(FIELDS),
            "open_files": list(import_files()[:20]),
            "may_bring": may(request.user, "import_file_create", "POST"),
        },
    )


@require_GET
def import_detail(request, pk):
    batch = find(ImportBatch, queryset=batches(), pk=pk)
    if wants_part(request):
        answer = render(request, "accounts/_import_undoing.html", {"batch": batch})
        if not batch.is_being_undone:
            answer["HX-Refresh"] = "true"
        return answer
    report = batch.report
    found = report.get("found", {})
    return render(
        request,
        "accounts/imports_detail.html",
        {
            "batch": batch,
            "counts": [(label, report[name]) for name, label in ENTITIES.items() if name in report],
            "columns": list(report.get("columns", {}).items()),
            "ignored": report.get("ignored", []),
            "errors": findings(report.get("errors", [])),
            "errors_found": found.get("errors", 0),
            "warnings": findings(report.get("warnings", [])),
            "warnings_found": found.get("warnings", 0),
            "quarantined": report.get("quarantined", {}),
            "may_undo": may(request.user, "import_undo", "POST"),
            "undo_until": batch.at + timedelta(days=settings.IMPORT_UNDO_DAYS),
        },
    )


@require_http_methods(["GET", "POST"])
def import_undo(request, pk):
    """What undoing the import would do, or what stands in its way; a post asks for it."""
    batch = find(ImportBatch, queryset=batches(), pk=pk)
    if request.method == "POST":
        find_editable(ImportBatch, pk=pk)
        try:
            service.request(batch, request.user)
        except service.Hindered:
            messages.error(request, _now("Something has come to depend on it meanwhile."))
            return redirect("import_undo", pk=pk)
        return redirect("import_detail", pk=pk)
    return render(
        request, "accounts/import_undo.html", {"batch": batch, "found": service.look(batch)}
    )


def findings(kept: list[dict]) -> list[str]:
    """Sentences in the reader's language for findings that were kept with an import."""
    language = get_language() or ""
    return [
        text(
            Issue(finding["row"], finding["column"], finding["code"], finding.get("params", {})),
            language,
            page=True,
        )
        for finding in kept[:FINDINGS]
    ]
