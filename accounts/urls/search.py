"""Search, and the way to a form that needs a client."""

from django.urls import path

from accounts.api import search as api
from accounts.views import search

urlpatterns = [
    path("search/", search.search_page, name="search"),
    path("create/", search.create_for, name="create_for"),
]

api_urlpatterns = [path("search/", api.Search.as_view(), name="search")]
