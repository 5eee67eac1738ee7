"""A connected system, as it looks after a night: nothing is asked of it, since it is made up."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from accounts.models import Connection, User

NAMES = {"ru": "Портал Битрикс24", "en": "Bitrix24 portal"}
HOST = "chisty-stol.bitrix24.example"


def connect(language: str, administrator: User) -> None:
    began = timezone.now() - dt.timedelta(hours=3)
    row = Connection(
        system=Connection.System.BITRIX24,
        name=NAMES[language],
        address=f"https://{HOST}",
        source="bitrix24",
        pulls=list(Connection.PULLS[Connection.System.BITRIX24]),
        every=Connection.Every.BY_HAND,
        created_by=administrator,
        found={"name": HOST, "companies": 214, "more": False, "at": began.isoformat()},
        started_at=began,
        finished_at=began + dt.timedelta(seconds=41),
        report={
            "companies": _told(read=12, changed=5, unchanged=7),
            "requisites": _told(read=2, unchanged=2),
            "invoices": _told(
                read=31,
                changed=29,
                refused=1,
                quarantined=1,
                findings=[
                    {
                        "row": 4817,
                        "column": "opportunity",
                        "code": "number.invalid",
                        "params": {"value": "договорная"},
                    }
                ],
            ),
        },
    )
    row.seal({"webhook": f"https://{HOST}/rest/1/demo"})
    row.save()


def _told(**counts) -> dict:
    none = {"changed": 0, "unchanged": 0, "refused": 0, "quarantined": 0, "skipped": 0, "gone": 0}
    return {"findings": []} | none | counts
