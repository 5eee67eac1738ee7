"""Processes and their templates."""

from django.urls import path

from accounts.api import processes as processes_api
from accounts.views import processes

urlpatterns = [
    path("clients/<int:pk>/processes/", processes.client_processes, name="client_processes"),
    path("clients/<int:pk>/processes/new/", processes.process_create, name="process_create"),
    path("processes/<int:pk>/", processes.process_edit, name="process_edit"),
    path("processes/<int:pk>/stop/", processes.process_stop, name="process_stop"),
    path("processes/<int:pk>/runs/", processes.process_run_create, name="process_run_create"),
    path("process-runs/<int:pk>/end/", processes.process_run_end, name="process_run_end"),
    path("run-steps/<int:pk>/", processes.run_step_settle, name="run_step_settle"),
    path("process-templates/", processes.process_template_list, name="process_template_list"),
    path(
        "process-templates/new/",
        processes.process_template_create,
        name="process_template_create",
    ),
    path(
        "process-templates/<int:pk>/",
        processes.process_template_edit,
        name="process_template_edit",
    ),
]

api_urlpatterns = [
    path("processes/", processes_api.ProcessList.as_view(), name="process-list"),
    path("processes/<int:pk>/", processes_api.ProcessDetail.as_view(), name="process-detail"),
    path("process-runs/", processes_api.RunList.as_view(), name="process-run-list"),
    path("run-steps/<int:pk>/", processes_api.RunStepDetail.as_view(), name="run-step-detail"),
    path("process-templates/", processes_api.TemplateList.as_view(), name="process-template-list"),
    path(
        "process-templates/<int:pk>/",
        processes_api.TemplateDetail.as_view(),
        name="process-template-detail",
    ),
]
