"""Mail that people hand on: read safely, matched to a client, kept once, over a verified line."""

import datetime as dt
from email.message import EmailMessage

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.connectors.mailbox import MailboxError, WrongSettings, box_of
from accounts.importing import letters as reading
from accounts.models import Contact, Interaction, Letter, LetterFile, TalkFile, Team
from accounts.services import letters, mailbox
from kam.lib.addresses import NotAllowed
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_user

from .imap_server import Box, certificate

DAY = dt.date(2026, 3, 16)
FORWARD = """Please keep this.

---------- Forwarded message ---------
From: Bob Buyer <bob@shop.example>
Date: Fri, 13 Mar 2026
Subject: Prices

Could you send the list?
"""


def mail(sender="ann@kam.example", to="kam@kam.example", text="Hello", **headers) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = sender, to
    message["Subject"] = headers.pop("subject", "Prices")
    message["Date"] = "Sun, 15 Mar 2026 10:00:00 +0300"
    message["Message-ID"] = headers.pop("message_id", "<one@shop.example>")
    message.set_content(text)
    return message


# -- reading, without a database ------------------------------------------------------------------


def test_a_letter_is_read_with_its_attachments():
    message = mail(sender='"Bob Buyer" <Bob@Shop.example>', text="Words")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="прайс.pdf")
    read = reading.read(message.as_bytes())
    assert read.senders == [("Bob Buyer", "bob@shop.example")]
    assert (read.message_id, read.subject, read.text) == ("<one@shop.example>", "Prices", "Words")
    assert [(f.name, f.content) for f in read.files] == [("прайс.pdf", b"%PDF")]
    assert read.date == dt.datetime(2026, 3, 15, 7, tzinfo=dt.UTC)


def test_of_html_only_words_are_left():
    page = (
        "<html><head><style>p{}</style><title>T</title></head><body><p>One&nbsp;&lt;b&gt;</p>"
        '<script>alert(1)</script><img src="https://spy.example/p.png" alt="x">'
        '<a href="javascript:alert(1)">Two</a><br>Three</body></html>'
    )
    message = EmailMessage()
    message["From"], message["Subject"] = "bob@shop.example", "x"
    message.set_content(page, subtype="html")
    assert reading.read(message.as_bytes()).text == "One <b>\nTwo\nThree"


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        (FORWARD, ("Bob Buyer", "bob@shop.example")),
        ("> -----Original Message-----\n> From: bob@shop.example\n", ("", "bob@shop.example")),
        ("-------- Пересылаемое сообщение --------\nОт кого: Борис <bob@shop.example>\n",
         ("Борис", "bob@shop.example")),
        ("Begin forwarded message:\n\nFrom: Bob [mailto:Bob@Shop.example]\n",
         ("Bob", "bob@shop.example")),
        ("From: bob@shop.example said so", ("", "")),
        ("---------- Forwarded message ---------\nFrom: nobody\n", ("", "")),
    ],
)  # fmt: skip
def test_who_wrote_what_was_handed_on(text, sender):
    found = reading.read(mail(text=text).as_bytes()).original
    assert (found[0].removesuffix(" [mailto:"), found[1]) == sender


def test_a_letter_inside_a_letter_tells_its_sender():
    message = mail(text="See below")
    message.add_attachment(mail(sender="bob@shop.example", text="Inner"))
    assert reading.read(message.as_bytes()).original == ("", "bob@shop.example")


@pytest.mark.parametrize(
    ("charset", "content", "text"),
    [
        ("windows-1251", "Привет".encode("cp1251"), "Привет"),
        ("utf-8", "Привет".encode("cp1251"), "Привет"),  # says one thing, is another
        ("no-such-charset", "Привет".encode(), "Привет"),
        ("koi8-r", "Привет".encode("koi8-r"), "Привет"),
    ],
)
def test_a_wrong_charset_is_read_all_the_same(charset, content, text):
    raw = (
        b"From: bob@shop.example\r\nSubject: x\r\nContent-Type: text/plain; charset="
        + charset.encode() + b"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + content
    )  # fmt: skip
    assert reading.read(raw).text == text


