"""The whole URL map on one screen.  A route needs a row in :mod:`kam.policy`."""

from allauth.account import views as sign_in
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from kam.jobs import api as jobs_api
from kam.jobs import views as jobs
from kam.lib import gallery, preferences


@login_not_required
def health_live(request):
    """Answers as long as the process serves requests; touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


router = SimpleRouter()
router.register("jobs", jobs_api.JobViewSet, basename="job")

api = ([*router.urls], "api")

urlpatterns = [
    path("health/live", health_live, name="health_live"),
    # sign-in/: of allauth's routes only those that people need here
    path("sign-in/", sign_in.login, name="account_login"),
    path("sign-in/end/", sign_in.logout, name="account_logout"),
    path("sign-in/inactive/", sign_in.account_inactive, name="account_inactive"),
    path("sign-in/password/", sign_in.password_reset, name="account_reset_password"),
    path("sign-in/password/sent/", sign_in.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^sign-in/password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        sign_in.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "sign-in/password/changed/",
        sign_in.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    # what every person has
    path("preferences/", preferences.preferences, name="preferences"),
    path("components/", gallery.component_gallery, name="component_gallery"),
    path("components/echo/", gallery.component_echo, name="component_echo"),
    # jobs/
    path("jobs/", jobs.job_list, name="job_list"),
    path("jobs/badge/", jobs.job_badge, name="job_badge"),
    path("jobs/<int:pk>/", jobs.job_detail, name="job_detail"),
    path("jobs/<int:pk>/cancellation/", jobs.job_cancellation, name="job_cancellation"),
    path("api/v1/", include(api)),
]
