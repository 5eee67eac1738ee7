"""The whole URL map on one screen.  A route needs a row in :mod:`kam.policy`."""

from allauth.account import views as sign_in
from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from accounts import urls as accounts
from accounts.api import company as company_api_views
from accounts.api import connections as connections_api_views
from accounts.api import import_files as files_api
from accounts.api import imports as data_api
from accounts.views import (
    company,
    company_account,
    connections,
    import_files,
    imports,
    people,
    person_invitations,
    quarantine,
    second_step,
    sessions,
)
from accounts.views import sign_in as at_the_door
from kam.audit import api as audit_api
from kam.audit import views as audit
from kam.backup import urls as backup
from kam.exports import api as exports_api
from kam.exports import views as exports
from kam.health import urls as health
from kam.jobs import api as jobs_api
from kam.jobs import views as jobs
from kam.lib import api_docs, gallery, preferences
from kam.webhooks import urls as webhooks
from reports import urls as reports
from scoring import urls as scoring

router = SimpleRouter(use_regex_path=False)
router.register("jobs", jobs_api.JobViewSet, basename="job")

imports_api = [
    path("imports/", data_api.ImportList.as_view(), name="import-list"),
    path("imports/<int:pk>/", data_api.ImportDetail.as_view(), name="import-detail"),
    path("imports/<int:pk>/undo/", data_api.ImportUndo.as_view(), name="import-undo"),
    path("import-files/", files_api.ImportFileList.as_view(), name="import-file-list"),
    path("import-files/<int:pk>/", files_api.ImportFileDetail.as_view(), name="import-file-detail"),
    path(
        "import-files/<int:pk>/check/",
        files_api.ImportFileCheck.as_view(),
        name="import-file-check",
    ),
    path(
        "import-files/<int:pk>/load/", files_api.ImportFileLoad.as_view(), name="import-file-load"
    ),
    path("quarantine/", data_api.QuarantineList.as_view(), name="quarantine-list"),
    path(
        "quarantine/assignment/",
        data_api.QuarantineAssignment.as_view(),
        name="quarantine-assignment",
    ),
    path("quarantine/discard/", data_api.QuarantineDiscard.as_view(), name="quarantine-discard"),
]
connections_api = [
    path("connections/", connections_api_views.ConnectionList.as_view(), name="connection-list"),
    path(
        "connections/<int:pk>/",
        connections_api_views.ConnectionDetail.as_view(),
        name="connection-detail",
    ),
    path(
        "connections/<int:pk>/runs/",
        connections_api_views.ConnectionRun.as_view(),
        name="connection-run",
    ),
    path(
        "connections/<int:pk>/trial/",
        connections_api_views.ConnectionTrial.as_view(),
        name="connection-trial",
    ),
    path(
        "connections/<int:pk>/switch/",
        connections_api_views.ConnectionSwitch.as_view(),
        name="connection-switch",
    ),
]
frame_api = [path("schema/", api_docs.Description.as_view(), name="schema")]
company_api = path("company/", company_api_views.CompanyDetail.as_view(), name="company-detail")
trail_api = [
    path("events/", audit_api.EventList.as_view(), name="event-list"),
    path("seals/", audit_api.SealList.as_view(), name="seal-list"),
]
exports_api_urls = [
    path("exports/", exports_api.ExportList.as_view(), name="export-list"),
    path("exports/lists/", exports_api.ExportLists.as_view(), name="export-lists"),
    path("exports/<int:pk>/", exports_api.ExportDetail.as_view(), name="export-detail"),
    path("exports/<int:pk>/file/", exports_api.ExportFile.as_view(), name="export-file"),
]
api = (
    [
        *router.urls,
        *frame_api,
        company_api,
        *trail_api,
        *webhooks.api_urlpatterns,
        *backup.api_urlpatterns,
        *health.api_urlpatterns,
        *imports_api,
        *connections_api,
        *exports_api_urls,
        *accounts.api_urlpatterns,
        *scoring.api_urlpatterns,
        *reports.api_urlpatterns,
    ],
    "api",
)

