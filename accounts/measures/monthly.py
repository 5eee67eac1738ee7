"""Revenue and profit by calendar month, for one client's page or for everybody at once."""

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

import numpy as np
from django.db import connection

from accounts.models import Client
from accounts.selectors.facts import memberships_as_of
from kam.lib.periods import add_months, month_start
from kam.lib.scoping import System, current

from .reading import AS_OF, IS_REVENUE, Moment, heavy_statements, read_columns, require_system
from .served import Served, served_at

# Months are numbered through: twelve times the year plus the month.
_NUMBER = "(extract(year FROM d.date) * 12 + extract(month FROM d.date))::int4"


def calendar_months(as_of: dt.date, months: int) -> list[dt.date]:
    """First days of the ``months`` calendar months up to that of ``as_of``, oldest first."""
    last = month_start(as_of)
    return [add_months(last, -back) for back in range(months - 1, -1, -1)]


def by_month(
    as_of: dt.date, months: int, client_ids: Collection[int] | None = None
) -> tuple[list[dt.date], np.ndarray, np.ndarray, np.ndarray]:
    """(first days of the months, ids, revenue, profit) of served clients as of ``as_of``.

    ids: int64 (n,) ascending, all served clients or those of ``client_ids``; revenue and profit:
    float64 (n, months) in company currency.  Profit is that of the revenue whose cost is known.
    The last month ends with ``as_of``.  A person gets the clients they may see, nothing else.
    """
    starts = calendar_months(as_of, months)
    if not isinstance(current(), System):
        visible = Client.objects.all()
        if client_ids is not None:
            visible = visible.filter(pk__in=client_ids)
        client_ids = visible.values_list("pk", flat=True)
    moment = Moment(as_of)
    query = f"""
        SELECT d.client_id, {_NUMBER}, sum(d.net)::float8, sum(d.costed_net - d.cost)::float8
        FROM accounts_document d
        WHERE {IS_REVENUE.format("d")} AND d.date >= %(from)s AND {AS_OF.format("d")} {{few}}
        GROUP BY 1, 2
    """
    parameters = {**moment.parameters, "from": starts[0]}
    if client_ids is None:
        require_system()
        with heavy_statements():
            served = served_at(moment)
            columns = read_columns(query.format(few=""), parameters, ("i8", "i4", "f8", "f8"))
    else:
        served = _served_among(as_of, client_ids)
        entities = [*served.ids.tolist(), *served.member_ids.tolist()]
        with connection.cursor() as cursor:
            cursor.execute(
                query.format(few="AND d.client_id = ANY(%(few)s)"),
                {**parameters, "few": entities},
            )
            rows = cursor.fetchall()
        columns = [
            np.array([row[at] for row in rows], dtype)
            for at, dtype in enumerate((np.int64, np.int32, float, float))
        ]
    owners, kept = served.position(columns[0])
    cells = owners * months + columns[1][kept] - (starts[0].year * 12 + starts[0].month)
    shape = (len(served), months)
    revenue, profit = (
        np.bincount(cells, column[kept], minlength=shape[0] * months).astype(float).reshape(shape)
        for column in columns[2:]
    )
    return starts, served.ids, revenue, profit


def _served_among(as_of: dt.date, client_ids: Collection[int]) -> Served:
    """Those of ``client_ids`` that are served at the date, with the members of the groups."""
    wanted = set(client_ids)
    pairs = sorted(
        (member, group)
        for member, group in memberships_as_of(as_of)
        .values_list("member_id", "group_id")
        .filter(group_id__in=wanted)
    )
    elsewhere = set(
        memberships_as_of(as_of).filter(member_id__in=wanted).values_list("member_id", flat=True)
    )
    members = np.array(pairs, np.int64).reshape(-1, 2)
    return Served(
        np.array(sorted(wanted - elsewhere), np.int64), members[:, 0].copy(), members[:, 1].copy()
    )


def totals_by_month(as_of: dt.date, months: int) -> list[tuple[dt.date, Decimal, Decimal, int]]:
    """(first day of the month, revenue, profit, invoices) of the whole company, oldest first.

    Exact amounts; a month without documents is there with zeros.  System actor only.
    """
    require_system()
    starts = calendar_months(as_of, months)
    with heavy_statements(), connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT date_trunc('month', d.date)::date, sum(d.net), sum(d.costed_net - d.cost),
                   count(*) FILTER (WHERE d.type = 'invoice')
            FROM accounts_document d
            WHERE {IS_REVENUE.format("d")} AND d.date >= %(from)s AND {AS_OF.format("d")}
            GROUP BY 1
            """,
            {**Moment(as_of).parameters, "from": starts[0]},
        )
        found = {row[0]: row for row in cursor.fetchall()}
    nothing = (Decimal("0.00"), Decimal("0.00"), 0)
    return [found.get(start, (start, *nothing)) for start in starts]
