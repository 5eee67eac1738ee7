"""Hours, costs of clients and of the programme."""

from django.urls import path

from accounts.api import efforts as api
from accounts.views import efforts

urlpatterns = [
    path("effort/", efforts.effort_week, name="effort_week"),
    path("effort/rules/", efforts.effort_rules, name="effort_rules"),
    path("effort/rates/<int:pk>/", efforts.hour_rate_edit, name="hour_rate_edit"),
    path("clients/<int:pk>/costs/", efforts.client_costs, name="client_costs"),
    path("clients/<int:pk>/costs/new/", efforts.service_cost_create, name="service_cost_create"),
    path("service-costs/<int:pk>/", efforts.service_cost_edit, name="service_cost_edit"),
    path("programme/costs/", efforts.programme_cost_list, name="programme_cost_list"),
    path("programme/costs/new/", efforts.programme_cost_create, name="programme_cost_create"),
    path("programme/costs/<int:pk>/", efforts.programme_cost_edit, name="programme_cost_edit"),
]

api_urlpatterns = [
    path("efforts/", api.EffortList.as_view(), name="effort-list"),
    path("clients/<int:pk>/value/", api.ClientValue.as_view(), name="client-value"),
    path("service-costs/", api.ServiceCostList.as_view(), name="service-cost-list"),
    path("service-costs/<int:pk>/", api.ServiceCostDetail.as_view(), name="service-cost-detail"),
    path("programme-costs/", api.ProgrammeCostList.as_view(), name="programme-cost-list"),
    path(
        "programme-costs/<int:pk>/",
        api.ProgrammeCostDetail.as_view(),
        name="programme-cost-detail",
    ),
]
