"""Routes of the facts: clients, contacts, interactions, documents."""

from django.urls import path

from .api import clients as api
from .api import goals as goals_api
from .api import potential as potential_api
from .views import clients, contacts, documents, goals, home, interactions, potential

urlpatterns = [
    path("", home.home, name="home"),
    path("clients/", clients.client_list, name="client_list"),
    path("clients/export.csv", clients.client_export, name="client_export"),
    path("clients/suggestions/", clients.client_suggestions, name="client_suggestions"),
    path("clients/new/", clients.client_create, name="client_create"),
    path("clients/<int:pk>/", clients.client_detail, name="client_detail"),
    path("clients/<int:pk>/edit/", clients.client_edit, name="client_edit"),
    path("clients/<int:pk>/group/", clients.client_group, name="client_group"),
    path("clients/<int:pk>/timeline/", clients.client_timeline, name="client_timeline"),
    path("clients/<int:pk>/potential/", potential.client_potential, name="client_potential"),
    path("clients/<int:pk>/wallets/new/", potential.wallet_create, name="wallet_create"),
    path("clients/<int:pk>/documents/", documents.client_documents, name="client_documents"),
    path("clients/<int:pk>/contacts/new/", contacts.contact_create, name="contact_create"),
    path(
        "clients/<int:pk>/interactions/new/",
        interactions.interaction_create,
        name="interaction_create",
    ),
    path("clients/<int:pk>/standing/", goals.client_standing, name="client_standing"),
    path("clients/<int:pk>/candidacy/", goals.client_candidacy, name="client_candidacy"),
    path("clients/<int:pk>/goals/new/", goals.goal_create, name="goal_create"),
    path("goals/<int:pk>/", goals.goal_edit, name="goal_edit"),
    path("contacts/<int:pk>/", contacts.contact_edit, name="contact_edit"),
    path("interactions/<int:pk>/", interactions.interaction_edit, name="interaction_edit"),
    path("documents/<int:pk>/", documents.document_detail, name="document_detail"),
]

api_urlpatterns = [
    path("clients/", api.ClientList.as_view(), name="client-list"),
    path("clients/<int:pk>/", api.ClientDetail.as_view(), name="client-detail"),
    path(
        "clients/<int:pk>/candidacy/", goals_api.ClientCandidacy.as_view(), name="client-candidacy"
    ),
    path("goals/", goals_api.GoalList.as_view(), name="goal-list"),
    path("goals/<int:pk>/", goals_api.GoalDetail.as_view(), name="goal-detail"),
    path("standings/", goals_api.StandingList.as_view(), name="standing-list"),
    path(
        "clients/<int:pk>/potential/",
        potential_api.ClientPotential.as_view(),
        name="client-potential",
    ),
    path("clients/<int:pk>/wallets/", potential_api.WalletList.as_view(), name="wallet-list"),
    path("contacts/", api.ContactList.as_view(), name="contact-list"),
    path("contacts/<int:pk>/", api.ContactDetail.as_view(), name="contact-detail"),
    path("interactions/", api.InteractionList.as_view(), name="interaction-list"),
    path("interactions/<int:pk>/", api.InteractionDetail.as_view(), name="interaction-detail"),
    path("documents/", api.DocumentList.as_view(), name="document-list"),
    path("documents/<int:pk>/", api.DocumentDetail.as_view(), name="document-detail"),
]
