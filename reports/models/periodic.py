"""When a report is to be made, for whom; and each report as it was made."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .built_reports import BuiltReport


class Kind(models.TextChoices):
    KAM = "kam", _("KAM report: own clients")
    TEAM = "team", _("Portfolio of the team")
    COMPANY = "company", _("Portfolio of the company")
    PROGRAMME = "programme", _("Return of the key client programme")
    REVIEWS = "reviews", _("Business reviews of one's own key clients")
    BUILT = "built", _("A built report")


class Rhythm(models.TextChoices):
    WEEK = "week", _("every week")
    MONTH = "month", _("every month")
    QUARTER = "quarter", _("every quarter")
    YEAR = "year", _("every year")


class Schedule(Scoped):
    """A report that comes by itself: what, to whom, how often.

    ``day``: of the week (1 is Monday) or of the month after the period.  ``hour``: in the company's
    zone.  ``told_until``: the last period for which reports were asked for.  ``built``: which
    report of the builder, of the kind BUILT; the order ends with it.
    """

    SCOPE = ("member", "owner")

    class Audience(models.TextChoices):
        OWNER = "owner", _("me")
        KAMS = "kams", _("every KAM that I lead")
        LEADERS = "leaders", _("everybody who leads")
        NAMED = "named", _("people chosen one by one")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="report_schedules", editable=False
    )
    kind = models.CharField(_("report"), max_length=10, choices=Kind, default=Kind.KAM)
    built = models.ForeignKey(
        BuiltReport, models.CASCADE, null=True, blank=True, related_name="orders", editable=False
    )
    rhythm = models.CharField(_("how often"), max_length=10, choices=Rhythm, default=Rhythm.MONTH)
    day = models.PositiveSmallIntegerField(
        _("on day"), default=1, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    hour = models.PositiveSmallIntegerField(
        _("at hour"), default=7, validators=[MaxValueValidator(23)]
    )
    audience = models.CharField(
        _("for whom"), max_length=10, choices=Audience, default=Audience.OWNER
    )
    mailed = models.BooleanField(_("also by mail"), default=True)
    attached = models.BooleanField(_("with the PDF in the mail"), default=True)
    is_active = models.BooleanField(pgettext_lazy("schedule", "switched on"), default=True)
    told_until = models.DateField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(rhythm="week") | Q(day__lte=7),
                name="schedule_weekday",
                violation_error_message=_("A week has days 1 to 7."),
            ),
            models.CheckConstraint(
                condition=Q(kind="built", built__isnull=False)
                | (~Q(kind="built") & Q(built__isnull=True)),
                name="schedule_of_built",
                violation_error_message=_("A built report is ordered on its own page."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="reviews") | Q(rhythm="quarter"),
                name="schedule_of_reviews",
                violation_error_message=_("Business reviews are made every quarter."),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.get_rhythm_display()}"


class ScheduleReader(Scoped):
    """Somebody who was chosen by name to get the reports of a schedule."""

    SCOPE = ("member", "schedule__owner")

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="chosen")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta(Scoped.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "person"], name="schedule_reader_once")
        ]


class Report(Scoped):
    """A report as it was made for one person with their rights; the database refuses to change
    what it says.  ``content``: :mod:`reports.services.shapes` tells its shape.  ``name``: of a
    built report, as it was called then."""

    SCOPE = ("member", "person")

    class Mail(models.TextChoices):
        NONE = "", pgettext_lazy("mail", "not mailed")
        WAITING = "waiting", pgettext_lazy("mail", "waits")
        SENDING = "sending", pgettext_lazy("mail", "is being sent")
        SENT = "sent", pgettext_lazy("mail", "sent")
        REFUSED = "refused", pgettext_lazy("mail", "refused by the mail server")
        UNSURE = "unsure", pgettext_lazy("mail", "broken off: may have arrived")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reports", editable=False
    )
    schedule = models.ForeignKey(
        Schedule, models.SET_NULL, null=True, related_name="reports", editable=False
    )
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=80, blank=True, default="")
    rhythm = models.CharField(max_length=10, choices=Rhythm)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))
    language = models.CharField(max_length=5)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    previous = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    mail = models.CharField(max_length=10, choices=Mail, blank=True, default=Mail.NONE)
    mailed_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        ordering = ["-ends", "-pk"]
        indexes = [models.Index(fields=["person", "-ends"], name="report_person_ends")]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "person", "ends"], name="report_once_a_period"
            ),
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="report_dates"),
        ]

    def __str__(self):
        return f"{self.called} {self.starts}–{self.ends}"

    @property
    def called(self) -> str:
        return self.name or self.get_kind_display()
