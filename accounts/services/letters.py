"""Mail that people hand on: taken in, given a client, and kept from coming twice."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.importing import letters as reading
from accounts.models import (
    Client,
    Contact,
    Interaction,
    Letter,
    LetterFile,
    TalkFile,
    User,
)
from accounts.selectors.blocks import free
from kam.audit.services import record
from kam.lib.periods import company_zone, today
from kam.lib.scoping import acting_as

from .clients import create_interaction, may_edit
from .suppression import Suppressed
from .talks import safe_name

JOB = "accounts.mailbox"
State = Letter.State
_KEY = re.compile(r"\+(\d+)-([a-z2-7]{16})@")
TAKEN, WAITING, KNOWN, REFUSED = OUTCOMES = ("taken", "waiting", "known", "refused")


def secret_of(person: User, key: str = "") -> str:
    """The secret part of the address to which the person hands mail on."""
    said = f"mail:{person.pk}:{person.mail_serial}".encode()
    digest = hmac.new((key or settings.SECRET_KEY).encode(), said, hashlib.sha256).digest()
    return f"{person.pk}-{base64.b32encode(digest)[:16].decode().lower()}"


def address_of(person: User) -> str:
    """Where the person sends mail to; empty where this installation reads no box."""
    name, _at, host = settings.IMAP_ADDRESS.partition("@")
    return f"{name}+{secret_of(person)}@{host}" if settings.IMAP_URL and host else ""


def renew(person: User) -> None:
    """Another address: mail to the former one is not taken any more."""
    person.mail_serial += 1
    person.save(update_fields=["mail_serial"])
    record("letter.renew", object=person)


def person_of(mail: reading.Mail) -> User | None:
    """Who handed it on: a secret address of ours among its recipients, and its sender is that
    person.  Both are needed; either alone can be guessed or forged more easily."""
    senders = {address for _name, address in mail.senders}
    for address in mail.recipients:
        told = _KEY.search(address)
        person = told and User.objects.filter(pk=int(told[1][:18]), is_active=True).first()
        if not person or person.email.lower() not in senders:
            continue
        keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        said = f"{told[1]}-{told[2]}"
        if any(hmac.compare_digest(secret_of(person, key), said) for key in keys if key):
            return person
    return None


def take_forwarded(content: bytes | None) -> str:
    """A letter of the box; what became of it, one of OUTCOMES.  Whose it is says its address."""
    if content is None:
        return REFUSED
    try:
        mail = reading.read(content)
    except reading.Unreadable:
        return REFUSED
    person = person_of(mail)
    if person is None or person.role == User.Role.AUDITOR:
        return REFUSED
    with acting_as(person):
        return take(mail, content, person)


def take_file(content: bytes, person: User) -> str:
    """A letter that a person brings as a file.  Raises ValidationError where it is none."""
    try:
        mail = reading.read(content)
    except reading.Unreadable as error:
        raise ValidationError(_("This is no mail (.eml), or it is larger than 25 MB.")) from error
    return take(mail, content, person)


@transaction.atomic
def take(mail: reading.Mail, content: bytes, person: User) -> str:
    """Keep a letter for the person: at the client of its sender, else among those that wait."""
    digest = hashlib.sha256(mail.message_id.encode() or content).hexdigest()
    if Letter.objects.filter(person=person, digest=digest).exists():
        return KNOWN
    name, email = sender_of(mail)
    day = min(mail.date.astimezone(company_zone()).date(), today()) if mail.date else today()
    letter = Letter(person=person, digest=digest, date=day)
    # Of whom we have destroyed, or may only keep, nothing new is written down.
    suppressed = Suppressed.load()
    contacts = list(Contact.objects.filter(email__iexact=email)) if email else []
    gone = suppressed.has(name, email, "", None) if email else ""
    if gone or (contacts and not free(Contact.objects.filter(email__iexact=email)).exists()):
        letter.state = State.DISMISSED
        letter.save()
        return REFUSED
    letter.sender_name, letter.sender_email = name, email
    letter.subject = suppressed.mask(mail.subject, None)
    letter.text = suppressed.mask(mail.text, None)
    letter.dropped = mail.dropped
    try:
        with transaction.atomic():
            letter.save()
    except IntegrityError:  # two looks at once
        return KNOWN
    for each in mail.files:
        _keep(letter, each)
    known = [contact for contact in contacts if not contact.is_blocked]
    clients = {contact.client_id for contact in known}
    if len(clients) == 1 and may_edit(known[0].client):
        place(letter, known[0].client, known[0] if len(known) == 1 else None)
        return TAKEN
    record("letter.take", object=letter, details={"files": len(mail.files)})
    return WAITING


def sender_of(mail: reading.Mail) -> tuple[str, str]:
    """Who wrote it, of theirs: whoever wrote what was handed on; else whoever sent it, unless
    that is one of us; else to whom one of us wrote."""
    if mail.original[1] and not _ours([mail.original[1]]):
        return mail.original
    ours = _ours([address for _name, address in mail.senders])
    for name, address in mail.senders:
        if address not in ours:
            return name, address
    box = settings.IMAP_ADDRESS.partition("@")[2].lower()
    for address in mail.recipients:
        if not _ours([address]) and not (_KEY.search(address) and address.endswith(f"@{box}")):
            return "", address
    return "", ""


def _ours(addresses: Iterable[str]) -> set[str]:
    found = User.objects.filter(email__in=[each.lower() for each in addresses])
    return {email.lower() for email in found.values_list("email", flat=True)}


def _keep(letter: Letter, attached: reading.Attachment) -> None:
    row = LetterFile(
        letter=letter,
        name=safe_name(attached.name),
        size=len(attached.content),
        sha256=hashlib.sha256(attached.content).hexdigest(),
    )
    row.file.save("", ContentFile(attached.content), save=False)
    row.save()


@transaction.atomic
def place(letter: Letter, client: Client, contact: Contact | None = None) -> Interaction:
    """Give a letter its client: it becomes a talk there, with its files; here only its mark stays.

    Raises ValidationError where it has been placed or put aside.
    """
    present = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if present.state != State.WAITING:
        raise ValidationError(_("This letter has been seen to already."))
    if contact is None and present.sender_email:
        same = free(Contact.objects.filter(client=client, email__iexact=present.sender_email))
        contact = same.order_by("pk").first()
    text = present.text
    if contact is None and present.sender_email:
        who = f"{present.sender_name} <{present.sender_email}>".strip()
        with override(present.person.language):
            said = _("From: %(who)s") % {"who": who}
        text = f"{said}\n\n{text}"
    talk = create_interaction(
        client,
        {
            "kind": Interaction.Kind.EMAIL,
            "date": present.date,
            "contact": contact,
            "subject": present.subject or _("No subject"),
            "text": text,
        },
        present.person,
    )
    TalkFile.objects.bulk_create(
        TalkFile(
            interaction=talk, name=row.name, file=row.file.name, size=row.size, sha256=row.sha256,
            brought_by=present.person,
        )
        for row in LetterFile.objects.filter(letter=present)
    )  # fmt: skip
    LetterFile.objects.filter(letter=present).delete()
    _empty(present, State.PLACED, talk)
    letter.refresh_from_db()
    record("letter.place", object=letter, client_id=client.pk, details={"interaction": talk.pk})
    return talk


@transaction.atomic
def dismiss(letter: Letter) -> None:
    """Put a letter aside: nothing but its mark stays.  Raises ValidationError as :func:`place`."""
    present = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if present.state != State.WAITING:
        raise ValidationError(_("This letter has been seen to already."))
    for row in LetterFile.objects.filter(letter=present):
        name, storage = row.file.name, row.file.storage
        row.delete()
        transaction.on_commit(lambda name=name, storage=storage: storage.delete(name))
    _empty(present, State.DISMISSED, None)
    record("letter.dismiss", object=letter)


def _empty(letter: Letter, state: str, talk: Interaction | None) -> None:
    letter.state, letter.interaction = state, talk
    letter.sender_name = letter.sender_email = letter.subject = letter.text = ""
    letter.save()