handler404 = "kam.lib.api_errors.page_not_found"
handler500 = "kam.lib.failing.server_error"
urlpatterns = [
    # sign-in/: of allauth's routes only those that people need here
    path("sign-in/", at_the_door.sign_in_or_setup, name="account_login"),
    path("sign-in/second/", at_the_door.second_step, name="mfa_authenticate"),
    path("sign-in/passkey/", at_the_door.passkey_sign_in, name="passkey_sign_in"),
    path(
        "sign-in/passkey/options/",
        at_the_door.passkey_sign_in_options,
        name="passkey_sign_in_options",
    ),
    path("sign-in/company/", company_account.company_sign_in, name="company_sign_in"),
    path(
        "sign-in/company/answer/",
        company_account.company_sign_in_answer,
        name="company_sign_in_answer",
    ),
    path("sign-in/end/", sessions.sign_out, name="account_logout"),
    path(
        "sign-in/invitation/<str:token>/",
        person_invitations.person_invitation_answer,
        name="person_invitation_answer",
    ),
    path("sign-in/inactive/", sign_in.account_inactive, name="account_inactive"),
    path("sign-in/password/", sign_in.password_reset, name="account_reset_password"),
    path("sign-in/password/sent/", sign_in.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^sign-in/password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        sign_in.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "sign-in/password/changed/",
        sign_in.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    # people
    path("setup/", people.setup, name="setup"),
    path("people/", people.person_list, name="person_list"),
    path("people/new/", people.person_create, name="person_create"),
    path(
        "people/invitations/",
        person_invitations.person_invitation_list,
        name="person_invitation_list",
    ),
    path("people/invitations/new/", person_invitations.person_invite, name="person_invite"),
    path(
        "people/invitations/<int:pk>/sending/",
        person_invitations.person_invitation_sending,
        name="person_invitation_sending",
    ),
    path(
        "people/invitations/<int:pk>/withdrawal/",
        person_invitations.person_invitation_withdrawal,
        name="person_invitation_withdrawal",
    ),
    path("people/<int:pk>/", people.person_edit, name="person_edit"),
    path("teams/", people.team_list, name="team_list"),
    path("teams/<int:pk>/", people.team_edit, name="team_edit"),
    path("me/", people.profile, name="profile"),
    path("me/password/", people.own_password, name="own_password"),
    path("me/sessions/", sessions.own_sessions, name="own_sessions"),
    path("people/<int:pk>/sessions/end/", sessions.person_sessions_end, name="person_sessions_end"),
    path("me/second-step/", second_step.own_second_step, name="own_second_step"),
    path("me/second-step/app/", second_step.second_step_app, name="second_step_app"),
    path("me/second-step/codes/", second_step.second_step_codes, name="second_step_codes"),
    path("me/second-step/passkey/", second_step.passkey_add, name="passkey_add"),
    path("me/second-step/passkey/name/", second_step.passkey_name, name="passkey_name"),
    path("me/second-step/passkey/options/", second_step.passkey_options, name="passkey_options"),
    path("me/second-step/removal/", second_step.second_step_removal, name="second_step_removal"),
    path(
        "people/<int:pk>/second-step/removal/",
        second_step.person_second_step_removal,
        name="person_second_step_removal",
    ),
    path("me/tokens/", people.token_create, name="token_create"),
    path("me/tokens/<int:pk>/revocation/", people.token_revocation, name="token_revocation"),
    path("company/", company.company_edit, name="company_edit"),
    path("audit/", audit.event_list, name="event_list"),
    # what every person has
    path("preferences/", preferences.preferences, name="preferences"),
    path("api/", api_docs.api_docs, name="api_docs"),
    path("components/", gallery.component_gallery, name="component_gallery"),
    path("components/echo/", gallery.component_echo, name="component_echo"),
    # jobs/
    path("jobs/", jobs.job_list, name="job_list"),
    path("jobs/badge/", jobs.job_badge, name="job_badge"),
    path("jobs/<int:pk>/", jobs.job_detail, name="job_detail"),
    path("jobs/<int:pk>/cancellation/", jobs.job_cancellation, name="job_cancellation"),
    # exports/: lists as files
    path("exports/", exports.export_list, name="export_list"),
    path("exports/new/", exports.export_create, name="export_create"),
    path("exports/<int:pk>/", exports.export_detail, name="export_detail"),
    path("exports/<int:pk>/file/", exports.export_file, name="export_file"),
    path("exports/<int:pk>/removal/", exports.export_removal, name="export_removal"),
    # data/: files of other systems
    path("data/", imports.import_list, name="import_list"),
    path("data/<int:pk>/", imports.import_detail, name="import_detail"),
    path("data/<int:pk>/undo/", imports.import_undo, name="import_undo"),
    path("data/files/new/", import_files.import_file_create, name="import_file_create"),
    path("data/files/<int:pk>/", import_files.import_file, name="import_file"),
    path("data/files/<int:pk>/check/", import_files.import_file_check, name="import_file_check"),
    path("data/files/<int:pk>/load/", import_files.import_file_load, name="import_file_load"),
    path("data/files/<int:pk>/aside/", import_files.import_file_aside, name="import_file_aside"),
    path("data/files/<int:pk>/file/", import_files.import_file_content, name="import_file_content"),
    path(
        "data/files/<int:pk>/findings/",
        import_files.import_file_findings,
        name="import_file_findings",
    ),
    path("data/quarantine/", quarantine.quarantine_list, name="quarantine_list"),
    path("data/quarantine/<int:pk>/", quarantine.quarantine_detail, name="quarantine_detail"),
    # data/connections/: systems that are asked for what has changed
    path("data/connections/", connections.connection_list, name="connection_list"),
    path("data/connections/new/", connections.connection_create, name="connection_create"),
    path("data/connections/<int:pk>/", connections.connection_detail, name="connection_detail"),
    path("data/connections/<int:pk>/edit/", connections.connection_edit, name="connection_edit"),
    path("data/connections/<int:pk>/run/", connections.connection_run, name="connection_run"),
    path("data/connections/<int:pk>/trial/", connections.connection_trial, name="connection_trial"),
    path(
        "data/connections/<int:pk>/switch/", connections.connection_switch, name="connection_switch"
    ),
    path("", include(webhooks.urlpatterns)),
    path("", include(backup.urlpatterns)),
    path("", include(health.urlpatterns)),
    path("", include(accounts.urlpatterns)),
    path("", include(scoring.urlpatterns)),
    path("", include(reports.urlpatterns)),
    path("api/v1/", include(api)),
]
