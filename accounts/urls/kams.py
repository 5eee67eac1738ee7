"""KAMs, skills, onboarding, closing a year."""

from django.urls import path

from accounts.api import kams as kams_api
from accounts.api import onboarding as onboarding_api
from accounts.api import year_closing as year_closing_api
from accounts.views import kams, onboarding, year_closing

urlpatterns = [
    path("kams/", kams.kam_list, name="kam_list"),
    path("kams/skills/", kams.kam_skills, name="kam_skills"),
    path("kams/<int:pk>/", kams.kam_detail, name="kam_detail"),
    path("kams/<int:pk>/ratings/new/", kams.kam_rating, name="kam_rating"),
    path("kams/<int:pk>/capacity/", kams.kam_capacity, name="kam_capacity"),
    path("kams/<int:pk>/onboarding/new/", onboarding.onboarding_create, name="onboarding_create"),
    path("onboardings/", onboarding.onboarding_list, name="onboarding_list"),
    path("onboardings/<int:pk>/", onboarding.onboarding_detail, name="onboarding_detail"),
    path("onboarding-steps/<int:pk>/", onboarding.onboarding_step, name="onboarding_step"),
    path(
        "onboarding-templates/",
        onboarding.onboarding_template_list,
        name="onboarding_template_list",
    ),
    path(
        "onboarding-templates/new/",
        onboarding.onboarding_template_create,
        name="onboarding_template_create",
    ),
    path(
        "onboarding-templates/<int:pk>/",
        onboarding.onboarding_template_edit,
        name="onboarding_template_edit",
    ),
    path("years/", year_closing.year_close_list, name="year_close_list"),
    path("years/new/", year_closing.year_close_create, name="year_close_create"),
    path("years/<int:pk>/", year_closing.year_close_detail, name="year_close_detail"),
    path("years/<int:pk>/undo/", year_closing.year_close_undo, name="year_close_undo"),
    path("skills/", kams.skill_list, name="skill_list"),
    path("skills/new/", kams.skill_create, name="skill_create"),
    path("skills/<int:pk>/", kams.skill_edit, name="skill_edit"),
]

api_urlpatterns = [
    path("kams/", kams_api.KamList.as_view(), name="kam-list"),
    path("kams/both-roles/", kams_api.BothRolesList.as_view(), name="kam-both-roles"),
    path("kams/hiring/", kams_api.KamHiring.as_view(), name="kam-hiring"),
    path("kams/<int:pk>/", kams_api.KamDetail.as_view(), name="kam-detail"),
    path("kams/<int:pk>/ratings/", kams_api.KamRatings.as_view(), name="kam-ratings"),
    path("kams/<int:pk>/capacity/", kams_api.KamCapacity.as_view(), name="kam-capacity"),
    path("onboardings/", onboarding_api.OnboardingList.as_view(), name="onboarding-list"),
    path(
        "onboardings/<int:pk>/",
        onboarding_api.OnboardingDetail.as_view(),
        name="onboarding-detail",
    ),
    path(
        "onboardings/<int:pk>/ending/",
        onboarding_api.OnboardingEnding.as_view(),
        name="onboarding-ending",
    ),
    path(
        "onboarding-steps/<int:pk>/",
        onboarding_api.OnboardingStepDetail.as_view(),
        name="onboarding-step",
    ),
    path(
        "onboarding-templates/",
        onboarding_api.OnboardingTemplateList.as_view(),
        name="onboarding-template-list",
    ),
    path(
        "onboarding-templates/<int:pk>/",
        onboarding_api.OnboardingTemplateDetail.as_view(),
        name="onboarding-template-detail",
    ),
    path("years/", year_closing_api.YearCloseList.as_view(), name="year-close-list"),
    path("years/<int:pk>/", year_closing_api.YearCloseDetail.as_view(), name="year-close-detail"),
    path("years/<int:pk>/undo/", year_closing_api.YearCloseUndo.as_view(), name="year-close-undo"),
    path("skills/", kams_api.SkillList.as_view(), name="skill-list"),
    path("skills/<int:pk>/", kams_api.SkillDetail.as_view(), name="skill-detail"),
]