@pytest.mark.parametrize(
    "raw",
    [
        b"From: bob@shop.example\r\nSubject: =?utf-8?b?!!!?= =?x-none?q?=D0?=\r\n\r\nhi",
        b"From: bob@shop.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nbroken",
        b"From: bob@shop.example\r\nContent-Type: multipart/mixed\r\n\r\nno boundary",
        b"From: bob@shop.example\r\nDate: yesterday\r\nMessage-ID: \xff\xfe\r\n\r\nhi",
        b"From: <<<bob@shop.example\r\nSubject: x\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n%%%not base64",
        b"From: bob@shop.example\r\nContent-Type: ;;;=\r\nContent-Disposition: ;=\r\n\r\nhi",
        b"Subject: only\r\n\r\n\x00\x01\x02",
    ],
)
def test_bad_mime_is_read_as_far_as_it_goes(raw):
    assert "\x00" not in reading.read(raw).text


@pytest.mark.parametrize("raw", [b"", b"   \n", b"no header at all", b"x" * (25 * 2**20 + 1)])
def test_what_is_no_letter_is_refused(raw):
    with pytest.raises(reading.Unreadable):
        reading.read(raw)


def test_attachments_beyond_the_limits_are_counted_and_left_out():
    message = mail()
    for number in range(reading.MOST_FILES + 2):
        message.add_attachment(b"x", maintype="a", subtype="b", filename=f"{number}.bin")
    read = reading.read(message.as_bytes())
    assert (len(read.files), read.dropped) == (reading.MOST_FILES, 2)
    message = mail()
    large = b"x" * (reading.MAX_FILE + 1)
    message.add_attachment(large, maintype="a", subtype="b", filename="large.bin")
    read = reading.read(message.as_bytes())
    assert (read.files, read.dropped) == ([], 1)


# -- taking in ------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    settings.IMAP_ADDRESS = "kam@kam.example"
    settings.IMAP_URL = "imaps://kam:x@localhost/INBOX"
    with time_machine.travel("2026-03-16T09:00:00Z", tick=True):
        yield


@pytest.fixture
def kam(db):
    team = Team.objects.create(name="N")
    return make_user("kam", email="ann@kam.example", language="en", team=team)


@pytest.fixture
def shop(kam):
    client = make_client("Shop", owner=kam, team=kam.team)
    with acting_system("test"):
        Contact.objects.create(client=client, name="Bob Buyer", email="Bob@shop.example")
    return client


def forwarded(kam, text=FORWARD, **headers) -> EmailMessage:
    return mail(sender=kam.email, to=letters.address_of(kam), text=text, **headers)


def test_what_is_handed_on_stands_at_the_client_of_who_wrote_it(kam, shop):
    message = forwarded(kam)
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="list.pdf")
    assert letters.take_forwarded(message.as_bytes()) == "taken"
    talk = Interaction.unscoped.get()
    assert (talk.client, talk.kind, talk.author, talk.contact.name, talk.date) == (
        shop, "email", kam, "Bob Buyer", dt.date(2026, 3, 15)
    )  # fmt: skip
    assert "Could you send the list?" in talk.text
    file = TalkFile.unscoped.get()
    assert (file.name, file.file.read()) == ("list.pdf", b"%PDF")
    letter = Letter.unscoped.get()
    assert (letter.state, letter.text, letter.sender_email) == ("placed", "", "")
    # The same once more, by the box and as a file.
    assert letters.take_forwarded(message.as_bytes()) == "known"
    with acting_as(kam):
        assert letters.take_file(message.as_bytes(), kam) == "known"
    assert Interaction.unscoped.count() == 1


