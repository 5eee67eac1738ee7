"""Problems, signals, health of relationships and quality of data."""

from django.urls import path

from accounts.api import problems as problems_api
from accounts.api import radar as radar_api
from accounts.views import problems, radar

urlpatterns = [
    path("problems/", problems.problem_list, name="problem_list"),
    path("problems/<int:pk>/", problems.problem_detail, name="problem_detail"),
    path("problems/<int:pk>/edit/", problems.problem_edit, name="problem_edit"),
    path("problem-steps/<int:pk>/", problems.problem_step, name="problem_step"),
    path("clients/<int:pk>/problems/", problems.client_problems, name="client_problems"),
    path("clients/<int:pk>/problems/new/", problems.problem_create, name="problem_create"),
    path("clients/<int:pk>/health/", radar.client_health, name="client_health"),
    path("signals/", radar.signal_list, name="signal_list"),
    path("signals/<int:pk>/", radar.signal_detail, name="signal_detail"),
    path("data-quality/", radar.data_quality, name="data_quality"),
    path("settings/radar/", radar.radar_settings, name="radar_settings"),
]

api_urlpatterns = [
    path("problems/", problems_api.ProblemList.as_view(), name="problem-list"),
    path("problems/<int:pk>/", problems_api.ProblemDetail.as_view(), name="problem-detail"),
    path("problems/<int:pk>/steps/", problems_api.ProblemSteps.as_view(), name="problem-steps"),
    path(
        "problems/<int:pk>/closing/", problems_api.ProblemClosing.as_view(), name="problem-closing"
    ),
    path(
        "problems/<int:pk>/reopening/",
        problems_api.ProblemReopening.as_view(),
        name="problem-reopening",
    ),
    path(
        "problem-steps/<int:pk>/",
        problems_api.ProblemStepDetail.as_view(),
        name="problem-step-detail",
    ),
    path("signals/", radar_api.SignalList.as_view(), name="signal-list"),
    path("signals/<int:pk>/", radar_api.SignalDetail.as_view(), name="signal-detail"),
    path("signals/<int:pk>/problem/", radar_api.SignalProblem.as_view(), name="signal-problem"),
    path(
        "signals/<int:pk>/dismissal/", radar_api.SignalDismissal.as_view(), name="signal-dismissal"
    ),
    path("signals/<int:pk>/snooze/", radar_api.SignalSnooze.as_view(), name="signal-snooze"),
    path("clients/<int:pk>/health/", radar_api.ClientHealth.as_view(), name="client-health"),
    path("data-quality/", radar_api.DataQuality.as_view(), name="data-quality"),
    path("radar-settings/", radar_api.RadarRules.as_view(), name="radar-settings"),
]
