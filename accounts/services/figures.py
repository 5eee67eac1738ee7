"""The figures of the whole ledger at a date, exact to the cent.

They describe the documents as they are: by legal entity (a group of companies is not a client
here), net of VAT for revenue, with VAT for what is paid and owed.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.measures.reading import (
    AS_OF,
    IS_REVENUE,
    Moment,
    heavy_statements,
    require_system,
)
from accounts.measures.settlement import payables
from kam.lib.periods import today

DSO_DAYS = 90
TOP_SHARE = Decimal("0.2")


@dataclass(frozen=True)
class TopClient:
    client: str | None  # the external id; None where no other system knows the client
    name: str
    net: Decimal


@dataclass(frozen=True)
class Figures:
    """Amounts in company currency; None where there is nothing to compute a number from.

    ``clients``: all legal entities, buying or not.  ``documents``: invoices and credit notes.
    ``gross``: sum of invoices, ``credits``: sum of credit notes as a positive number, ``net``:
    the difference.  ``top20_share``: part of net that the largest fifth of all clients (rounded
    up) brings.  ``weighted_days_to_pay``: days from the document to full payment, weighted by
    amount, over documents settled by the date.  ``late_share``: part of the settled documents
    with a due date that were settled after it.  ``dso``: receivables on the date ÷ sales of the
    90 days up to it × 90.  ``quarantined``: document rows that wait for a client.
    """

    as_of: dt.date
    clients: int
    buying_clients: int
    documents: int
    gross: Decimal
    credits: Decimal
    net: Decimal
    mean_invoice: Decimal | None
    median_invoice: Decimal | None
    top: list[TopClient]
    top20_share: Decimal | None
    net_by_month: dict[str, Decimal]
    weighted_days_to_pay: Decimal | None
    late_share: Decimal | None
    dso: Decimal | None
    quarantined_rows: int
    quarantined_amount: Decimal

    def as_json(self) -> dict[str, Any]:
        """Numbers as exact decimal strings, counts as integers."""

        def text(number: Decimal | None) -> str | None:
            return None if number is None else f"{number:f}"

        return {
            "as_of": self.as_of.isoformat(),
            "clients": self.clients,
            "buying_clients": self.buying_clients,
            "documents": self.documents,
            "gross": text(self.gross),
            "credits": text(self.credits),
            "net": text(self.net),
            "mean_invoice": text(self.mean_invoice),
            "median_invoice": text(self.median_invoice),
            "top": [
                {"client": one.client, "name": one.name, "net": text(one.net)} for one in self.top
            ],
            "top20_share": text(self.top20_share),
            "net_by_month": {month: text(net) for month, net in self.net_by_month.items()},
            "weighted_days_to_pay": text(self.weighted_days_to_pay),
            "late_share": text(self.late_share),
            "dso": text(self.dso),
            "quarantined": {
                "rows": self.quarantined_rows,
                "amount": text(self.quarantined_amount),
            },
        }


def figures(as_of: dt.date | None = None, top: int = 10) -> Figures:
    """Figures of all documents dated and known by ``as_of``.

    Without a date: all documents as we know them now, at the date of the last one (today where
    there are none).  System actor only.
    """
    require_system()
    with heavy_statements(), connection.cursor() as cursor:
        ask = _Questions(cursor, top)
        if as_of is not None:
            return ask.all(Moment(as_of), quarantine_until=as_of)
        now = timezone.now()
        last = ask.last_document(now) or today()
        return ask.all(Moment(last, known_before=now), quarantine_until=dt.date.max)


def rounded(number: Decimal | None, places: int) -> Decimal | None:
    """Half-up to ``places`` decimals."""
    if number is None:
        return None
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def ratio(above: Decimal | None, below: Decimal | None, places: int) -> Decimal | None:
    """above ÷ below, half-up; None where there is nothing positive to divide by."""
    if above is None or below is None or below <= 0:
        return None
    return rounded(Decimal(above) / Decimal(below), places)


class _Questions:
    def __init__(self, cursor, top: int):
        self.cursor, self.top = cursor, top

    def rows(self, query: str, **parameters: Any) -> list[tuple]:
        self.cursor.execute(query, parameters)
        return self.cursor.fetchall()

    def last_document(self, now: dt.datetime) -> dt.date | None:
        return self.rows(
            f"SELECT max(date) FROM accounts_document d WHERE {IS_REVENUE.format('d')}"
            f" AND known_from < %(now)s AND known_to IS NULL",
            now=now,
        )[0][0]

    def all(self, moment: Moment, quarantine_until: dt.date) -> Figures:
        revenue = f"FROM accounts_document d WHERE {IS_REVENUE.format('d')} AND {AS_OF.format('d')}"
        given = moment.parameters
        (documents, invoices, buying, gross, credits) = self.rows(
            f"""
            SELECT count(*), count(*) FILTER (WHERE type = 'invoice'),
                   count(DISTINCT client_id) FILTER (WHERE type = 'invoice'),
                   coalesce(sum(net) FILTER (WHERE type = 'invoice'), 0.00),
                   coalesce(-sum(net) FILTER (WHERE type = 'credit_note'), 0.00)
            {revenue}
            """,
            **given,
        )[0]
        clients = self.rows("SELECT count(*) FROM accounts_client WHERE kind <> 'group'")[0][0]
        net = gross - credits
        months = self.rows(
            f"SELECT to_char(date, 'YYYY-MM'), sum(net) {revenue} GROUP BY 1 ORDER BY 1", **given
        )
        settlement = self.settlement(moment)
        quarantined = self.rows(
            """
            SELECT count(*), coalesce(sum(amount), 0.00) FROM accounts_quarantinedrow
            WHERE kind = 'documents' AND known_from < %(end)s
              AND (date IS NULL OR date <= %(until)s)
            """,
            end=moment.end,
            until=quarantine_until,
        )[0]
        return Figures(
            as_of=moment.day,
            clients=clients,
            buying_clients=buying,
            documents=documents,
            gross=gross,
            credits=credits,
            net=net,
            mean_invoice=ratio(gross, Decimal(invoices), 4),
            median_invoice=self.median(revenue, given),
            top=self.largest(revenue, given),
            top20_share=ratio(self.net_of_largest_fifth(revenue, given, clients), net, 8),
            net_by_month=dict(months),
            quarantined_rows=quarantined[0],
            quarantined_amount=quarantined[1],
            **settlement,
        )

    def median(self, revenue: str, given: dict[str, Any]) -> Decimal | None:
        """The middle invoice, or the mean of the middle two: exact, with half cents."""
        middle = self.rows(
            f"""
            SELECT avg(net) FROM (
                SELECT net, row_number() OVER (ORDER BY net) AS place, count(*) OVER () AS many
                {revenue} AND type = 'invoice'
            ) sorted WHERE place IN ((many + 1) / 2, many / 2 + 1)
            """,
            **given,
        )[0][0]
        return rounded(middle, 3)

    def largest(self, revenue: str, given: dict[str, Any]) -> list[TopClient]:
        """The clients with the most net revenue; equal ones in the order of their ids."""
        found = self.rows(
            f"""
            SELECT i.external_id, c.name, sold.net
            FROM (SELECT client_id, sum(net) AS net {revenue} GROUP BY client_id) sold
            JOIN accounts_client c ON c.id = sold.client_id
            LEFT JOIN LATERAL (
                SELECT external_id FROM accounts_clientidentifier
                WHERE client_id = c.id ORDER BY id LIMIT 1
            ) i ON true
            ORDER BY sold.net DESC, i.external_id, c.id LIMIT %(top)s
            """,
            top=self.top,
            **given,
        )
        return [TopClient(*row) for row in found]

    def net_of_largest_fifth(
        self, revenue: str, given: dict[str, Any], clients: int
    ) -> Decimal | None:
        many = int((TOP_SHARE * clients).to_integral_value("ROUND_CEILING"))
        return self.rows(
            f"""
            SELECT sum(net) FROM (
                SELECT sum(net) AS net {revenue} GROUP BY client_id ORDER BY 1 DESC LIMIT %(many)s
            ) largest
            """,
            many=many,
            **given,
        )[0][0]

    def settlement(self, moment: Moment) -> dict[str, Decimal | None]:
        """Figures of payment; all missing where no payment has been recorded by the date."""
        (paid,) = self.rows(
            f"SELECT EXISTS (SELECT 1 FROM accounts_payment p WHERE {AS_OF.format('p')})",
            **moment.parameters,
        )[0]
        if not paid:
            return dict.fromkeys(("weighted_days_to_pay", "late_share", "dso"))
        days, amount, late, judged, receivables = self.rows(
            f"""
            SELECT sum(gross * (settled_on - date)) FILTER (WHERE settled_on IS NOT NULL),
                   sum(gross) FILTER (WHERE settled_on IS NOT NULL),
                   count(*) FILTER (WHERE settled_on > due),
                   count(*) FILTER (WHERE settled_on IS NOT NULL AND due IS NOT NULL),
                   coalesce(sum(gross - paid) FILTER (WHERE settled_on IS NULL), 0)
            FROM ({payables(moment)}) payable
            """,
            **moment.parameters,
        )[0]
        sales = self.rows(
            f"""
            SELECT sum(gross) FROM accounts_document d
            WHERE {IS_REVENUE.format("d")} AND {AS_OF.format("d")}
              AND d.date > %(day)s::date - {DSO_DAYS}
            """,
            **moment.parameters,
        )[0][0]
        return {
            "weighted_days_to_pay": ratio(days, amount, 6),
            "late_share": ratio(Decimal(late), Decimal(judged), 8),
            "dso": ratio(receivables * DSO_DAYS, sales, 6),
        }
