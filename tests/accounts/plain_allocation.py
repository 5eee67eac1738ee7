"""The allocation rule written plainly, one client at a time: what the SQL must agree with.

Documents and payments are any objects with the fields of the models.  ``known`` filters are the
caller's business: give only the facts that were known.
"""

from decimal import Decimal


def allocate(documents, payments):
    """[(document, payment or credit note, date, amount, rule)] for one client."""
    debts = [d for d in documents if d.gross > 0]
    credits = [d for d in documents if d.gross < 0]
    money = [p for p in payments if p.amount > 0]
    left = {d.pk: d.gross for d in debts}
    purse = {p.pk: p.amount for p in money}
    pairs = []

    for payment in sorted(money, key=lambda p: (p.date, p.pk)):
        named = [
            d for d in debts if payment.document_number and d.number == payment.document_number
        ]
        if not named:
            continue
        document = min(
            named, key=lambda d: (d.date > payment.date, abs((d.date - payment.date).days), d.pk)
        )
        amount = min(left[document.pk], purse[payment.pk])
        if amount > 0:
            left[document.pk] -= amount
            purse[payment.pk] -= amount
            pairs.append((document, payment, max(document.date, payment.date), amount, "exact"))

    queue = [[d.date, 0, d.pk, d, left[d.pk]] for d in debts]
    queue += [[p.date, 1, p.pk, None, -p.amount] for p in payments if p.amount < 0]
    queue.sort(key=lambda entry: entry[:3])
    received = [[d.date, 0, d.pk, d, -d.gross] for d in credits]
    received += [[p.date, 1, p.pk, p, purse[p.pk]] for p in money]
    received.sort(key=lambda entry: entry[:3])
    for arrival, *_, giver, amount in received:
        for entry in queue:
            part = min(amount, entry[4])
            if part > 0:
                amount -= part
                entry[4] -= part
                if entry[3] is not None:
                    pairs.append((entry[3], giver, max(arrival, entry[0]), part, "oldest"))
    return pairs


def settled(document, pairs):
    """(paid, settled on) of a document by these pairs."""
    own = [(date, amount) for paid, _, date, amount, _ in pairs if paid.pk == document.pk]
    paid = sum((amount for _, amount in own), Decimal(0))
    return paid, max(date for date, _ in own) if own and paid >= document.gross else None
