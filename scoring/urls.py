"""Routes of judgement: the ranking, the matrices, and the score's places on the client page."""

from django.urls import path

from .api import backtests as backtests_api
from .api import client_score as client_score_api
from .api import comparison as comparison_api
from .api import confidence as confidence_api
from .api import criteria as criteria_api
from .api import decisions as decisions_api
from .api import first_hour as first_hour_api
from .api import history as history_api
from .api import matrices as matrices_api
from .api import ranking as ranking_api
from .api import rating_requests as rating_requests_api
from .api import ratings as ratings_api
from .api import rules as rules_api
from .api import weighings as weighings_api
from .api import workbench as workbench_api
from .views import (
    backtests,
    client_score,
    comparison,
    confidence,
    criteria,
    decisions,
    first_hour,
    history,
    matrices,
    prospects,
    ranking,
    rating_paste,
    rating_requests,
    ratings,
    rules,
    weighings,
    workbench,
)

urlpatterns = [
    path("first-hour/", first_hour.first_hour, name="first_hour"),
    path("first-hour/criteria/", first_hour.first_hour_criteria, name="first_hour_criteria"),
    path("first-hour/end/", first_hour.first_hour_end, name="first_hour_end"),
    path("ranking/", ranking.ranking, name="ranking"),
    path("ranking/comparison/", comparison.ranking_comparison, name="ranking_comparison"),
    path("prospects/", prospects.prospect_list, name="prospect_list"),
    path("criteria/", criteria.criterion_list, name="criterion_list"),
    path("criteria/new/", criteria.criterion_create, name="criterion_create"),
    path("criteria/<slug:key>/", criteria.criterion_edit, name="criterion_edit"),
    path("criteria/<slug:key>/history/", history.criterion_history, name="criterion_history"),
    path("matrices/", matrices.matrix_list, name="matrix_list"),
    path("matrices/<int:pk>/", matrices.matrix_detail, name="matrix_detail"),
    path("matrices/<int:pk>/history/", history.matrix_history, name="matrix_history"),
    path("matrices/<int:pk>/workbench/", workbench.matrix_workbench, name="matrix_workbench"),
    path("matrices/<int:pk>/weighing/", weighings.matrix_weighing, name="matrix_weighing"),
    path(
        "matrices/<int:pk>/weighing/people/",
        weighings.matrix_weighing_round,
        name="matrix_weighing_round",
    ),
    path(
        "matrices/<int:pk>/weighing/adoption/",
        weighings.matrix_weighing_adoption,
        name="matrix_weighing_adoption",
    ),
    path("matrices/<int:pk>/draft/", matrices.matrix_draft, name="matrix_draft"),
    path("matrices/<int:pk>/rules/<slug:key>/", rules.matrix_rule, name="matrix_rule"),
    path("matrices/<int:pk>/drafting/", matrices.matrix_drafting, name="matrix_drafting"),
    path("matrices/<int:pk>/activation/", matrices.matrix_activation, name="matrix_activation"),
    path("matrices/<int:pk>/restoration/", matrices.matrix_restoration, name="matrix_restoration"),
    path("matrices/<int:pk>/discard/", matrices.matrix_discard, name="matrix_discard"),
    path("matrices/<int:pk>/ratings/", ratings.matrix_ratings, name="matrix_ratings"),
    path("matrices/<int:pk>/confidence/", confidence.matrix_confidence, name="matrix_confidence"),
    path("matrices/<int:pk>/wanted/", confidence.matrix_wanted, name="matrix_wanted"),
    path("matrices/<int:pk>/ratings/paste/", rating_paste.matrix_paste, name="matrix_paste"),
    path("matrices/<int:pk>/backtests/", backtests.matrix_backtests, name="matrix_backtests"),
    path("backtests/<int:pk>/", backtests.backtest_detail, name="backtest_detail"),
    path("matrices/<int:pk>/decisions/", decisions.matrix_decisions, name="matrix_decisions"),
    path(
        "matrices/<int:pk>/decisions/new/",
        decisions.decision_preparation,
        name="decision_preparation",
    ),
    path("matrices/<int:pk>/overrides/", decisions.override_create, name="override_create"),
    path("matrices/<int:pk>/takeover/", decisions.list_takeover, name="list_takeover"),
    path("overrides/<int:pk>/end/", decisions.override_end, name="override_end"),
    path("decisions/<int:pk>/", decisions.decision_detail, name="decision_detail"),
    path("decisions/<int:pk>/vote/", decisions.decision_vote, name="decision_vote"),
    path("decisions/<int:pk>/file/", decisions.decision_file, name="decision_file"),
    path(
        "decisions/<int:pk>/confirmation/",
        decisions.decision_confirmation,
        name="decision_confirmation",
    ),
    path(
        "decisions/<int:pk>/withdrawal/", decisions.decision_withdrawal, name="decision_withdrawal"
    ),
    path("clients/<int:pk>/score/", client_score.client_score, name="client_score"),
    path(
        "clients/<int:pk>/score/<slug:key>/",
        client_score.client_score_criterion,
        name="client_score_criterion",
    ),
    path(
        "clients/<int:pk>/rating-history/",
        history.client_rating_history,
        name="client_rating_history",
    ),
    path("clients/<int:pk>/ratings/<slug:key>/", ratings.client_ratings, name="client_ratings"),
    path(
        "clients/<int:pk>/ratings/<slug:key>/requests/",
        rating_requests.rating_request_create,
        name="rating_request_create",
    ),
    path("rating-requests/", rating_requests.rating_request_list, name="rating_request_list"),
    path(
        "rating-requests/<int:pk>/answer/",
        rating_requests.rating_request_answer,
        name="rating_request_answer",
    ),
    path(
        "rating-requests/<int:pk>/withdrawal/",
        rating_requests.rating_request_withdrawal,
        name="rating_request_withdrawal",
    ),
    path("clients/<int:pk>/ratings/<slug:key>/mine/", ratings.client_rating, name="client_rating"),
]

