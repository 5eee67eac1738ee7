"""Surveys, benefit, references."""

from django.urls import path

from accounts.api import benefits as benefits_api
from accounts.api import surveys as surveys_api
from accounts.views import benefits, feedback, references, survey_answers, surveys

urlpatterns = [
    # What a client opens without an account.
    path("answer/<str:token>/", survey_answers.survey_answer, name="survey_answer"),
    path("surveys/", surveys.survey_list, name="survey_list"),
    path("surveys/new/", surveys.survey_create, name="survey_create"),
    path("surveys/<int:pk>/", surveys.survey_detail, name="survey_detail"),
    path("surveys/<int:pk>/edit/", surveys.survey_edit, name="survey_edit"),
    path(
        "surveys/invitations/new/",
        surveys.survey_invitation_create,
        name="survey_invitation_create",
    ),
    path("surveys/invitations/<int:pk>/", surveys.survey_invitation, name="survey_invitation"),
    path("clients/<int:pk>/feedback/", feedback.client_feedback, name="client_feedback"),
    path("clients/<int:pk>/benefits/new/", benefits.benefit_create, name="benefit_create"),
    path("benefits/<int:pk>/", benefits.benefit_detail, name="benefit_detail"),
    path("benefits/<int:pk>/edit/", benefits.benefit_edit, name="benefit_edit"),
    path("benefits/<int:pk>/file/", benefits.benefit_file, name="benefit_file"),
    path("references/", references.reference_list, name="reference_list"),
    path("references/<int:pk>/", references.reference_edit, name="reference_edit"),
    path("clients/<int:pk>/references/new/", references.reference_create, name="reference_create"),
]

api_urlpatterns = [
    path("surveys/", surveys_api.SurveyList.as_view(), name="survey-list"),
    path("surveys/<int:pk>/", surveys_api.SurveyDetail.as_view(), name="survey-detail"),
    path("surveys/<int:pk>/result/", surveys_api.SurveyResult.as_view(), name="survey-result"),
    path(
        "survey-invitations/",
        surveys_api.InvitationList.as_view(),
        name="survey-invitation-list",
    ),
    path(
        "survey-invitations/<int:pk>/",
        surveys_api.InvitationDetail.as_view(),
        name="survey-invitation-detail",
    ),
    path(
        "survey-invitations/<int:pk>/withdrawal/",
        surveys_api.InvitationWithdrawal.as_view(),
        name="survey-invitation-withdrawal",
    ),
    path(
        "survey-invitations/<int:pk>/follow-up/",
        surveys_api.AnswerFollowUp.as_view(),
        name="survey-invitation-follow-up",
    ),
    path("benefits/", benefits_api.BenefitList.as_view(), name="benefit-list"),
    path("benefits/<int:pk>/", benefits_api.BenefitDetail.as_view(), name="benefit-detail"),
    path(
        "benefits/<int:pk>/settlement/",
        benefits_api.BenefitSettlement.as_view(),
        name="benefit-settlement",
    ),
    path("clients/<int:pk>/benefit/", benefits_api.ClientBenefit.as_view(), name="client-benefit"),
    path("references/", benefits_api.ReferenceList.as_view(), name="reference-list"),
    path("references/<int:pk>/", benefits_api.ReferenceDetail.as_view(), name="reference-detail"),
    path("referrals/", benefits_api.Referrals.as_view(), name="referral-list"),
]
