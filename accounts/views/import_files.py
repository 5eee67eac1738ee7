"""Bringing a file in: drop it, see how it is read, see what it would change, load it."""

import io

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.import_files import BringForm, ReadForm
from accounts.importing import Issue, Refused
from accounts.models import ImportFile
from accounts.selectors.imports import sources
from accounts.services import import_files
from accounts.services.importing.messages import text
from kam.audit.services import record
from kam.lib.navigation import may
from kam.lib.views import find, find_editable, wants_part

from .home import first_hour_of
from .imports import ENTITIES

FINDINGS = 100
READ = ("encoding", "delimiter", "sheet", "decimal", "dates")
TOTALS = {
    "invoices": gettext_lazy("Invoices"),
    "credit_notes": gettext_lazy("Credit notes"),
    "orders": gettext_lazy("Orders"),
    "payment_requests": gettext_lazy("Payment requests"),
    "net": gettext_lazy("Revenue without VAT, less credit notes"),
    "vat": gettext_lazy("VAT"),
    "gross": gettext_lazy("Revenue with VAT, less credit notes"),
    "credits": gettext_lazy("Credit notes, amount"),
    "payments": gettext_lazy("Payments"),
    "amount": gettext_lazy("Amount of payments"),
}
COUNTED = ("invoices", "credit_notes", "orders", "payment_requests", "payments")


@require_http_methods(["GET", "POST"])
def import_file_create(request):
    form = BringForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = import_files.keep(
                form.cleaned_data["file"], request.user, form.cleaned_data["source"]
            )
        except Refused as refusal:
            form.add_error("file", _words(refusal.issue))
        except ValidationError as error:
            form.add_error("file", error)
        else:
            return redirect("import_file", pk=row.pk)
    context = {"form": form, "sources": sources()}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/import_file_create.html", context, status=status)


def _found(pk) -> ImportFile:
    rows = ImportFile.objects.select_related("job", "batch", "brought_by")
    return find(ImportFile, queryset=rows, pk=pk)


@require_http_methods(["GET", "POST"])
def import_file(request, pk):
    """The file as it is read now.  A part answers what other choices would make of it and stores
    nothing; a post keeps the choices and asks for the check."""
    row = _found(pk)
    if request.method == "POST":
        find_editable(ImportFile, pk=pk)
        return _decide(request, row)
    if wants_part(request) and request.htmx.target == "reading":
        context = _reading(row, request.GET)
        return render(request, "accounts/_import_file_reading.html", context)
    context = {"row": row, "may_load": may(request.user, "import_file_load", "POST")}
    if wants_part(request):
        answer = render(request, "accounts/_import_file_working.html", context)
        if not row.is_busy:
            answer["HX-Refresh"] = "true"
        return answer
    if row.is_open:
        context |= _reading(row, None)
    context |= _preview(row) | {"sources": sources(), "first_hour": first_hour_of(request.user)}
    return render(request, "accounts/import_file.html", context)


def _reading(row: ImportFile, asked) -> dict:
    """How the file is read: as decided, or as ``asked`` in a query."""
    options, kind, initial = row.options, row.kind, {}
    if asked is not None:
        kind = asked.get("kind") if asked.get("kind") in dict(_KINDS) else row.kind
        # Names of columns hold for a kind; another one is guessed anew.
        kept = row.options.get("map", {}) if kind == row.kind else {}
        options = {"map": kept} | {name: asked.get(name, "") for name in READ}
        initial = {name: asked.get(name, "") for name in ("vat", "vat_rate", "history")}
    else:
        vat, _colon, rate = (row.options.get("vat") or "").partition(":")
        history = {True: "yes", False: "no"}.get(row.history, "")
        initial = {"vat": vat, "vat_rate": rate, "history": history}
    try:
        found = import_files.look(row, kind, options)
    except Refused as refusal:
        return {"row": row, "problems": [_words(refusal.issue)]}
    form = ReadForm(
        found=found,
        initial={
            **{name: options.get(name, "") for name in READ},
            **initial,
            "kind": kind,
            "source": asked.get("source", row.source) if asked is not None else row.source,
        },
    )
    return {"row": row, "found": found, "form": form, "problems": _problems(found.problems)}


_KINDS = ImportFile._meta.get_field("kind").choices


def _problems(issues: tuple[Issue, ...]) -> list[str]:
    return [_words(issue) for issue in issues]