api_urlpatterns = [
    path("first-hour/", first_hour_api.FirstHour.as_view(), name="first-hour"),
    path(
        "first-hour/criteria/",
        first_hour_api.FirstHourCriteria.as_view(),
        name="first-hour-criteria",
    ),
    path("criteria/", criteria_api.CriterionList.as_view(), name="criterion-list"),
    path("criteria/<slug:key>/", criteria_api.CriterionDetail.as_view(), name="criterion-detail"),
    path(
        "criteria/<slug:key>/history/",
        history_api.CriterionHistory.as_view(),
        name="criterion-history",
    ),
    path("matrices/", matrices_api.MatrixList.as_view(), name="matrix-list"),
    path("matrices/<int:pk>/", matrices_api.MatrixDetail.as_view(), name="matrix-detail"),
    path("matrices/<int:pk>/history/", history_api.MatrixHistory.as_view(), name="matrix-history"),
    path("matrices/<int:pk>/draft/", matrices_api.MatrixDraft.as_view(), name="matrix-draft"),
    path(
        "matrices/<int:pk>/rules/<slug:key>/",
        rules_api.MatrixRule.as_view(),
        name="matrix-rule",
    ),
    path("matrices/<int:pk>/runs/", workbench_api.RunList.as_view(), name="matrix-runs"),
    path(
        "matrices/<int:pk>/restoration/",
        workbench_api.Restoration.as_view(),
        name="matrix-restoration",
    ),
    path(
        "matrices/<int:pk>/weighing/",
        weighings_api.MatrixWeighing.as_view(),
        name="matrix-weighing",
    ),
    path(
        "matrices/<int:pk>/weighing/people/",
        weighings_api.WeighingPeople.as_view(),
        name="matrix-weighing-people",
    ),
    path(
        "matrices/<int:pk>/weighing/adoption/",
        weighings_api.WeighingAdoption.as_view(),
        name="matrix-weighing-adoption",
    ),
    path("matrices/<int:pk>/whatif/", workbench_api.WhatIf.as_view(), name="matrix-whatif"),
    path(
        "matrices/<int:pk>/activation/",
        matrices_api.MatrixActivation.as_view(),
        name="matrix-activation",
    ),
    path(
        "matrices/<int:pk>/confidence/",
        confidence_api.MatrixConfidence.as_view(),
        name="matrix-confidence",
    ),
    path("matrices/<int:pk>/seats/", confidence_api.MatrixSeats.as_view(), name="matrix-seats"),
    path("matrices/<int:pk>/wanted/", confidence_api.MatrixWanted.as_view(), name="matrix-wanted"),
    path(
        "matrices/<int:pk>/backtests/",
        backtests_api.MatrixBacktests.as_view(),
        name="matrix-backtests",
    ),
    path("backtests/<int:pk>/", backtests_api.BacktestDetail.as_view(), name="backtest-detail"),
    path(
        "matrices/<int:pk>/proposal/",
        decisions_api.MatrixProposal.as_view(),
        name="matrix-proposal",
    ),
    path(
        "matrices/<int:pk>/decisions/",
        decisions_api.DecisionList.as_view(),
        name="matrix-decisions",
    ),
    path(
        "matrices/<int:pk>/overrides/",
        decisions_api.OverrideList.as_view(),
        name="matrix-overrides",
    ),
    path("overrides/<int:pk>/", decisions_api.OverrideDetail.as_view(), name="override-detail"),
    path("decisions/<int:pk>/", decisions_api.DecisionDetail.as_view(), name="decision-detail"),
    path(
        "decisions/<int:pk>/confirmation/",
        decisions_api.DecisionConfirmation.as_view(),
        name="decision-confirmation",
    ),
    path(
        "decisions/<int:pk>/withdrawal/",
        decisions_api.DecisionWithdrawal.as_view(),
        name="decision-withdrawal",
    ),
    path("decisions/<int:pk>/vote/", decisions_api.DecisionVoting.as_view(), name="decision-vote"),
    path("ranking/", ranking_api.Ranking.as_view(), name="ranking-list"),
    path(
        "clients/<int:pk>/score/comparison/",
        comparison_api.ClientScoreComparison.as_view(),
        name="client-score-comparison",
    ),
    path(
        "clients/<int:pk>/score/change/",
        client_score_api.ClientScoreChange.as_view(),
        name="client-score-change",
    ),
    path(
        "clients/<int:pk>/score/lift/",
        client_score_api.ClientScoreLift.as_view(),
        name="client-score-lift",
    ),
    path("ratings/batch/", ratings_api.RatingBatch.as_view(), name="rating-batch"),
    path(
        "rating-requests/",
        rating_requests_api.RatingRequestList.as_view(),
        name="rating-request-list",
    ),
    path(
        "rating-requests/<int:pk>/answer/",
        rating_requests_api.RatingRequestAnswer.as_view(),
        name="rating-request-answer",
    ),
    path(
        "rating-requests/<int:pk>/withdrawal/",
        rating_requests_api.RatingRequestWithdrawal.as_view(),
        name="rating-request-withdrawal",
    ),
    path("rating-spreads/", rating_requests_api.RatingSpreads.as_view(), name="rating-spread-list"),
    path("ratings/", ratings_api.RatingList.as_view(), name="rating-list"),
    path("clients/<int:pk>/score/", client_score_api.ClientScore.as_view(), name="client-score"),
]
