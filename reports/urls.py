"""Routes of sight: the portfolio with the rows behind it, and the months of a client."""

from django.urls import path

from .api import backtests as backtests_api
from .api import boards as boards_api
from .api import built_reports as built_api
from .api import business_reviews as reviews_api
from .api import client_growth as growth_api
from .api import client_quarter as quarter_api
from .api import confidence as confidence_api
from .api import periodic as periodic_api
from .api import portfolio_map as map_api
from .api import programme as programme_api
from .api import views as api
from .views import (
    abc_xyz,
    backtests,
    boards,
    built_reports,
    business_reviews,
    client_growth,
    client_months,
    confidence,
    periodic,
    portfolio,
    portfolio_map,
    programme,
)

urlpatterns = [
    path("reports/", periodic.report_list, name="report_list"),
    path("reports/<int:pk>/", periodic.report_detail, name="report_detail"),
    path("reports/<int:pk>/<slug:ending>/", periodic.report_file, name="report_file"),
    path("reports/built/", built_reports.report_built, name="report_built"),
    path("reports/built/new/", built_reports.report_built_new, name="report_built_new"),
    path("reports/built/<int:pk>/", built_reports.report_built_detail, name="report_built_detail"),
    path("reports/built/<int:pk>/edit/", built_reports.report_built_edit, name="report_built_edit"),
    path(
        "reports/built/<int:pk>/removal/",
        built_reports.report_built_removal,
        name="report_built_removal",
    ),
    path("reports/schedules/new/", periodic.schedule_create, name="schedule_create"),
    path("reports/schedules/<int:pk>/", periodic.schedule_edit, name="schedule_edit"),
    path("reports/schedules/<int:pk>/run/", periodic.schedule_run, name="schedule_run"),
    path("business-reviews/", business_reviews.business_review_list, name="business_review_list"),
    path(
        "business-reviews/<int:pk>/",
        business_reviews.business_review_detail,
        name="business_review_detail",
    ),
    path(
        "business-reviews/<int:pk>/decision/",
        business_reviews.business_review_decision,
        name="business_review_decision",
    ),
    path(
        "business-reviews/<int:pk>/mail/",
        business_reviews.business_review_mail,
        name="business_review_mail",
    ),
    path(
        "business-reviews/<int:pk>/<slug:ending>/",
        business_reviews.business_review_file,
        name="business_review_file",
    ),
    path("clients/<int:pk>/reviews/", business_reviews.client_reviews, name="client_reviews"),
    path(
        "clients/<int:pk>/reviews/new/",
        business_reviews.business_review_create,
        name="business_review_create",
    ),
    path("portfolio/", portfolio.portfolio_page, name="portfolio"),
    path("portfolio/classes/", abc_xyz.abc_xyz_page, name="portfolio_abc_xyz"),
    path("portfolio/retention/", boards.retention_board, name="portfolio_retention"),
    path("portfolio/dependence/", boards.dependence_board, name="portfolio_dependence"),
    path("portfolio/work/", boards.work_board, name="portfolio_work"),
    path("portfolio/openings/", boards.openings_board, name="portfolio_openings"),
    path("portfolio/questions/<slug:question>/", boards.question_rows, name="portfolio_question"),
    path("portfolio/<slug:chart>/rows/", portfolio.portfolio_rows, name="portfolio_rows"),
    path("matrices/<int:pk>/map/", portfolio_map.matrix_map, name="matrix_map"),
    path("matrices/<int:pk>/axes/", portfolio_map.matrix_axes, name="matrix_axes"),
    path("clients/<int:pk>/growth/", client_growth.client_growth_page, name="client_growth"),
    path(
        "clients/<int:pk>/growth/criteria/",
        client_growth.client_growth_criteria,
        name="client_growth_criteria",
    ),
    path("programme/", programme.programme_page, name="programme"),
    path("clients/<int:pk>/months/", client_months.client_months_page, name="client_months"),
    path("backtests/<int:pk>/charts/", backtests.backtest_charts_page, name="backtest_charts"),
    path(
        "confidences/<int:pk>/charts/", confidence.confidence_charts_page, name="confidence_charts"
    ),
]

