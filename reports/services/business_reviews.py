"""Business reviews: both editions of a quarter are made at once, talked over among ourselves, and
the one for the client goes out only when somebody who leads has approved what it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Client, Goal, User
from accounts.selectors import ledger
from kam.audit.services import record
from kam.lib.company import company
from kam.lib.locks import lock
from kam.lib.periods import today
from reports.figures.calendar import Period, last_whole
from reports.models import BusinessReview, ReviewComment, ReviewDecision

from . import client_edition, internal_edition
from .finishing import digest_of, finished
from .shapes import plain

Edition, Kind = BusinessReview.Edition, ReviewDecision.Kind
WORDS = ("headline", *client_edition.WORDS)
LONGEST = 4000
QUARTERS = 4  # the last whole ones, which a review can be made of


def quarters() -> list[Period]:
    """Whole quarters that are over, the latest first."""
    found, until = [], today()
    for _number in range(QUARTERS):
        found.append(last_whole("quarter", until))
        until = found[-1].starts
    return found


def rows() -> QuerySet[BusinessReview]:
    """Without their content; ``decided``: the kind of the last decision, None without one."""
    last = ReviewDecision.objects.filter(review=OuterRef("pk")).order_by("-pk")
    return (
        BusinessReview.objects.select_related("client", "author").defer("content")
        .annotate(decided=Subquery(last.values("kind")[:1]))
    )  # fmt: skip


def reviews_of(client: Client) -> QuerySet[BusinessReview]:
    return rows().filter(client=client)


def goals_of(client: Client) -> QuerySet[Goal]:
    """Goals of which those agreed with the client can be chosen."""
    return client_edition.may_be_shown(ledger.legal_entities(client, today()))


@transaction.atomic
def make(
    client: Client, period: Period, author: User, *, language: str = "",
    goals: Iterable[int] = (), words: Mapping[str, str] | None = None, notes: str = "",
) -> tuple[BusinessReview, BusinessReview]:  # fmt: skip
    """The edition for ourselves and that for the client.  Made anew, both get the next number.

    language: of the edition for the client; ours is in the author's.  goals: ids of those agreed
    with the client.  words: "headline", "lessons", "asks", written for the client.  Raises
    ValidationError where the period is no whole quarter, or a goal is none that may be shown.
    """
    if period not in quarters():
        raise ValidationError({"quarter": _("A review is made of a whole quarter that is over.")})
    known = dict(settings.LANGUAGES)
    language = language if language in known else author.language
    entities = ledger.legal_entities(client, period.ends)
    chosen = list(goals)
    if set(chosen) - set(client_edition.may_be_shown(entities).values_list("pk", flat=True)):
        raise ValidationError(
            {"goals": _("Choose open goals with a measure that the client may see.")}
        )
    said = {name: str((words or {}).get(name, "")).strip()[:LONGEST] for name in WORDS}
    lock(f"business review {client.pk}")  # two that are made at once get two numbers
    made = BusinessReview.objects.filter(client=client, ends=period.ends)
    number = (made.aggregate(last=Max("number"))["last"] or 0) + 1
    with override(author.language):
        own = internal_edition.build(client, entities, period, notes.strip()[:LONGEST])
        internal = _keep(client, Edition.INTERNAL, period, number, author, author.language, own)
    with override(language):
        told = client_edition.build(client.pk, client.name, entities, period, chosen, said)
        outward = _keep(client, Edition.CLIENT, period, number, author, language, told)
    record(
        "business_review.make", object=outward, client_id=client.pk,
        details={"until": str(period.ends), "number": number},
    )  # fmt: skip
    return internal, outward


def _keep(client, edition, period, number, author, language, told) -> BusinessReview:
    earlier = BusinessReview.objects.filter(client=client, edition=edition, ends__lt=period.ends)
    if edition == Edition.CLIENT:
        # What the client has never seen is no report before.
        earlier = earlier.filter(pk__in=approved().values("pk"))
    before = earlier.order_by("-ends", "-number").first()
    content = finished(plain(told), before)
    return BusinessReview.objects.create(
        client=client, edition=edition, starts=period.starts, ends=period.ends, number=number,
        language=language, content=content, digest=digest_of(content), previous=before,
        author=author,
    )  # fmt: skip


# --- Whether it may go out ----------------------------------------------------------------------


def approved() -> QuerySet[BusinessReview]:
    """Editions for the client whose last decision lets them go out."""
    return rows().filter(edition=Edition.CLIENT, decided=Kind.APPROVED)


def decision_of(review: BusinessReview) -> ReviewDecision | None:
    """The last one, which counts."""
    found = ReviewDecision.objects.filter(review=review).select_related("author")
    return found.order_by("-pk").first()


def may_go_out(review: BusinessReview) -> bool:
    """Whether it may be handed to the client: approved, and what was approved is what it says."""
    if review.is_internal:
        return False
    last = decision_of(review)
    return (
        last is not None and last.kind == Kind.APPROVED
        and last.digest == review.digest == digest_of(review.content)
    )  # fmt: skip


def may_decide(review: BusinessReview, person: User) -> bool:
    """Who leads the client's team, and an administrator; not who made it, except in a company so
    small that one person does both."""
    if review.author_id == person.pk and not company().small_company:
        return False
    if person.role == User.Role.ADMINISTRATOR:
        return True
    leads = person.role == User.Role.MANAGER and person.team_id is not None
    return leads and review.client.team_id == person.team_id


@transaction.atomic
def decide(review: BusinessReview, kind: str, person: User, words: str = "") -> ReviewDecision:
    """Approve an edition for the client, or return it; the last decision counts.

    Raises PermissionDenied where the person may not, ValidationError where it is for ourselves, or
    is returned without a word.
    """
    if review.is_internal:
        raise ValidationError(_("This edition is for ourselves and never goes to the client."))
    if not may_decide(review, person):
        raise PermissionDenied
    words = words.strip()[:1000]
    if kind == Kind.RETURNED and not words:
        raise ValidationError({"words": _("Say what is to be changed.")})
    made = ReviewDecision.objects.create(
        review=review, kind=kind, words=words, digest=review.digest, author=person
    )
    told = {"digest": review.digest[:12]}
    if kind == Kind.APPROVED:
        record("business_review.approve", object=review, client_id=review.client_id, details=told)
    else:
        record("business_review.return", object=review, client_id=review.client_id, details=told)
    return made


# --- What we say of it --------------------------------------------------------------------------


def comments_of(review: BusinessReview) -> QuerySet[ReviewComment]:
    return ReviewComment.objects.filter(review=review).select_related("author").order_by("at", "pk")


@transaction.atomic
def comment(review: BusinessReview, text: str, author: User) -> ReviewComment:
    """Raises ValidationError where nothing is said."""
    if not text.strip():
        raise ValidationError({"text": _("Write what you want to say.")})
    made = ReviewComment.objects.create(review=review, text=text.strip()[:2000], author=author)
    record("business_review.comment", object=review, client_id=review.client_id)
    return made


def take(review: BusinessReview, ending: str) -> None:
    """Note that it is handed out as a file.  Raises PermissionDenied where an edition for the
    client has not been approved."""
    if not review.is_internal and not may_go_out(review):
        raise PermissionDenied(_("This review is not approved for the client yet."))
    record(
        "business_review.file", object=review, client_id=review.client_id,
        details={"format": ending, "edition": review.edition},
    )  # fmt: skip
