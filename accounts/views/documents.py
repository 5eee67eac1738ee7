"""Documents of a client, and one document with its lines, payments and versions."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import Document
from accounts.selectors import documents as selectors
from accounts.selectors import ledger
from kam.lib.periods import today
from kam.lib.views import find, wants_part

from .clients import _found, head


@require_GET
def client_documents(request, pk):
    client = _found(pk)
    day = today()
    kind = request.GET.get("type", "")
    page = selectors.page(
        ledger.legal_entities(client, day),
        day,
        kind=kind if kind in (*Document.Type.values, "unpaid") else "",
        after=request.GET.get("after", ""),
    )
    context = {"client": client, "slice": page, "types": Document.Type.choices, "day": day}
    if wants_part(request):
        return render(request, "accounts/clients/_documents.html", context)
    return render(request, "accounts/clients/documents.html", context | head(client))


@require_GET
def document_detail(request, pk):
    document = find(
        Document,
        queryset=Document.objects.select_related("client", "organisation", "batch"),
        pk=pk,
    )
    context = {
        "document": document,
        "lines": selectors.lines(document),
        "allocations": ledger.allocations(document, today()),
        "credits": selectors.credited(document, today()),
        "versions": selectors.versions(document),
        "day": today(),
    }
    part = "_document" if wants_part(request) else "document"
    return render(request, f"accounts/clients/{part}.html", context)
