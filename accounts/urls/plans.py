"""Account plans and their templates."""

from django.urls import path

from accounts.api import plan_templates as plan_templates_api
from accounts.api import plans as plans_api
from accounts.views import plan_templates, plan_work, plans

urlpatterns = [
    path("plans/", plans.plan_list, name="plan_list"),
    path("plans/<int:pk>/", plans.plan_detail, name="plan_detail"),
    path("plans/<int:pk>/edit/", plans.plan_edit, name="plan_edit"),
    path("plans/<int:pk>/decision/", plans.plan_decision, name="plan_decision"),
    path("plans/<int:pk>/changes/", plans.plan_changes, name="plan_changes"),
    path("plan-visits/", plans.plan_visit, name="plan_visit"),
    path("plan-templates/", plan_templates.plan_template_list, name="plan_template_list"),
    path("plan-templates/new/", plan_templates.plan_template_create, name="plan_template_create"),
    path("plan-templates/<int:pk>/", plan_templates.plan_template_edit, name="plan_template_edit"),
    path("plan-versions/<int:pk>/", plans.plan_version, name="plan_version"),
    path("plan-sections/<int:pk>/", plan_work.plan_section_edit, name="plan_section_edit"),
    path(
        "plan-sections/<int:pk>/actions/new/",
        plan_work.plan_action_create,
        name="plan_action_create",
    ),
    path("plan-actions/<int:pk>/", plan_work.plan_action, name="plan_action"),
    path("plan-actions/<int:pk>/edit/", plan_work.plan_action_edit, name="plan_action_edit"),
    path(
        "plans/<int:pk>/participants/new/",
        plan_work.plan_participant_create,
        name="plan_participant_create",
    ),
    path(
        "plan-participants/<int:pk>/",
        plan_work.plan_participant_edit,
        name="plan_participant_edit",
    ),
    path(
        "plan-participants/<int:pk>/acknowledgement/",
        plan_work.plan_acknowledgement,
        name="plan_acknowledgement",
    ),
    path("clients/<int:pk>/plans/", plans.client_plans, name="client_plans"),
    path("clients/<int:pk>/plans/new/", plans.plan_create, name="plan_create"),
]

api_urlpatterns = [
    path("plans/", plans_api.PlanList.as_view(), name="plan-list"),
    path("plans/<int:pk>/", plans_api.PlanDetail.as_view(), name="plan-detail"),
    path("plans/<int:pk>/decision/", plans_api.PlanDecision.as_view(), name="plan-decision"),
    path("plans/<int:pk>/versions/", plans_api.PlanVersions.as_view(), name="plan-versions"),
    path(
        "plans/<int:pk>/participants/",
        plans_api.PlanParticipants.as_view(),
        name="plan-participants",
    ),
    path(
        "plan-participants/<int:pk>/",
        plans_api.PlanParticipantDetail.as_view(),
        name="plan-participant-detail",
    ),
    path(
        "plan-participants/<int:pk>/acknowledgement/",
        plans_api.PlanAcknowledgement.as_view(),
        name="plan-acknowledgement",
    ),
    path(
        "plan-sections/<int:pk>/",
        plans_api.PlanSectionDetail.as_view(),
        name="plan-section-detail",
    ),
    path("plans/<int:pk>/changes/", plan_templates_api.PlanChanges.as_view(), name="plan-changes"),
    path(
        "plan-templates/",
        plan_templates_api.PlanTemplateList.as_view(),
        name="plan-template-list",
    ),
    path(
        "plan-templates/<int:pk>/",
        plan_templates_api.PlanTemplateDetail.as_view(),
        name="plan-template-detail",
    ),
    path("plan-actions/", plans_api.PlanActionList.as_view(), name="plan-action-list"),
    path(
        "plan-actions/<int:pk>/",
        plans_api.PlanActionDetail.as_view(),
        name="plan-action-detail",
    ),
    path(
        "plan-actions/<int:pk>/settlement/",
        plans_api.PlanActionSettlement.as_view(),
        name="plan-action-settlement",
    ),
]