def _decide(request, row: ImportFile):
    kind = request.POST.get("kind", "")
    try:
        if not row.is_open:
            raise import_files.Settled
        options = {name: request.POST.get(name, "") for name in ("encoding", "delimiter", "sheet")}
        kept = row.options.get("map", {}) if kind == row.kind else {}
        found = import_files.look(
            row, kind if kind in dict(_KINDS) else "", options | {"map": kept}
        )
        form = ReadForm(request.POST, found=found)
        if form.is_valid():
            decided = form.options()
            decided["map"] = kept | decided["map"]
            row = import_files.decide(
                row, kind=kind, source=form.cleaned_data["source"].strip() or "default",
                options=decided, history=form.known_as_history(),
            )  # fmt: skip
            import_files.request_check(row, request.user)
            return redirect("import_file", pk=row.pk)
    except Refused as refusal:
        messages.error(request, _words(refusal.issue))
        return redirect("import_file", pk=row.pk)
    except import_files.Settled:
        messages.error(request, _("This file is being worked on, or is in already."))
        return redirect("import_file", pk=row.pk)
    context = {
        "row": row, "found": found, "form": form, "problems": _problems(found.problems),
        "may_load": True, "sources": sources(), **_preview(row),
    }  # fmt: skip
    return render(request, "accounts/import_file.html", context, status=422)


def _preview(row: ImportFile) -> dict:
    """What the check found, for people: counts, findings, whether anything can be loaded."""
    report = row.preview
    if report is None:
        return {}
    found = report.get("found", {})
    language = get_language() or ""
    return {
        "report": report,
        "counts": [
            (label, report[name])
            for name, label in ENTITIES.items()
            if name in report and any(report[name].values())
        ],
        "totals": totals(report.get("totals", {})),
        "errors": [_finding(each, language) for each in report.get("errors", [])[:FINDINGS]],
        "errors_found": found.get("errors", 0),
        "refused_rows": import_files.has_refused_rows(row),
        "warnings": [_finding(each, language) for each in report.get("warnings", [])[:FINDINGS]],
        "warnings_found": found.get("warnings", 0),
        "quarantined": report.get("quarantined", {}),
        "nothing": report.get("accepted") == "reject",
    }


def totals(found: dict) -> list[tuple[object, object, int]]:
    """Sums of what the rows say, to be held against the other system: label, value, decimals."""
    return [
        (label, found[name], 0 if name in COUNTED else 2)
        for name, label in TOTALS.items()
        if str(found.get(name, 0)).strip("0.") not in ("", "-")
    ]


def _finding(finding: dict, language: str) -> dict:
    issue = Issue(None, None, finding["code"], finding.get("params", {}))
    said = text(issue, language, page=True)
    return {"row": finding["row"], "column": finding["column"], "message": said}


def _words(issue: Issue) -> str:
    return text(issue, get_language() or "", page=True)


@require_POST
def import_file_check(request, pk):
    return _ask(request, pk, import_files.request_check)


@require_POST
def import_file_load(request, pk):
    whole = request.POST.get("whole") == "yes"
    return _ask(
        request, pk, lambda row, person: import_files.request_load(row, person, partial=not whole)
    )


@require_POST
def import_file_aside(request, pk):
    row = find_editable(ImportFile, pk=pk)
    try:
        import_files.put_aside(row)
    except import_files.Settled:
        messages.error(request, _("This file is being worked on, or is in already."))
        return redirect("import_file", pk=pk)
    messages.success(request, _("The file is put aside and removed."))
    return redirect("import_list")


def _ask(request, pk, request_job):
    row = find_editable(ImportFile, pk=pk)
    try:
        request_job(row, request.user)
    except import_files.Settled:
        messages.error(request, _("This file is being worked on, or is in already."))
    return redirect("import_file", pk=pk)


@require_GET
def import_file_content(request, pk):
    """The original as it came."""
    row = _found(pk)
    if not row.file:
        raise Http404
    record("import.download", object=row, details={"sha256": row.sha256})
    return FileResponse(
        row.file.open("rb"), as_attachment=True, filename=row.name,
        content_type="application/octet-stream",
    )  # fmt: skip


@require_GET
def import_file_findings(request, pk):
    """The refused rows as they stand, with the reason in a last column, to correct and bring in
    again."""
    row = _found(pk)
    if not row.file or not import_files.has_refused_rows(row):
        raise Http404
    out = io.StringIO(newline="")
    import_files.write_findings(row, out, get_language() or "")
    record("import.findings", object=row, details={"sha256": row.sha256})
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="refused-{row.pk}.csv"'
    return answer
