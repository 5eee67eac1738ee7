"""Periodic reports and what is ordered: rows of the small company."""

import datetime as dt

from accounts.models import Client, Contact, User
from reports.models import (
    BuiltReport,
    BusinessReview,
    Report,
    ReviewComment,
    ReviewDecision,
    ReviewMail,
    Schedule,
    ScheduleReader,
)
from reports.services.finishing import digest_of

DAY = dt.date(2026, 2, 28)


def content(word: str) -> dict:
    """A report with one of everything."""
    return {
        "schema": 2, "company": "Us", "reader": "", "headline": f"{word} headline", "before": None,
        "changes": [f"{word} change"], "texts": [{"key": "note", "title": "Note", "text": word}],
        "title": f"{word} report", "sub": f"{word} period; money", "as_of": "2026-02-28",
        "ranking": None, "currency": "RUB",
        "figures": [
            {"key": "revenue", "label": f"{word} revenue", "kind": "money", "value": 1000.0,
             "note": "", "source": "/api/v1/portfolio/", "path": "revenue.now"},
        ],
        "tables": [
            {"key": "clients", "title": "Clients", "empty": "", "links": ["/clients/1/"], "state": None,
             "columns": [{"label": "Client", "kind": "text"}, {"label": "Due", "kind": "day"}],
             "rows": [[f"{word} client", "2026-03-01"]]},
        ],
        "charts": [
            {"key": "share", "title": f"{word} chart", "subtitle": "", "figure": None, "table": None,
             "note": "", "missing": "too few", "height": "normal"},
        ],
    }  # fmt: skip


def reports(world, relation: str, word: str, owner: User) -> None:
    schedule = Schedule.objects.create(owner=owner, told_until=DAY)
    told = content(word)
    made = {
        "person": owner, "schedule": schedule, "kind": "kam", "rhythm": "month", "language": "en",
        "content": told, "digest": digest_of(told),
    }  # fmt: skip
    before = Report.objects.create(starts=dt.date(2026, 1, 1), ends=dt.date(2026, 1, 31), **made)
    report = Report.objects.create(starts=dt.date(2026, 2, 1), ends=DAY, previous=before, **made)
    world.add(relation, schedule)
    world.add(relation, ScheduleReader.objects.create(schedule=schedule, person=owner))
    world.add(relation, report)
    built = BuiltReport.objects.create(
        owner=owner, name=f"{word} built", shared="nobody" if relation == "foreign" else "team",
        definition={"measures": ["revenue"], "rows": "client"},
    )  # fmt: skip
    world.add(relation, built)
    Schedule.objects.create(owner=owner, kind="built", built=built)


def business_reviews(world, relation: str, client: Client, word: str, owner: User) -> None:
    """Both editions of a quarter; the one for the client is approved."""
    told = content(word)
    made = {
        "client": client, "author": owner, "language": "en", "content": told,
        "digest": digest_of(told), "starts": dt.date(2025, 10, 1), "ends": dt.date(2025, 12, 31),
    }  # fmt: skip
    BusinessReview.objects.create(edition="internal", **made)
    review = BusinessReview.objects.create(edition="client", **made)
    world.add(relation, review)
    world.add(relation, ReviewComment.objects.create(review=review, text=f"{word} remark"))
    decided = ReviewDecision.objects.create(
        review=review, kind="approved", digest=review.digest, author=owner
    )
    world.add(relation, decided)
    contact = Contact.objects.filter(client=client).first()
    world.add(relation, ReviewMail.objects.create(review=review, contact=contact, author=owner))
