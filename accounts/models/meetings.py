"""Meetings with clients and reviews among ourselves: agenda, what was decided, minutes."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .clients import Client
from .contacts import Contact
from .needs import Need
from .promises import Promise
from .tasks import Task


def _person(label="", **options):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        **{"blank": True, "related_name": "+", "verbose_name": label, **options},
    )


class Meeting(Scoped):
    """A meeting with a client, or a review among ourselves of a client or of the clients that
    ``about`` looks after.

    Minutes are written while they are a draft; approving keeps them as a :class:`MinutesVersion`
    (``number``: how many).  ``every``: months until the next one, which is made, with ``previous``,
    when the minutes of this one are approved.
    """

    SCOPE = ("task", "client", "owner", "about")

    class Kind(models.TextChoices):
        CLIENT = "client", pgettext_lazy("meeting", "Client meeting")
        QBR = "qbr", pgettext_lazy("meeting", "Quarterly business review")
        INTERNAL = "internal", pgettext_lazy("meeting", "Internal review")

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("meeting", "Planned")
        HELD = "held", pgettext_lazy("meeting", "Held")
        CANCELLED = "cancelled", pgettext_lazy("meeting", "Cancelled")

    class Every(models.IntegerChoices):
        NEVER = 0, pgettext_lazy("meeting", "Does not repeat")
        MONTH = 1, pgettext_lazy("meeting", "Every month")
        QUARTER = 3, pgettext_lazy("meeting", "Every quarter")

    client = models.ForeignKey(
        Client, models.CASCADE, null=True, related_name="meetings", db_index=False, editable=False
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.CLIENT)
    title = models.CharField(pgettext_lazy("meeting", "what it is about"), max_length=200)
    starts_at = models.DateTimeField(_("when"))
    minutes = models.PositiveSmallIntegerField(
        _("how long, minutes"),
        default=60,
        validators=[MinValueValidator(5), MaxValueValidator(1440)],
    )
    place = models.CharField(_("where"), max_length=200, blank=True, default="")
    wanted = models.TextField(_("what we want"), max_length=2000, blank=True, default="")
    owner = _person(_("who leads it"), related_name="meetings", db_index=False)
    about = _person(_("whose clients"), related_name="meetings_about", db_index=False)
    every = models.PositiveSmallIntegerField(_("repeats"), choices=Every, default=Every.NEVER)
    previous = models.OneToOneField(
        "self", models.SET_NULL, null=True, related_name="following", editable=False
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.PLANNED, editable=False
    )
    notes = models.TextField(_("what was said"), max_length=8000, blank=True, default="")
    own_notes = models.TextField(_("for ourselves only"), max_length=8000, blank=True, default="")
    number = models.PositiveSmallIntegerField(default=0, editable=False)
    author = _person(editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["client", "starts_at"], name="meeting_client_starts"),
            models.Index(fields=["owner", "starts_at"], name="meeting_owner_starts"),
            models.Index(fields=["about", "starts_at"], name="meeting_about_starts"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="internal") | Q(client__isnull=False),
                name="meeting_with_a_client",
            )
        ]

    def __str__(self):
        return self.title

    @property
    def is_internal(self) -> bool:
        return self.kind == self.Kind.INTERNAL


class MeetingPerson(Scoped):
    """Who comes: somebody of the client, or one of us."""

    SCOPE = ("task", "meeting__client", "meeting__owner", "meeting__about")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="people")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, related_name="+")
    person = _person()

    class Meta(Scoped.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "contact"], name="meeting_contact_once"),
            models.UniqueConstraint(fields=["meeting", "person"], name="meeting_person_once"),
            models.CheckConstraint(
                condition=Q(contact__isnull=True) | Q(person__isnull=True),
                name="meeting_person_of_one_side",
            ),
        ]


class AgendaItem(Scoped):
    """A point of the agenda.  ``row``: the id of what it was made from; a dropped one is not
    brought back by itself.  ``internal``: the client does not see it."""

    SCOPE = ("task", "meeting__client", "meeting__owner", "meeting__about")

    class Source(models.TextChoices):
        OWN = "own", pgettext_lazy("agenda", "Added")
        DECISION = "decision", pgettext_lazy("agenda", "Decided last time")
        OURS = "ours", pgettext_lazy("agenda", "Our promise")
        THEIRS = "theirs", pgettext_lazy("agenda", "Their promise")
        DEBT = "debt", pgettext_lazy("agenda", "Debt")
        SALES = "sales", pgettext_lazy("agenda", "Sales")
        PROBLEM = "problem", pgettext_lazy("agenda", "Problem")
        NEED = "need", pgettext_lazy("agenda", "Need")
        GOAL = "goal", pgettext_lazy("agenda", "Goal")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items", db_index=False)
    position = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=10, choices=Source, default=Source.OWN)
    row = models.BigIntegerField(null=True)
    text = models.CharField(_("point of the agenda"), max_length=500)
    internal = models.BooleanField(_("for ourselves only"), default=False)
    dropped = models.BooleanField(default=False)

    class Meta(Scoped.Meta):
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "source", "row"], name="agenda_item_once_of_a_row"
            )
        ]


class MeetingResult(Scoped):
    """What came of a meeting: a decision, or a promise, task or need that it made."""

    SCOPE = ("task", "meeting__client", "meeting__owner", "meeting__about")

    class Kind(models.TextChoices):
        DECISION = "decision", pgettext_lazy("result", "Decision")
        OURS = "ours", pgettext_lazy("result", "We promise")
        THEIRS = "theirs", pgettext_lazy("result", "They promise")
        TASK = "task", pgettext_lazy("result", "Task")
        NEED = "need", pgettext_lazy("result", "Need")

    DATED = (Kind.OURS, Kind.THEIRS, Kind.TASK)

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="results", db_index=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.DECISION)
    what = models.CharField(_("what"), max_length=500)
    due = models.DateField(pgettext_lazy("result", "by when"), null=True, blank=True)
    person = _person(_("who"))
    internal = models.BooleanField(_("for ourselves only"), default=False)
    promise = models.ForeignKey(Promise, models.SET_NULL, null=True, related_name="+")
    task = models.ForeignKey(Task, models.SET_NULL, null=True, related_name="+")
    need = models.ForeignKey(Need, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        ordering = ["pk"]
        indexes = [models.Index(fields=["meeting", "kind"], name="meeting_result_kind")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="task") | Q(internal=True), name="meeting_task_is_internal"
            )
        ]


class MinutesVersion(Scoped):
    """Minutes as they were approved.  Never changed; correcting them makes the next one."""

    SCOPE = ("task", "meeting__client", "meeting__owner", "meeting__about")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    reason = models.CharField(_("why it was corrected"), max_length=500, blank=True, default="")
    approved_by = _person()
    approved_at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="minutes_version_once"),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(reason=""), name="minutes_corrected_with_a_reason"
            ),
        ]


class MinutesMail(Scoped):
    """A version of the minutes on its way to somebody of the client: the part that is not for
    ourselves.  Once a version and person; what was broken off may have arrived."""

    SCOPE = (
        "task", "version__meeting__client", "version__meeting__owner", "version__meeting__about",
    )  # fmt: skip

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("mail", "Waits")
        SENDING = "sending", pgettext_lazy("mail", "On its way")
        SENT = "sent", pgettext_lazy("mail", "Sent")
        REFUSED = "refused", pgettext_lazy("mail", "Refused by the mail server")
        UNSURE = "unsure", pgettext_lazy("mail", "Broken off: it may have arrived")
        HELD = "held", pgettext_lazy("mail", "Not sent: the person may not be written to")

    version = models.ForeignKey(MinutesVersion, models.CASCADE, related_name="mails")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    sent_at = models.DateTimeField(null=True)
    author = _person()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "contact"], name="minutes_mailed_once")
        ]
