"""The bin."""

from django.urls import path

from accounts.api import removals as removals_api
from accounts.views import removals

urlpatterns = [
    path("removed/", removals.removal_list, name="removal_list"),
    path("removed/<int:pk>/restoration/", removals.removal_restoration, name="removal_restoration"),
    path("removed/<int:pk>/destruction/", removals.removal_destruction, name="removal_destruction"),
    *(
        path(
            f"{place}/<int:pk>/removal/",
            removals.removal,
            {"noun": noun},
            name=f"{removals.page_of(noun)}_removal",
        )
        for noun, place in removals.PLACES.items()
    ),
]

api_urlpatterns = [
    path("removals/", removals_api.RemovalList.as_view(), name="removal-list"),
    path("removals/<int:pk>/", removals_api.RemovalDetail.as_view(), name="removal-detail"),
    path(
        "removals/<int:pk>/restoration/",
        removals_api.RemovalRestoration.as_view(),
        name="removal-restoration",
    ),
]
