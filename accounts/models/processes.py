"""How we serve a client: standard processes, those made for one client, and their runs."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.lib.scoping import Scoped

from .clients import Client
from .users import User

MOST_DAYS = 730


def _author():
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )


class Step(Scoped):
    """One step: what is done, by which part of the company, how soon, and how one sees that it is.

    ``days``: from the start of a run to the day by which the step is done.
    """

    position = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(_("step"), max_length=200)
    details = models.TextField(_("how"), blank=True, default="")
    function = models.CharField(
        _("part of the company"), max_length=20, choices=User.Function, blank=True, default=""
    )
    days = models.PositiveSmallIntegerField(
        _("within days"), default=1, validators=[MaxValueValidator(MOST_DAYS)]
    )
    check_by = models.CharField(_("how we see it is done"), max_length=300, blank=True, default="")

    class Meta(Scoped.Meta):
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self):
        return self.name


class ProcessTemplate(Scoped):
    """The company's standard way, from which processes of clients begin."""

    SCOPE = ("staff", "")

    name = models.CharField(_("name"), max_length=200, unique=True)
    serves = models.TextField(_("which expectation it serves"), blank=True, default="")
    archived = models.BooleanField(_("not for new clients"), default=False)
    author = _author()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["archived", "name"]

    def __str__(self):
        return self.name


class TemplateStep(Step):
    SCOPE = ("staff", "")

    template = models.ForeignKey(ProcessTemplate, models.CASCADE, related_name="steps")


class Process(Scoped):
    """A process of one client.  It names the expectation of the client that it serves."""

    class Start(models.TextChoices):
        HAND = "hand", _("By hand")
        DATE = "date", _("By date")
        ORDER = "order", _("With each new order")
        LATE_PAYMENT = "late_payment", _("When a payment is late")
        COMPLAINT = "complaint", _("With each complaint")

    EVENTS = (Start.ORDER, Start.LATE_PAYMENT, Start.COMPLAINT)

    client = models.ForeignKey(Client, models.CASCADE, related_name="processes")
    template = models.ForeignKey(
        ProcessTemplate, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(_("name"), max_length=200)
    expectation = models.TextField(_("which expectation of the client it serves"))
    starts = models.CharField(_("how it starts"), max_length=20, choices=Start, default=Start.HAND)
    next_on = models.DateField(_("starts next on"), null=True, blank=True)
    every_months = models.PositiveSmallIntegerField(
        _("then every … months"), null=True, blank=True, validators=[MaxValueValidator(120)]
    )
    # Only events of that day or later start it.
    watched_from = models.DateField(editable=False)
    stopped_on = models.DateField(_("not run since"), null=True, blank=True, editable=False)
    author = _author()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name


class ProcessStep(Step):
    """``origin``: the step of the standard that this one came from; None where it is the client's
    own."""

    SCOPE = ("client", "process__client")

    process = models.ForeignKey(Process, models.CASCADE, related_name="steps")
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("who answers for it"),
    )  # fmt: skip
    origin = models.ForeignKey(
        TemplateStep, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )


class ProcessRun(Scoped):
    """One time the process was gone through.  ``reference``: the event that started it, once."""

    SCOPE = ("client", "process__client")

    class Outcome(models.TextChoices):
        DONE = "done", _("Done")
        BROKEN_OFF = "broken_off", _("Broken off")

    process = models.ForeignKey(Process, models.CASCADE, related_name="runs")
    started_on = models.DateField()
    cause = models.CharField(max_length=20, choices=Process.Start, default=Process.Start.HAND)
    cause_text = models.CharField(max_length=300, blank=True, default="")
    reference = models.CharField(max_length=200, blank=True, default="", editable=False)
    ended_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    author = _author()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-started_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["process", "reference"],
                condition=~Q(reference=""),
                name="run_once_an_event",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, outcome="")
                | (Q(ended_on__isnull=False) & ~Q(outcome="")),
                name="run_ends_somehow",
            ),
        ]


class RunStep(Step):
    """A step as it was when the run began: later changes of the process leave it alone."""

    SCOPE = ("work", "run__process__client", "responsible")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        SKIPPED = "skipped", _("Left out")

    run = models.ForeignKey(ProcessRun, models.CASCADE, related_name="steps")
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="run_steps"
    )
    due = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    settled_on = models.DateField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.CharField(_("what shows it, or why not"), max_length=500, blank=True, default="")

    class Meta(Step.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["responsible", "due"], condition=Q(state="open"), name="step_open")
        ]
