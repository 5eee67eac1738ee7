"""The jobs page: each person sees their own, the administrator all."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kam.lib.views import find, find_editable, wants_part

from .models import Job
from .services import cancel

PAGE = 50


@require_GET
def job_list(request):
    jobs = Job.objects.select_related("actor")
    page = Paginator(jobs, PAGE).get_page(request.GET.get("page"))
    template = "jobs/_table.html" if wants_part(request) else "jobs/list.html"
    return render(request, template, {"page": page, "any_open": any(j.is_open for j in page)})


@require_GET
def job_detail(request, pk):
    job = find(Job, queryset=Job.objects.select_related("actor"), pk=pk)
    template = "jobs/_detail.html" if wants_part(request) else "jobs/detail.html"
    return render(request, template, {"job": job})


@require_GET
def job_badge(request):
    """How many jobs of this person are under way: a fragment of the top bar."""
    open_jobs = Job.objects.filter(status__in=Job.OPEN).count()
    return render(request, "jobs/_badge.html", {"open_jobs": open_jobs})


@require_POST
def job_cancellation(request, pk):
    job = find_editable(Job, pk=pk)
    cancel(job)
    messages.success(request, _("The job has been asked to stop."))
    return redirect("job_detail", pk=pk)
