"""Where one is signed in, and ending that; for administrators that of others."""

from allauth.account.views import logout as allauth_sign_out
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.sign_in import ConfirmForm
from accounts.models import User
from accounts.services import sessions


@require_http_methods(["GET", "POST"])
def own_sessions(request):
    """A post ends one (``end``: its ref) or all others (``end``: "others")."""
    here = request.session.session_key
    posted = request.POST if request.method == "POST" else None
    form = ConfirmForm(posted, person=request.user)
    if posted is not None and form.is_valid():
        asked = request.POST.get("end", "")[:16]
        ref = "" if asked == "others" else asked
        if not asked:
            return redirect("own_sessions")
        ended = sessions.end(request.user, ref=ref, but=here)
        _say(request, ended)
        return redirect("own_sessions")
    context = {"sessions": sessions.opened(request.user, here), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/sessions.html", context, status=status)


@require_POST
def person_sessions_end(request, pk):
    """Sign somebody out everywhere; oneself everywhere else."""
    person = get_object_or_404(User, pk=pk)
    but = request.session.session_key if person == request.user else None
    _say(request, sessions.end(person, but=but))
    return redirect("person_edit", pk=pk)


@login_not_required
def sign_out(request):
    """Signs out, and what pages left in the browser goes along: its cache, drafts of notes."""
    response = allauth_sign_out(request)
    if not request.user.is_authenticated:
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _say(request, ended: int) -> None:
    if ended:
        said = ngettext("%(n)s session ended.", "%(n)s sessions ended.", ended) % {"n": ended}
        messages.success(request, said)
    else:
        messages.info(request, _("There was no other session."))
