"""Routes of sight: the portfolio with the rows behind it, and the months of a client."""

from django.urls import path

from .api import backtests as backtests_api
from .api import views as api
from .views import backtests, client_months, portfolio

urlpatterns = [
    path("portfolio/", portfolio.portfolio_page, name="portfolio"),
    path("portfolio/<slug:chart>/rows/", portfolio.portfolio_rows, name="portfolio_rows"),
    path("clients/<int:pk>/months/", client_months.client_months_page, name="client_months"),
    path("backtests/<int:pk>/charts/", backtests.backtest_charts_page, name="backtest_charts"),
]

api_urlpatterns = [
    path("portfolio/", api.PortfolioFigures.as_view(), name="portfolio"),
    path("portfolio/<slug:chart>/rows/", api.PortfolioRows.as_view(), name="portfolio-rows"),
    path("clients/<int:pk>/months/", api.ClientMonths.as_view(), name="client-months"),
    path(
        "backtests/<int:pk>/charts/",
        backtests_api.BacktestCharts.as_view(),
        name="backtest-charts",
    ),
]
