"""Facts for tests, made one by one under a system actor.

Plain functions with sensible defaults: a test states only what it is about.  ``known`` is the
moment from which we knew the fact (default: the end of its own day), a date or a datetime.
"""

import datetime as dt
import itertools
from decimal import Decimal

from django.utils import timezone

from accounts.models import (
    Client,
    ClientIdentifier,
    Contact,
    Document,
    Interaction,
    Line,
    Membership,
    Payment,
    Product,
    ProductFamily,
    User,
)
from kam.lib.periods import company_zone
from kam.lib.scoping import acting_system

_number = itertools.count(1)

PASSWORD = "correct horse battery"


def moment(known: dt.date | dt.datetime | None, day: dt.date | None = None) -> dt.datetime:
    """``known`` (or else ``day``) as a moment: noon of a date in the company's zone."""
    known = known or day
    if known is None:
        return timezone.now()
    if isinstance(known, dt.datetime):
        return known
    return dt.datetime.combine(known, dt.time(12), company_zone())


def as_date(value: str | dt.date) -> dt.date:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def make_user(role=User.Role.KAM, **fields) -> User:
    number = next(_number)
    fields.setdefault("email", f"person{number}@example.com")
    fields.setdefault("name", f"Person {number}")
    return User.objects.create_user(password=fields.pop("password", PASSWORD), role=role, **fields)


def make_client(name: str = "", *, external_id: str = "", source: str = "default", **fields):
    with acting_system("test"):
        client = Client.objects.create(name=name or f"Client {next(_number)}", **fields)
        if external_id:
            ClientIdentifier.objects.create(client=client, source=source, external_id=external_id)
    return client


def make_group(name: str = "", members=(), since="2000-01-01", **fields) -> Client:
    """A group and its members, who belong to it since ``since`` and known since then."""
    group = make_client(name, kind=Client.Kind.GROUP, **fields)
    for member in members:
        make_membership(member, group, since)
    return group


def make_membership(member, group, since="2000-01-01", until=None, *, known=None, known_to=None):
    since, until = as_date(since), as_date(until) if until else None
    with acting_system("test"):
        if until is None and known_to is None:
            Client.objects.filter(pk=member.pk).update(group=group)
            member.group = group
        return Membership.objects.create(
            member=member,
            group=group,
            since=since,
            until=until,
            known_from=moment(known, since),
            known_to=moment(known_to) if known_to else None,
        )


def make_document(
    client,
    date,
    net=100,
    *,
    type=Document.Type.INVOICE,
    vat=0,
    cost=None,
    number="",
    known=None,
    known_to=None,
    version=1,
    lines=(),
    **fields,
) -> Document:
    """A document of ``net`` (negative makes a credit note).

    ``cost`` is of the whole document; None leaves it unknown.  ``lines`` are mappings with the
    fields of Line; net, gross and cost of the header stay those given.
    """
    date, net, vat = as_date(date), Decimal(str(net)), Decimal(str(vat))
    if net < 0 and type == Document.Type.INVOICE:
        type = Document.Type.CREDIT_NOTE
    for name in ("due", "promised", "shipped"):
        if fields.get(name):
            fields[name] = as_date(fields[name])
    with acting_system("test"):
        document = Document.objects.create(
            client=client,
            date=date,
            year=date.year,
            number=number or f"N{next(_number)}",
            type=type,
            currency=fields.pop("currency", "RUB"),
            net=net,
            vat=vat,
            gross=net + vat,
            cost=Decimal(str(cost)) if cost is not None else 0,
            costed_net=net if cost is not None else 0,
            version=version,
            known_from=moment(known, date),
            known_to=moment(known_to) if known_to else None,
            **fields,
        )
        for position, line in enumerate(lines, 1):
            values = {"net": net, "gross": net + vat, "quantity": 1, **line}
            Line.objects.create(
                document=document, client=client, date=date, position=position, **values
            )
    return document


def change_document(document: Document, known, **changes) -> Document:
    """The next version of a document, known from ``known`` on; the present one is closed."""
    known = moment(known)
    with acting_system("test"):
        Document.objects.filter(pk=document.pk).update(known_to=known)
        following = Document.objects.get(pk=document.pk)
        for name, value in changes.items():
            setattr(following, name, as_date(value) if isinstance(value, str) else value)
        if "net" in changes:
            following.gross = Decimal(str(following.net)) + following.vat
        following.pk = None
        following.version += 1
        following.paid, following.settled_on, following.settled_known = 0, None, None
        following.known_from, following.known_to = known, None
        following._state.adding = True
        following.save()
    return following


def make_payment(client, date, amount=100, *, document="", known=None, **fields) -> Payment:
    """Money of ``amount``; ``document`` is a document, or its number, that the payer named."""
    date = as_date(date)
    key = f"P{next(_number)}"
    with acting_system("test"):
        return Payment.objects.create(
            client=client,
            date=date,
            amount=Decimal(str(amount)),
            currency=fields.pop("currency", "RUB"),
            key=fields.pop("key", key),
            document_number=getattr(document, "number", document),
            known_from=moment(known, date),
            **fields,
        )


def make_product(code: str = "", family: str = "", **fields) -> Product:
    code = code or f"P{next(_number)}"
    if family:
        fields["family"] = ProductFamily.objects.get_or_create(name=family)[0]
    return Product.objects.create(code=code, name=fields.pop("name", code), **fields)


def make_contact(client, name: str = "", **fields) -> Contact:
    with acting_system("test"):
        return Contact.objects.create(
            client=client, name=name or f"Contact {next(_number)}", **fields
        )


def make_interaction(client, date, *, contact=None, known=None, **fields) -> Interaction:
    date = as_date(date)
    with acting_system("test"):
        return Interaction.objects.create(
            client=client,
            date=date,
            contact=contact,
            known_from=moment(known, date),
            **fields,
        )
