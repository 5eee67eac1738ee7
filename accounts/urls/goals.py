"""Goals, standing and candidacy."""

from django.urls import path

from accounts.api import goal_progress as goal_progress_api
from accounts.api import goals as goals_api
from accounts.views import goal_progress, goals

urlpatterns = [
    path("clients/<int:pk>/standing/", goals.client_standing, name="client_standing"),
    path("clients/<int:pk>/candidacy/", goals.client_candidacy, name="client_candidacy"),
    path("clients/<int:pk>/goals/new/", goals.goal_create, name="goal_create"),
    path("goals/", goal_progress.goal_list, name="goal_list"),
    path("goals/<int:pk>/progress/", goal_progress.goal_detail, name="goal_detail"),
    path("goals/programme/<int:year>/", goal_progress.programme_goal, name="goal_programme"),
    path("goals/<int:pk>/", goals.goal_edit, name="goal_edit"),
]

api_urlpatterns = [
    path(
        "clients/<int:pk>/candidacy/", goals_api.ClientCandidacy.as_view(), name="client-candidacy"
    ),
    path("goals/", goals_api.GoalList.as_view(), name="goal-list"),
    path("goals/<int:pk>/", goals_api.GoalDetail.as_view(), name="goal-detail"),
    path(
        "goals/<int:pk>/progress/",
        goal_progress_api.GoalProgress.as_view(),
        name="goal-progress",
    ),
    path(
        "goals/<int:pk>/readings/",
        goal_progress_api.GoalReadings.as_view(),
        name="goal-readings",
    ),
    path("goal-rolls/", goal_progress_api.GoalRolls.as_view(), name="goal-rolls"),
    path(
        "programme-goals/",
        goal_progress_api.ProgrammeGoalList.as_view(),
        name="programme-goal-list",
    ),
    path(
        "programme-goals/<int:pk>/",
        goal_progress_api.ProgrammeGoalDetail.as_view(),
        name="programme-goal-detail",
    ),
    path("standings/", goals_api.StandingList.as_view(), name="standing-list"),
]
