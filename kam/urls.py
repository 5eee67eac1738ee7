"""The whole URL map on one screen.  A route needs a row in :mod:`kam.policy`."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import include, path
from rest_framework.routers import SimpleRouter

from kam.jobs import api as jobs_api
from kam.jobs import views as jobs


@login_not_required
def health_live(request):
    """Answers as long as the process serves requests; touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


router = SimpleRouter()
router.register("jobs", jobs_api.JobViewSet, basename="job")

api = ([*router.urls], "api")

urlpatterns = [
    path("health/live", health_live, name="health_live"),
    path("sign-in/", include("allauth.account.urls")),
    # jobs/
    path("jobs/", jobs.job_list, name="job_list"),
    path("jobs/badge/", jobs.job_badge, name="job_badge"),
    path("jobs/<int:pk>/", jobs.job_detail, name="job_detail"),
    path("jobs/<int:pk>/cancellation/", jobs.job_cancellation, name="job_cancellation"),
    path("api/v1/", include(api)),
]
