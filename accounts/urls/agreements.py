"""Agreements, sales plans, notices."""

from django.urls import path

from accounts.api import agreements as agreements_api
from accounts.api import sales_plans as sales_plans_api
from accounts.views import agreements, notices, sales_plans

urlpatterns = [
    path("clients/<int:pk>/agreements/", agreements.client_agreements, name="client_agreements"),
    path("clients/<int:pk>/agreements/new/", agreements.agreement_create, name="agreement_create"),
    path("agreements/<int:pk>/", agreements.agreement_edit, name="agreement_edit"),
    path("agreements/<int:pk>/renewal/", agreements.agreement_renewal, name="agreement_renewal"),
    path(
        "agreements/<int:pk>/files/new/",
        agreements.agreement_file_create,
        name="agreement_file_create",
    ),
    path("agreement-files/<int:pk>/", agreements.agreement_file, name="agreement_file"),
    path("notices/", notices.notice_list, name="notice_list"),
    path("sales-plans/", sales_plans.sales_plan_list, name="sales_plan_list"),
    path("clients/<int:pk>/sales-plan/", sales_plans.client_sales_plan, name="client_sales_plan"),
    path(
        "clients/<int:pk>/sales-plan/paste/",
        sales_plans.client_sales_plan_paste,
        name="client_sales_plan_paste",
    ),
    path("notices/<int:pk>/seen/", notices.notice_seen, name="notice_seen"),
]

api_urlpatterns = [
    path("agreements/", agreements_api.AgreementList.as_view(), name="agreement-list"),
    path("agreements/<int:pk>/", agreements_api.AgreementDetail.as_view(), name="agreement-detail"),
    path(
        "clients/<int:pk>/agreements/",
        agreements_api.ClientAgreements.as_view(),
        name="client-agreements",
    ),
    path("sales-plans/", sales_plans_api.SalesPlanList.as_view(), name="sales-plan-list"),
    path(
        "clients/<int:pk>/sales-plan/",
        sales_plans_api.ClientSalesPlan.as_view(),
        name="client-sales-plan",
    ),
    path("notices/", agreements_api.NoticeList.as_view(), name="notice-list"),
    path("notices/<int:pk>/seen/", agreements_api.NoticeSeen.as_view(), name="notice-seen"),
]
