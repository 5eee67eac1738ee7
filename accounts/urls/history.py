"""What records said before."""

from django.urls import path

from accounts.api import history as api
from accounts.views import history

urlpatterns = [
    path("clients/<int:pk>/history/", history.client_history, name="client_history"),
    path("contacts/<int:pk>/history/", history.contact_history, name="contact_history"),
    path("goals/<int:pk>/history/", history.goal_history, name="goal_history"),
    path("plans/<int:pk>/history/", history.plan_history, name="plan_history"),
    path("promises/<int:pk>/history/", history.promise_history, name="promise_history"),
    path("people/<int:pk>/history/", history.person_history, name="person_history"),
]

api_urlpatterns = [
    path("clients/<int:pk>/history/", api.ClientHistory.as_view(), name="client-history"),
    path("contacts/<int:pk>/history/", api.ContactHistory.as_view(), name="contact-history"),
    path("goals/<int:pk>/history/", api.GoalHistory.as_view(), name="goal-history"),
    path("plans/<int:pk>/history/", api.PlanHistory.as_view(), name="plan-history"),
    path("promises/<int:pk>/history/", api.PromiseHistory.as_view(), name="promise-history"),
    path("people/<int:pk>/history/", api.PersonHistory.as_view(), name="person-history"),
]
