"""What a person here has to do, by themselves or because somebody asked for it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .clients import Client


class Task(Scoped):
    """One task of one person, about a client or about none.

    ``giver`` asked ``owner`` for it; who sets a task for themselves is both.  What was asked of
    somebody else waits for their word: accepted, or returned with a reason.  ``rule`` says how it
    repeats (RFC 5545); the next one, whose ``previous`` this is, is made when this one is done.
    """

    SCOPE = ("task", "client", "owner", "giver")

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("task", "Asked for")
        OPEN = "open", pgettext_lazy("task", "To do")
        RETURNED = "returned", pgettext_lazy("task", "Returned")
        DONE = "done", pgettext_lazy("task", "Done")
        DROPPED = "dropped", pgettext_lazy("task", "Dropped")

    PENDING = ("asked", "open", "returned")

    client = models.ForeignKey(
        Client, models.CASCADE, null=True, blank=True, related_name="tasks", db_index=False
    )
    what = models.CharField(_("what is to be done"), max_length=500)
    note = models.TextField(_("details"), max_length=4000, blank=True, default="")
    due = models.DateField(_("by when"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="tasks",
        db_index=False,
        verbose_name=_("who does it"),
    )
    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="tasks_given",
        editable=False,
        verbose_name=_("who asked for it"),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.OPEN, editable=False
    )
    word = models.CharField(_("why it was returned"), max_length=500, blank=True, default="")
    rule = models.CharField(_("repeats"), max_length=100, blank=True, default="")
    previous = models.OneToOneField(
        "self", models.SET_NULL, null=True, related_name="following", editable=False
    )
    settled_on = models.DateField(null=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["due", "pk"]
        indexes = [
            models.Index(fields=["client", "due"], name="task_client_due"),
            models.Index(
                fields=["owner", "due"],
                name="task_owner_pending",
                condition=Q(settled_on__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["asked", "open", "returned"], settled_on__isnull=True)
                | Q(state__in=["done", "dropped"], settled_on__isnull=False),
                name="task_settled_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["asked", "returned"])
                | Q(giver__isnull=True)
                | ~Q(giver=F("owner")),
                name="task_asked_of_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(word=""), name="task_returned_with_a_word"
            ),
        ]

    def __str__(self):
        return self.what

    @property
    def is_pending(self) -> bool:
        return self.state in self.PENDING

    @property
    def is_asked_of_another(self) -> bool:
        return self.giver_id is not None and self.giver_id != self.owner_id
