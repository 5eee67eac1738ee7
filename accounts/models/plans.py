"""The plan of a client for a period: what we know, what we want, who does what by when."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .clients import Client
from .goals import Goal
from .users import User


def _person(**options):
    options = {"null": True, "related_name": "+", "editable": False} | options
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, **options)


class AccountPlan(Scoped):
    """A plan of one client for one period.

    Its words are written while it is a draft or has been returned.  Signing keeps them as a
    :class:`PlanVersion`; a signed plan is opened again by an amendment, which says why.
    ``number``: how often it was signed.  ``touched_at``: when anybody last worked on it.
    """

    SCOPE = ("plan", "", "")

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("plan", "Draft")
        SUBMITTED = "submitted", pgettext_lazy("plan", "Waits for signature")
        RETURNED = "returned", pgettext_lazy("plan", "Returned")
        SIGNED = "signed", pgettext_lazy("plan", "Signed")

    OPEN = (State.DRAFT, State.RETURNED)  # its words may be written

    client = models.ForeignKey(Client, models.CASCADE, related_name="plans", db_index=False)
    title = models.CharField(_("title"), max_length=200)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    number = models.PositiveSmallIntegerField(default=0, editable=False)
    previous = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="following", editable=False
    )
    touched_at = models.DateTimeField(default=timezone.now, editable=False)
    author = _person()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-starts", "-pk"]
        indexes = [models.Index(fields=["client", "-starts"], name="plan_client_starts")]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="plan_has_a_length"),
            models.CheckConstraint(
                condition=~Q(state="signed") | Q(number__gt=0), name="plan_signed_has_number"
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether its words may be written."""
        return self.state in self.OPEN


class PlanSection(Scoped):
    """A part of a plan.  It ends in a dated action or a goal with a number, or the plan cannot be
    submitted.  ``carried``: taken from the plan before and not touched since."""

    SCOPE = ("plan", "plan", "")

    class Kind(models.TextChoices):
        TEXT = "text", pgettext_lazy("plan section", "What we know")
        GOALS = "goals", pgettext_lazy("plan section", "Objectives")
        ACTIONS = "actions", pgettext_lazy("plan section", "Actions")

    plan = models.ForeignKey(AccountPlan, models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.TEXT)
    name = models.CharField(_("section"), max_length=120)
    question = models.CharField(_("guiding question"), max_length=300, blank=True, default="")
    text = models.TextField(_("text"), blank=True, default="")
    carried = models.BooleanField(default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["position", "pk"]

    def __str__(self):
        return self.name


class PlanGoal(Scoped):
    """A goal of the client in which a section of the plan ends.  Whoever takes part in the plan
    reads the goal through it."""

    SCOPE = ("plan", "plan", "")

    plan = models.ForeignKey(AccountPlan, models.CASCADE, related_name="goal_links")
    section = models.ForeignKey(PlanSection, models.CASCADE, related_name="goal_links")
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="plan_links")

    class Meta(Scoped.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["section", "goal"], name="plan_goal_once_a_section")
        ]


class PlanAction(Scoped):
    """What somebody does by a day.  ``carried_from``: the action of the plan before that it goes
    on from; ``carried``: not touched since."""

    SCOPE = ("plan", "plan", "owner")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("plan action", "Open")
        DONE = "done", pgettext_lazy("plan action", "Done")
        DROPPED = "dropped", pgettext_lazy("plan action", "Dropped")
        MOVED = "moved", pgettext_lazy("plan action", "Goes on in the next plan")

    plan = models.ForeignKey(AccountPlan, models.CASCADE, related_name="actions")
    section = models.ForeignKey(PlanSection, models.CASCADE, related_name="actions")
    what = models.CharField(_("what is done"), max_length=300)
    owner = _person(
        editable=True,
        related_name="plan_actions",
        db_index=False,
        verbose_name=_("who does it"),
    )
    due = models.DateField(_("by when"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    settled_on = models.DateField(null=True, editable=False)
    settled_by = _person()
    result = models.CharField(_("what came of it"), max_length=1000, blank=True, default="")
    carried = models.BooleanField(default=False, editable=False)
    carried_from = models.OneToOneField(
        "self", models.SET_NULL, null=True, related_name="goes_on", editable=False
    )
    author = _person()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["due", "pk"]
        indexes = [
            models.Index(
                fields=["owner", "due"], name="plan_action_open", condition=Q(state="open")
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", settled_on__isnull=True)
                | (~Q(state="open") & Q(settled_on__isnull=False)),
                name="plan_action_settled_on",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "dropped"]) | ~Q(result=""),
                name="plan_action_with_result",
            ),
        ]

    def __str__(self):
        return self.what

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class PlanParticipant(Scoped):
    """Somebody who has a part in the plan.  ``acknowledged``: the number of the signed plan that
    they said they have read; signed anew, they are asked anew."""

    SCOPE = ("plan", "plan", "person")

    plan = models.ForeignKey(AccountPlan, models.CASCADE, related_name="participants")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="plan_parts",
        verbose_name=_("who"),
    )
    function = models.CharField(
        _("part of the company"), max_length=20, choices=User.Function, blank=True, default=""
    )
    part = models.CharField(_("their part"), max_length=300, blank=True, default="")
    acknowledged = models.PositiveSmallIntegerField(null=True, editable=False)
    acknowledged_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "person"], name="plan_participant_once"),
            models.CheckConstraint(
                condition=Q(acknowledged__isnull=True, acknowledged_at__isnull=True)
                | Q(acknowledged__isnull=False, acknowledged_at__isnull=False),
                name="plan_acknowledged_at",
            ),
        ]

    def __str__(self):
        return str(self.person)


class PlanMove(Scoped):
    """A step of the plan from one state to another, with what was said."""

    SCOPE = ("plan", "plan", "")

    class Act(models.TextChoices):
        CREATE = "create", pgettext_lazy("plan act", "Begun")
        SUBMIT = "submit", pgettext_lazy("plan act", "Submitted")
        WITHDRAW = "withdraw", pgettext_lazy("plan act", "Taken back")
        RETURN = "return", pgettext_lazy("plan act", "Returned")
        SIGN = "sign", pgettext_lazy("plan act", "Signed")
        AMEND = "amend", pgettext_lazy("plan act", "Opened for an amendment")

    plan = models.ForeignKey(AccountPlan, models.CASCADE, related_name="moves")
    act = models.CharField(max_length=10, choices=Act)
    words = models.CharField(max_length=1000, blank=True, default="")
    person = _person()
    at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        ordering = ["-at", "-pk"]


class PlanVersion(Scoped):
    """A plan as it was signed: words, goals, actions and participants of that day.  Never
    changed."""

    SCOPE = ("plan", "plan", "")

    plan = models.ForeignKey(AccountPlan, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    reason = models.CharField(max_length=1000, blank=True, default="")  # of the amendment
    signed_by = _person()
    signed_at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plan_version_once")]


class PlanVisit(Scoped):
    """When somebody last opened a plan: ``at``; ``before``: the last time on an earlier day, from
    which they are told what has changed."""

    SCOPE = ("person", "person")

    plan = models.ForeignKey(AccountPlan, models.CASCADE, related_name="visits")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    at = models.DateTimeField(default=timezone.now)
    before = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints = [models.UniqueConstraint(fields=["person", "plan"], name="plan_visit_once")]
