"""Exports of the person who is signed in: asked for, on their way, taken."""

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from kam.lib.views import find, find_editable, wants_part

from . import services
from .models import Export

PAGE = 50


def _rows():
    return Export.objects.select_related("job", "author")


@require_GET
def export_list(request):
    page = Paginator(_rows().filter(author=request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "exports/list.html", {"page": page})


@require_POST
def export_create(request):
    of = request.POST.get("of", "")
    format = request.POST.get("format", "")
    if format not in Export.Format.values or not (of == "" or (of.isdecimal() and len(of) < 19)):
        return HttpResponseBadRequest()
    try:
        row = services.request(
            request.user,
            request.POST.get("list", ""),
            format,
            request.POST.get("query", ""),
            int(of) if of else None,
        )
    except services.OtherFormat:
        return HttpResponseBadRequest()
    return redirect("export_detail", pk=row.pk)


@require_GET
def export_detail(request, pk):
    row = find(Export, queryset=_rows(), pk=pk)
    template = "exports/_export.html" if wants_part(request) else "exports/detail.html"
    return render(request, template, {"row": row})


@require_GET
def export_file(request, pk):
    row = find(Export, queryset=_rows(), pk=pk)
    return FileResponse(
        services.take(row, request.user),
        as_attachment=True,
        filename=row.filename,
        content_type="application/octet-stream",
    )


@require_POST
def export_removal(request, pk):
    row = find_editable(Export, pk=pk)
    services.remove(row)
    return redirect("export_list")
