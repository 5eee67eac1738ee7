"""Personal data."""

from django.urls import path

from accounts.api import access_log as access_log_api
from accounts.api import consents as consents_api
from accounts.api import incidents as incidents_api
from accounts.api import retention as retention_api
from accounts.api import subjects as subjects_api
from accounts.views import access_log, consents, incidents, retention, subjects, telling

urlpatterns = [
    path("personal-data/", subjects.subject_find, name="subject_find"),
    path("contacts/<int:pk>/personal-data/", subjects.subject_card, name="subject_card"),
    path("contacts/<int:pk>/personal-data/export/", subjects.subject_export, name="subject_export"),
    path("contacts/<int:pk>/erasure/", subjects.subject_erasure, name="subject_erasure"),
    path("personal-data/breaches/", incidents.incident_list, name="incident_list"),
    path("personal-data/breaches/new/", incidents.incident_create, name="incident_create"),
    path("personal-data/breaches/<int:pk>/", incidents.incident_detail, name="incident_detail"),
    path("personal-data/breaches/<int:pk>/edit/", incidents.incident_edit, name="incident_edit"),
    path("personal-data/access/", access_log.access_list, name="access_list"),
    path("personal-data/retention/", retention.retention, name="retention"),
    path("contacts/<int:pk>/consents/", consents.contact_consents, name="contact_consents"),
    path("contacts/<int:pk>/consents/new/", consents.consent_create, name="consent_create"),
    path("contacts/<int:pk>/block/", consents.contact_block, name="contact_block"),
    path("consents/<int:pk>/withdrawal/", consents.consent_withdrawal, name="consent_withdrawal"),
    path("purposes/", consents.purpose_list, name="purpose_list"),
    path("purposes/new/", consents.purpose_create, name="purpose_create"),
    path("purposes/<int:pk>/", consents.purpose_edit, name="purpose_edit"),
    path(
        "personal-data/register/",
        consents.processing_register_page,
        name="processing_register",
    ),
    path("personal-data/not-told/", telling.not_told_list, name="not_told_list"),
    path("destructions/", subjects.destruction_list, name="destruction_list"),
    path("destructions/<int:pk>/", subjects.destruction_detail, name="destruction_detail"),
    path("destructions/<int:pk>/left/", subjects.destruction_left, name="destruction_left"),
]

api_urlpatterns = [
    path("subjects/search/", subjects_api.SubjectSearch.as_view(), name="subject-search"),
    path("subjects/<int:pk>/", subjects_api.SubjectDetail.as_view(), name="subject-detail"),
    path(
        "subjects/<int:pk>/erasure/", subjects_api.SubjectErasure.as_view(), name="subject-erasure"
    ),
    path("incidents/", incidents_api.IncidentList.as_view(), name="incident-list"),
    path("incidents/<int:pk>/", incidents_api.IncidentDetail.as_view(), name="incident-detail"),
    path(
        "incidents/<int:pk>/contacts/",
        incidents_api.IncidentContacts.as_view(),
        name="incident-contacts",
    ),
    path("accesses/", access_log_api.AccessList.as_view(), name="access-list"),
    path("retention/", retention_api.Retention.as_view(), name="retention"),
    path("retention/due/", retention_api.RetentionDue.as_view(), name="retention-due-list"),
    path("retention/runs/", retention_api.RetentionRunList.as_view(), name="retention-run-list"),
    path("purposes/", consents_api.PurposeList.as_view(), name="purpose-list"),
    path("purposes/<int:pk>/", consents_api.PurposeDetail.as_view(), name="purpose-detail"),
    path("consents/", consents_api.ConsentList.as_view(), name="consent-list"),
    path(
        "consents/<int:pk>/withdrawal/",
        consents_api.ConsentWithdrawal.as_view(),
        name="consent-withdrawal",
    ),
    path(
        "contacts/<int:pk>/permissions/",
        consents_api.ContactPermissions.as_view(),
        name="contact-permissions",
    ),
    path("contacts/<int:pk>/blocks/", consents_api.ContactBlocks.as_view(), name="contact-blocks"),
    path(
        "contacts/<int:pk>/unblocking/",
        consents_api.ContactUnblocking.as_view(),
        name="contact-unblocking",
    ),
    path(
        "processing-register/",
        consents_api.ProcessingRegister.as_view(),
        name="processing-register",
    ),
    path("not-told/", consents_api.NotToldList.as_view(), name="not-told-list"),
    path("destructions/", subjects_api.DestructionList.as_view(), name="destruction-list"),
    path(
        "destructions/<int:pk>/",
        subjects_api.DestructionDetail.as_view(),
        name="destruction-detail",
    ),
    path(
        "destructions/<int:pk>/left/",
        subjects_api.DestructionLeft.as_view(),
        name="destruction-left",
    ),
]