def test_only_our_people_and_only_with_their_own_secret(kam, shop):
    other = make_user("kam", email="eve@kam.example", team=kam.team)
    for message in (
        mail(sender="eve@else.example", to=letters.address_of(kam), text=FORWARD),
        mail(sender=other.email, to=letters.address_of(kam), text=FORWARD),
        mail(sender=kam.email, to="kam@kam.example", text=FORWARD),
        mail(sender=kam.email, to=f"kam+{kam.pk}-aaaaaaaaaaaaaaaa@kam.example", text=FORWARD),
        mail(sender=kam.email, to="kam+999999999-aaaaaaaaaaaaaaaa@kam.example", text=FORWARD),
    ):
        assert letters.take_forwarded(message.as_bytes()) == "refused"
    former = forwarded(kam)
    with acting_as(kam):
        letters.renew(kam)
    assert letters.take_forwarded(former.as_bytes()) == "refused"
    assert letters.take_forwarded(forwarded(kam).as_bytes()) == "taken"
    assert Letter.unscoped.count() == 1


def test_the_address_outlives_a_change_of_our_key(kam, shop, settings):
    message = forwarded(kam)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, as long as it takes to be one"
    assert letters.take_forwarded(message.as_bytes()) == "taken"


def test_whoever_is_at_two_clients_or_none_waits(kam, shop):
    twin = make_client("Twin", owner=kam, team=kam.team)
    with acting_system("test"):
        Contact.objects.create(client=twin, name="Bob", email="bob@shop.example")
    message = forwarded(kam)
    message.add_attachment(b"abc", maintype="a", subtype="b", filename="a.bin")
    assert letters.take_forwarded(message.as_bytes()) == "waiting"
    unknown = mail(sender="new@else.example", message_id="<two@x>", text="Hi")
    with acting_as(kam):
        assert letters.take_file(unknown.as_bytes(), kam) == "waiting"
        first, second = Letter.objects.order_by("pk")
        assert (second.sender_email, LetterFile.objects.get().letter) == ("new@else.example", first)
        talk = letters.place(first, twin)
        assert (talk.contact.name, TalkFile.objects.get().interaction) == ("Bob", talk)
        assert not LetterFile.objects.exists()
        with pytest.raises(ValidationError):
            letters.place(first, twin)
        # Nobody there has this address: the text says who wrote.
        assert letters.place(second, shop).text.startswith("From: <new@else.example>")


def test_what_one_of_us_wrote_goes_to_whom_they_wrote(kam, shop):
    sent = mail(sender=kam.email, to="bob@shop.example", text="Our offer")
    with acting_as(kam):
        assert letters.take_file(sent.as_bytes(), kam) == "taken"
    assert Interaction.unscoped.get().client == shop


def test_of_whoever_is_blocked_nothing_is_written(kam, shop):
    with acting_system("test"):
        Contact.objects.update(blocked_since=DAY)
    assert letters.take_forwarded(forwarded(kam).as_bytes()) == "refused"
    letter = Letter.unscoped.get()
    assert (letter.state, letter.text, letter.subject, letter.sender_email) == (
        "dismissed", "", "", ""
    )  # fmt: skip
    assert not Interaction.unscoped.exists()


def test_what_is_put_aside_leaves_nothing(kam, tmp_path, django_capture_on_commit_callbacks):
    message = mail(sender="new@else.example")
    message.add_attachment(b"abc", maintype="a", subtype="b", filename="a.bin")
    with acting_as(kam):
        letters.take_file(message.as_bytes(), kam)
        row = LetterFile.objects.get()
        path = tmp_path / row.file.name
        assert path.exists()
        with django_capture_on_commit_callbacks(execute=True):
            letters.dismiss(Letter.objects.get())
    assert not path.exists()
    assert Letter.unscoped.get().text == ""


# -- pages and REST -------------------------------------------------------------------------------


def test_a_letter_as_a_file_is_given_its_client_on_the_page(client, kam, shop):
    client.force_login(kam)
    upload = SimpleUploadedFile("a.eml", mail(sender="new@else.example").as_bytes())
    answer = client.post(reverse("letter_upload"), {"files": [upload]}, follow=True)
    body = answer.content.decode()
    assert "new@else.example" in body
    assert letters.address_of(kam) in body
    letter = Letter.unscoped.get()
    placing = reverse("letter_placing", args=[letter.pk])
    client.post(placing, {"client": "None such"})
    assert Letter.unscoped.get().state == "waiting"
    answer = client.post(placing, {"client": "shop"})
    assert answer["Location"] == reverse("interaction_detail", args=[Interaction.unscoped.get().pk])
    junk = SimpleUploadedFile("a.eml", b"no header at all")
    body = client.post(reverse("letter_upload"), {"files": [junk]}, follow=True).content.decode()
    assert "This is no mail" in body


