"""Routes of sight: the portfolio with the rows behind it, and the months of a client."""

from django.urls import path

from .api import views as api
from .views import client_months, portfolio

urlpatterns = [
    path("portfolio/", portfolio.portfolio_page, name="portfolio"),
    path("portfolio/<slug:chart>/rows/", portfolio.portfolio_rows, name="portfolio_rows"),
    path("clients/<int:pk>/months/", client_months.client_months_page, name="client_months"),
]

api_urlpatterns = [
    path("portfolio/", api.PortfolioFigures.as_view(), name="portfolio"),
    path("portfolio/<slug:chart>/rows/", api.PortfolioRows.as_view(), name="portfolio-rows"),
    path("clients/<int:pk>/months/", api.ClientMonths.as_view(), name="client-months"),
]
