"""Many rows in one call."""

from django.urls import path

from accounts.api import bulk as bulk_api

api_urlpatterns = [
    *(
        path(
            f"{kind}/bulk/", bulk_api.bulk_of(kind).as_view(), name=f"{kind.removesuffix('s')}-bulk"
        )
        for kind in ("clients", "contacts", "documents", "payments", "interactions", "ratings")
    ),
    path("bulk/", bulk_api.BulkList.as_view(), name="bulk-list"),
    path("bulk/<int:pk>/", bulk_api.BulkDetail.as_view(), name="bulk-detail"),
    path("bulk/<int:pk>/rows/", bulk_api.BulkRows.as_view(), name="bulk-rows"),
]