api_urlpatterns = [
    path("reports/", periodic_api.ReportList.as_view(), name="report-list"),
    path("reports/<int:pk>/", periodic_api.ReportDetail.as_view(), name="report-detail"),
    path("reports/<int:pk>/<slug:ending>/", periodic_api.ReportFile.as_view(), name="report-file"),
    path("built-reports/", built_api.BuiltReportList.as_view(), name="built-report-list"),
    path("built-figures/", built_api.BuiltFigures.as_view(), name="built-figures"),
    path(
        "built-reports/<int:pk>/", built_api.BuiltReportDetail.as_view(), name="built-report-detail"
    ),
    path(
        "built-reports/<int:pk>/figures/",
        built_api.BuiltReportFiguresOf.as_view(),
        name="built-report-figures",
    ),
    path("report-schedules/", periodic_api.ScheduleList.as_view(), name="schedule-list"),
    path(
        "report-schedules/<int:pk>/", periodic_api.ScheduleDetail.as_view(), name="schedule-detail"
    ),
    path("report-schedules/<int:pk>/run/", periodic_api.ScheduleRun.as_view(), name="schedule-run"),
    path(
        "business-reviews/", reviews_api.BusinessReviewList.as_view(), name="business-review-list"
    ),
    path(
        "business-reviews/<int:pk>/",
        reviews_api.BusinessReviewDetail.as_view(),
        name="business-review-detail",
    ),
    path(
        "business-reviews/<int:pk>/comments/",
        reviews_api.BusinessReviewComments.as_view(),
        name="business-review-comments",
    ),
    path(
        "business-reviews/<int:pk>/decision/",
        reviews_api.BusinessReviewDecision.as_view(),
        name="business-review-decision",
    ),
    path(
        "business-reviews/<int:pk>/mail/",
        reviews_api.BusinessReviewMail.as_view(),
        name="business-review-mail",
    ),
    path(
        "business-reviews/<int:pk>/<slug:ending>/",
        reviews_api.BusinessReviewFile.as_view(),
        name="business-review-file",
    ),
    path("portfolio/promises/", periodic_api.PromiseCounts.as_view(), name="portfolio-promises"),
    path("portfolio/", api.PortfolioFigures.as_view(), name="portfolio"),
    path("portfolio/classes/", map_api.AbcXyzFigures.as_view(), name="portfolio-abc-xyz"),
    path("matrices/<int:pk>/map/", map_api.MatrixMap.as_view(), name="matrix-map"),
    path("matrices/<int:pk>/axes/", map_api.MatrixAxes.as_view(), name="matrix-axes"),
    path(
        "portfolio/questions/<slug:question>/",
        boards_api.PortfolioQuestion.as_view(),
        name="portfolio-question",
    ),
    path("portfolio/<slug:chart>/rows/", api.PortfolioRows.as_view(), name="portfolio-rows"),
    path("clients/<int:pk>/growth/", growth_api.ClientGrowth.as_view(), name="client-growth"),
    path(
        "clients/<int:pk>/growth/criteria/",
        growth_api.ClientGrowthCriteria.as_view(),
        name="client-growth-criteria",
    ),
    path("clients/<int:pk>/quarter/", quarter_api.ClientQuarter.as_view(), name="client-quarter"),
    path("programme/", programme_api.ProgrammeFigures.as_view(), name="programme"),
    path("clients/<int:pk>/months/", api.ClientMonths.as_view(), name="client-months"),
    path(
        "backtests/<int:pk>/charts/",
        backtests_api.BacktestCharts.as_view(),
        name="backtest-charts",
    ),
    path(
        "confidences/<int:pk>/charts/",
        confidence_api.ConfidenceCharts.as_view(),
        name="confidence-charts",
    ),
]
