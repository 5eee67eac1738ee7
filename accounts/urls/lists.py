"""What people make of lists: views, own fields, changes to several clients, duplicates."""

from django.urls import path

from accounts.api import lists as api
from accounts.views import own_fields, saved_views, several, twins

urlpatterns = [
    path("views/", saved_views.saved_view_list, name="saved_view_list"),
    path("views/new/", saved_views.saved_view_create, name="saved_view_create"),
    path("views/<int:pk>/", saved_views.saved_view_edit, name="saved_view_edit"),
    path("views/<int:pk>/removal/", saved_views.saved_view_removal, name="saved_view_removal"),
    path("own-fields/", own_fields.own_field_list, name="own_field_list"),
    path("own-fields/filters/", own_fields.own_field_filters, name="own_field_filters"),
    path("own-fields/new/", own_fields.own_field_create, name="own_field_create"),
    path("own-fields/<int:pk>/", own_fields.own_field_edit, name="own_field_edit"),
    path(
        "own-fields/<int:pk>/retirement/",
        own_fields.own_field_retirement,
        name="own_field_retirement",
    ),
    path("clients/several/", several.client_several, name="client_several"),
    path("clients/duplicates/", twins.twin_list, name="twin_list"),
    path("clients/<int:pk>/join/", twins.client_join, name="client_join"),
    path("clients/<int:pk>/apart/", twins.twin_apart, name="twin_apart"),
    path("twins/<int:pk>/undo/", twins.twin_undo, name="twin_undo"),
]

api_urlpatterns = [
    path("views/", api.SavedViewList.as_view(), name="saved-view-list"),
    path("views/<int:pk>/", api.SavedViewDetail.as_view(), name="saved-view-detail"),
    path("own-fields/", api.OwnFieldList.as_view(), name="own-field-list"),
    path("own-fields/<int:pk>/", api.OwnFieldDetail.as_view(), name="own-field-detail"),
    path("clients/several/", api.Several.as_view(), name="client-several"),
    path("duplicates/", api.PairList.as_view(), name="pair-list"),
    path("twins/", api.TwinList.as_view(), name="twin-list"),
    path("twins/<int:pk>/undo/", api.TwinUndo.as_view(), name="twin-undo"),
]
