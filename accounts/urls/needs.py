"""Needs, themes, initiatives, planned changes."""

from django.urls import path

from accounts.api import initiatives as initiatives_api
from accounts.api import invitations as invitations_api
from accounts.api import needs as needs_api
from accounts.api import outlook as outlook_api
from accounts.api import planned_changes as planned_changes_api
from accounts.views import initiatives, needs, planned_changes, themes

urlpatterns = [
    path("needs/", needs.need_list, name="need_list"),
    path("needs/next-orders/", needs.next_order_list, name="next_order_list"),
    path("needs/<int:pk>/", needs.need_detail, name="need_detail"),
    path("needs/<int:pk>/edit/", needs.need_edit, name="need_edit"),
    path("clients/<int:pk>/needs/", needs.client_needs, name="client_needs"),
    path("clients/<int:pk>/needs/new/", needs.need_create, name="need_create"),
    path("clients/<int:pk>/needs/from-gap/", needs.need_from_gap, name="need_from_gap"),
    path("initiatives/", initiatives.initiative_list, name="initiative_list"),
    path("initiatives/new/", initiatives.initiative_create, name="initiative_create"),
    path("initiatives/<int:pk>/", initiatives.initiative_detail, name="initiative_detail"),
    path("initiatives/<int:pk>/edit/", initiatives.initiative_edit, name="initiative_edit"),
    path(
        "initiatives/<int:pk>/candidates/",
        initiatives.initiative_candidates,
        name="initiative_candidates",
    ),
    path(
        "clients/<int:pk>/invitations/new/",
        initiatives.invitation_create,
        name="invitation_create",
    ),
    path("invitations/<int:pk>/", initiatives.invitation_detail, name="invitation_detail"),
    path("planned-changes/", planned_changes.planned_change_list, name="planned_change_list"),
    path(
        "planned-changes/new/",
        planned_changes.planned_change_create,
        name="planned_change_create",
    ),
    path(
        "planned-changes/<int:pk>/",
        planned_changes.planned_change_detail,
        name="planned_change_detail",
    ),
    path(
        "planned-changes/<int:pk>/edit/",
        planned_changes.planned_change_edit,
        name="planned_change_edit",
    ),
    path(
        "touched-clients/<int:pk>/",
        planned_changes.touched_client_detail,
        name="touched_client_detail",
    ),
    path("themes/", themes.theme_list, name="theme_list"),
    path("themes/new/", themes.theme_create, name="theme_create"),
    path("themes/<int:pk>/", themes.theme_detail, name="theme_detail"),
    path("themes/<int:pk>/edit/", themes.theme_edit, name="theme_edit"),
    path("themes/<int:pk>/merging/", themes.theme_merging, name="theme_merging"),
]

api_urlpatterns = [
    path("needs/", needs_api.NeedList.as_view(), name="need-list"),
    path("needs/<int:pk>/", needs_api.NeedDetail.as_view(), name="need-detail"),
    path("needs/<int:pk>/steps/", needs_api.NeedSteps.as_view(), name="need-steps"),
    path("next-orders/", outlook_api.NextOrderList.as_view(), name="next-order-list"),
    path("clients/<int:pk>/outlook/", outlook_api.ClientOutlook.as_view(), name="client-outlook"),
    path(
        "clients/<int:pk>/needs-from-gaps/",
        outlook_api.NeedFromGap.as_view(),
        name="client-need-from-gap",
    ),
    path("initiatives/", initiatives_api.InitiativeList.as_view(), name="initiative-list"),
    path(
        "initiatives/<int:pk>/",
        initiatives_api.InitiativeDetail.as_view(),
        name="initiative-detail",
    ),
    path(
        "initiatives/<int:pk>/steps/",
        initiatives_api.InitiativeSteps.as_view(),
        name="initiative-steps",
    ),
    path(
        "initiatives/<int:pk>/candidates/",
        initiatives_api.InitiativeCandidates.as_view(),
        name="initiative-candidates",
    ),
    path(
        "initiatives/<int:pk>/effect/",
        initiatives_api.InitiativeEffect.as_view(),
        name="initiative-effect",
    ),
    path("invitations/", invitations_api.InvitationList.as_view(), name="invitation-list"),
    path(
        "invitations/<int:pk>/",
        invitations_api.InvitationDetail.as_view(),
        name="invitation-detail",
    ),
    path(
        "planned-changes/",
        planned_changes_api.PlannedChangeList.as_view(),
        name="planned-change-list",
    ),
    path(
        "planned-changes/<int:pk>/",
        planned_changes_api.PlannedChangeDetail.as_view(),
        name="planned-change-detail",
    ),
    path(
        "planned-changes/<int:pk>/settlement/",
        planned_changes_api.PlannedChangeSettlement.as_view(),
        name="planned-change-settlement",
    ),
    path(
        "planned-changes/<int:pk>/clients/",
        planned_changes_api.PlannedChangeClients.as_view(),
        name="planned-change-clients",
    ),
    path(
        "touched-clients/",
        planned_changes_api.TouchedClientList.as_view(),
        name="touched-client-list",
    ),
    path(
        "touched-clients/<int:pk>/",
        planned_changes_api.TouchedClientDetail.as_view(),
        name="touched-client-detail",
    ),
    path("themes/", needs_api.ThemeList.as_view(), name="theme-list"),
    path("themes/<int:pk>/", needs_api.ThemeDetail.as_view(), name="theme-detail"),
    path("themes/<int:pk>/merging/", needs_api.ThemeMerging.as_view(), name="theme-merging"),
]
