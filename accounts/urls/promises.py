"""Promises and exceptional offers."""

from django.urls import path

from accounts.api import offers as offers_api
from accounts.api import promises as promises_api
from accounts.views import offers, promises

urlpatterns = [
    path("clients/<int:pk>/offers/", offers.client_offers, name="client_offers"),
    path("clients/<int:pk>/offers/new/", offers.offer_create, name="offer_create"),
    path("offers/<int:pk>/", offers.offer_detail, name="offer_detail"),
    path("offers/<int:pk>/edit/", offers.offer_edit, name="offer_edit"),
    path("offers/<int:pk>/parts/new/", offers.offer_part_create, name="offer_part_create"),
    path("offer-parts/<int:pk>/", offers.offer_part_edit, name="offer_part_edit"),
    path("promises/", promises.promise_list, name="promise_list"),
    path("promises/<int:pk>/", promises.promise_detail, name="promise_detail"),
    path("promises/<int:pk>/edit/", promises.promise_edit, name="promise_edit"),
    path("clients/<int:pk>/promises/", promises.client_promises, name="client_promises"),
    path("clients/<int:pk>/promises/new/", promises.promise_create, name="promise_create"),
]

api_urlpatterns = [
    path("offers/", offers_api.OfferList.as_view(), name="offer-list"),
    path("offers/<int:pk>/", offers_api.OfferDetail.as_view(), name="offer-detail"),
    path("offers/<int:pk>/parts/", offers_api.OfferParts.as_view(), name="offer-parts"),
    path("offers/<int:pk>/giving/", offers_api.OfferGiving.as_view(), name="offer-giving"),
    path("offers/<int:pk>/ending/", offers_api.OfferEnding.as_view(), name="offer-ending"),
    path("offer-parts/<int:pk>/", offers_api.OfferPartDetail.as_view(), name="offer-part-detail"),
    path("promises/", promises_api.PromiseList.as_view(), name="promise-list"),
    path("promises/<int:pk>/", promises_api.PromiseDetail.as_view(), name="promise-detail"),
    path(
        "promises/<int:pk>/settlement/",
        promises_api.PromiseSettlement.as_view(),
        name="promise-settlement",
    ),
    path(
        "promises/<int:pk>/satisfaction/",
        promises_api.PromiseSatisfaction.as_view(),
        name="promise-satisfaction",
    ),
    path(
        "promises/<int:pk>/reopening/",
        promises_api.PromiseReopening.as_view(),
        name="promise-reopening",
    ),
    path(
        "clients/<int:pk>/promises-kept/",
        promises_api.ClientPromisesKept.as_view(),
        name="client-promises-kept",
    ),
]
