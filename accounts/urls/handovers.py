"""Handovers and substitutions."""

from django.urls import path

from accounts.api import handovers as api
from accounts.views import handovers, substitutions

urlpatterns = [
    path("handovers/", handovers.handover_list, name="handover_list"),
    path("handovers/new/", handovers.handover_create, name="handover_create"),
    path("handovers/<int:pk>/", handovers.handover_detail, name="handover_detail"),
    path("handovers/<int:pk>/edit/", handovers.handover_edit, name="handover_edit"),
    path("handovers/<int:pk>/sheet/", handovers.handover_pack, name="handover_pack"),
    path("substitutions/new/", substitutions.substitution_create, name="substitution_create"),
    path("substitutions/<int:pk>/", substitutions.substitution_edit, name="substitution_edit"),
    path("substitutions/<int:pk>/end/", substitutions.substitution_end, name="substitution_end"),
]

api_urlpatterns = [
    path("handovers/", api.HandoverList.as_view(), name="handover-list"),
    path("handovers/<int:pk>/", api.HandoverDetail.as_view(), name="handover-detail"),
    path(
        "handovers/<int:pk>/cancellation/",
        api.HandoverCancellation.as_view(),
        name="handover-cancellation",
    ),
    path("handover-steps/<int:pk>/", api.HandoverStepDetail.as_view(), name="handover-step"),
    path("substitutions/", api.SubstitutionList.as_view(), name="substitution-list"),
    path("substitutions/<int:pk>/", api.SubstitutionDetail.as_view(), name="substitution-detail"),
]
