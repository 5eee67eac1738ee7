"""The page about backups, and letting out what is held back."""

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from kam.jobs import holding
from kam.jobs.registry import title_of
from kam.jobs.services import enqueue
from kam.lib.navigation import may

from .models import Backup
from .selectors import SHOWN, standing
from .tasks import MAKE


@require_GET
def backup_list(request):
    """Whether there is a good backup, the attempts so far, and what is held back."""
    held = holding.held()
    context = {
        "standing": standing(),
        "backups": Backup.objects.all()[:SHOWN],
        "folder": settings.BACKUP_FOLDER,
        "keep_days": settings.BACKUP_KEEP_DAYS,
        "encrypted": bool(settings.BACKUP_RECIPIENT),
        "held": held,
        "waiting": [(title_of(kind), n) for kind, n in sorted(holding.waiting().items())]
        if held
        else [],
        "editable": may(request.user, "backup_now", "POST"),
    }
    return render(request, "backup/list.html", context)


@require_POST
def backup_now(request):
    if not settings.BACKUP_FOLDER:
        messages.error(request, _("Set BACKUP_FOLDER first: where should it go?"))
        return redirect("backup_list")
    with transaction.atomic():
        job = enqueue(MAKE, actor=request.user, unique=MAKE)
    return redirect("job_detail", pk=job.pk)


@require_POST
def outgoing_release(request):
    """Let out what is held back, or drop it."""
    drop = request.POST.get("act") == "drop"
    count = holding.release(drop=drop)
    if drop:
        said = ngettext("%(n)s job was dropped.", "%(n)s jobs were dropped.", count)
    else:
        said = ngettext("%(n)s job goes out now.", "%(n)s jobs go out now.", count)
    messages.success(request, said % {"n": count})
    return redirect("backup_list")
