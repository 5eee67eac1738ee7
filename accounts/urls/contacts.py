"""People of clients, relations, interactions."""

from django.urls import path

from accounts.api import contacts as contacts_api
from accounts.views import contacts, interactions

urlpatterns = [
    path("clients/<int:pk>/people/", contacts.client_people, name="client_people"),
    path(
        "clients/<int:pk>/people/arrangement/",
        contacts.client_people_arrangement,
        name="client_people_arrangement",
    ),
    path("clients/<int:pk>/relations/new/", contacts.relation_create, name="relation_create"),
    path("relations/<int:pk>/", contacts.relation_edit, name="relation_edit"),
    path("clients/<int:pk>/contacts/new/", contacts.contact_create, name="contact_create"),
    path(
        "clients/<int:pk>/interactions/new/",
        interactions.interaction_create,
        name="interaction_create",
    ),
    path("contacts/<int:pk>/", contacts.contact_edit, name="contact_edit"),
    path("contacts/<int:pk>/position/", contacts.contact_position, name="contact_position"),
    path("interactions/<int:pk>/", interactions.interaction_edit, name="interaction_edit"),
]

api_urlpatterns = [
    path("clients/<int:pk>/people/", contacts_api.ClientPeople.as_view(), name="client-people"),
    path("contacts/", contacts_api.ContactList.as_view(), name="contact-list"),
    path("contacts/<int:pk>/", contacts_api.ContactDetail.as_view(), name="contact-detail"),
    path(
        "contacts/<int:pk>/position/",
        contacts_api.ContactPosition.as_view(),
        name="contact-position",
    ),
    path("relations/", contacts_api.RelationList.as_view(), name="relation-list"),
    path("relations/<int:pk>/", contacts_api.RelationDetail.as_view(), name="relation-detail"),
]