def test_programs_bring_letters_and_place_them(client, kam, shop):
    import base64

    client.force_login(kam)
    content = base64.b64encode(mail(sender="new@else.example").as_bytes()).decode()
    made = client.post("/api/v1/letters/", {"content": content}, "application/json")
    assert (made.status_code, made.json()) == (201, {"outcome": "waiting"})
    (row,) = client.get("/api/v1/letters/?state=waiting").json()["results"]
    placed = client.post(
        f"/api/v1/letters/{row['id']}/placing/", {"client": shop.pk}, "application/json"
    )
    assert placed.json()["state"] == "placed"
    for odd in ("%", "Ü", "\udae5"):
        answer = client.post("/api/v1/letters/", {"content": odd}, "application/json")
        assert answer.status_code == 400, odd


# -- the box --------------------------------------------------------------------------------------


@pytest.fixture
def box(settings, tmp_path):
    pem = certificate(tmp_path)
    found = Box(pem)
    settings.IMAP_URL = f"imaps://kam:secret%20word@localhost:{found.port}/INBOX"
    settings.IMAP_ALLOWED_NETWORKS = ["127.0.0.0/8", "::1/128"]
    settings.IMAP_CA_FILE = str(pem)
    yield found
    found.close()


def test_the_box_is_read_once(kam, shop, box):
    box.add(forwarded(kam).as_bytes())
    box.add(mail(sender="eve@else.example", message_id="<spam@x>").as_bytes())
    with acting_system("test"):
        assert mailbox.look() == {"taken": 1, "refused": 1}
        assert mailbox.look() == {}
    assert box.seen == {1, 2}
    assert Interaction.unscoped.get().client == shop


def test_a_line_that_breaks_in_the_middle_loses_and_doubles_nothing(kam, shop, box):
    box.add(forwarded(kam).as_bytes())
    box.add(forwarded(kam, message_id="<two@x>").as_bytes())
    box.breaks_at, box.forgets = {2}, {1}
    with acting_system("test"):
        with pytest.raises(MailboxError):  # the first is in, and its mark was lost
            mailbox.look()
        assert Interaction.unscoped.count() == 1
        with pytest.raises(MailboxError):  # the second broke off
            mailbox.look()
        assert Interaction.unscoped.count() == 1
        assert mailbox.look() == {"taken": 1}
    assert Interaction.unscoped.count() == 2
    assert box.seen == {1, 2}


def test_a_letter_too_large_is_not_fetched(kam, shop, box):
    uid = box.add(forwarded(kam).as_bytes())
    box.sizes[uid] = reading.MAX_LETTER + 1
    with acting_system("test"):
        assert mailbox.look() == {"refused": 1}
    assert (box.fetched, box.seen) == ([], {uid})


def test_a_certificate_that_nobody_vouches_for_is_refused(kam, box, settings):
    settings.IMAP_CA_FILE = ""
    with acting_system("test"), pytest.raises(MailboxError):
        mailbox.look()
    assert box.fetched == []


def test_a_private_network_has_to_be_named(kam, box, settings):
    settings.IMAP_ALLOWED_NETWORKS = []
    with acting_system("test"), pytest.raises(NotAllowed):
        mailbox.look()


def test_a_wrong_password_is_said(kam, box, settings):
    settings.IMAP_URL = settings.IMAP_URL.replace("secret%20word", "guess")
    with acting_system("test"), pytest.raises(WrongSettings):
        mailbox.look()


@pytest.mark.parametrize(
    "url", ["imap://a:b@host/", "imaps://host/", "imaps://a:b@ho st/", "x", "imaps://a:b@host:0x/"]
)
def test_only_tls_with_name_and_password(url):
    with pytest.raises(WrongSettings):
        box_of(url)


def test_without_a_box_nothing_happens(settings, db):
    settings.IMAP_URL = ""
    with acting_system("test"):
        assert mailbox.look() == {}
