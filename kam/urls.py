"""The whole URL map on one screen.  A route needs a row in :mod:`kam.policy`."""

from django.http import HttpResponse
from django.urls import include, path
from django.contrib.auth.decorators import login_not_required


@login_not_required
def health_live(request):
    """Answers as long as the process serves requests; touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [
    path("health/live", health_live, name="health_live"),
    path("sign-in/", include("allauth.account.urls")),
]
