"""Home, clients, their documents and potential; what other systems name by their own numbers."""

from django.urls import path

from accounts.api import clients as api
from accounts.api import external as external_api
from accounts.api import potential as potential_api
from accounts.views import clients, documents, home, home_parts, potential

urlpatterns = [
    path("", home.home, name="home"),
    path("today/clients/", home_parts.home_clients, name="home_clients"),
    path("today/changes/", home_parts.home_changes, name="home_changes"),
    path("today/coming/", home_parts.home_coming, name="home_coming"),
    path("clients/", clients.client_list, name="client_list"),
    path("clients/suggestions/", clients.client_suggestions, name="client_suggestions"),
    path("clients/new/", clients.client_create, name="client_create"),
    path("clients/<int:pk>/", clients.client_detail, name="client_detail"),
    path("clients/<int:pk>/edit/", clients.client_edit, name="client_edit"),
    path("clients/<int:pk>/group/", clients.client_group, name="client_group"),
    path("clients/<int:pk>/timeline/", clients.client_timeline, name="client_timeline"),
    path("clients/<int:pk>/potential/", potential.client_potential, name="client_potential"),
    path("clients/<int:pk>/wallets/new/", potential.wallet_create, name="wallet_create"),
    path("clients/<int:pk>/documents/", documents.client_documents, name="client_documents"),
    path("documents/<int:pk>/", documents.document_detail, name="document_detail"),
]

api_urlpatterns = [
    path(
        "clients/by-external/<str:source>/<path:external_id>/",
        external_api.ClientByExternal.as_view(),
        name="client-external",
    ),
    path(
        "documents/by-external/<str:source>/<path:external_id>/",
        external_api.DocumentByExternal.as_view(),
        name="document-external",
    ),
    path(
        "payments/by-external/<str:source>/<path:external_id>/",
        external_api.PaymentByExternal.as_view(),
        name="payment-external",
    ),
    path("payments/", external_api.PaymentList.as_view(), name="payment-list"),
    path("clients/", api.ClientList.as_view(), name="client-list"),
    path("clients/<int:pk>/", api.ClientDetail.as_view(), name="client-detail"),
    path(
        "clients/<int:pk>/potential/",
        potential_api.ClientPotential.as_view(),
        name="client-potential",
    ),
    path("clients/<int:pk>/wallets/", potential_api.WalletList.as_view(), name="wallet-list"),
    path("interactions/", api.InteractionList.as_view(), name="interaction-list"),
    path("interactions/<int:pk>/", api.InteractionDetail.as_view(), name="interaction-detail"),
    path("documents/", api.DocumentList.as_view(), name="document-list"),
    path("documents/<int:pk>/", api.DocumentDetail.as_view(), name="document-detail"),
]
