"""Where business reviews may name people of clients, for whoever looks for a person everywhere."""

from django.utils.translation import gettext_lazy as _

from accounts.services.import_undo import register_name
from accounts.services.subject_places import Place
from accounts.services.subject_places import register as add
from kam.lib.navigation import address
from reports.models import BusinessReview, ReviewComment, ReviewDecision, ReviewMail

TOLD = _("what was told to a client is never changed; it is kept as evidence")


def _review(row) -> str:
    return address("business_review_detail", getattr(row, "review_id", row.pk))


def register() -> None:
    add(
        Place("business_reviews", _("Business reviews"), BusinessReview, ("content",),
              kept=lambda: TOLD, address=_review),
        Place("review_comments", _("Comments on business reviews"), ReviewComment, ("text",),
              "review__client_id", address=_review),
        Place("review_decisions", _("Decisions on business reviews"), ReviewDecision, ("words",),
              "review__client_id", address=_review),
    )  # fmt: skip
    register_name(BusinessReview, _("Business reviews"))
    register_name(ReviewMail, _("Business reviews sent to the client"))
