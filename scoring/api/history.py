"""What matrices and criteria said before, over REST."""

from django.shortcuts import get_object_or_404

from accounts.api.history import History
from accounts.selectors.history import of_row
from scoring.models import Criterion, Matrix
from scoring.selectors import history as found


class MatrixHistory(History):
    """Who changed what of a matrix, its versions and their criteria: the latest first."""

    def get_queryset(self):
        return found.of_matrix(get_object_or_404(Matrix, pk=self.kwargs["pk"]))


class CriterionHistory(History):
    """Who changed what of a criterion, and when: the latest first."""

    def get_queryset(self):
        return of_row(get_object_or_404(Criterion, key=self.kwargs["key"]))
