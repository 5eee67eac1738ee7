"""People who use the product, their teams and their API tokens."""

import hashlib
import hmac
import secrets

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from kam.lib import policy
from kam.lib.scoping import Scoped


class Team(models.Model):
    """KAMs and their manager.  Not scoped: its name says nothing about any client."""

    name = models.CharField(_("name"), max_length=120, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """A person with a role.  Not scoped: read through the directory selector."""

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", _("Administrator")
        MANAGER = "manager", _("Manager of KAMs")
        KAM = "kam", _("Key account manager")
        COLLEAGUE = "colleague", _("Colleague")
        AUDITOR = "auditor", _("Auditor")

    class Function(models.TextChoices):
        SALES = "sales", _("Sales")
        SERVICE = "service", _("Service")
        DELIVERY = "delivery", _("Delivery")
        USAGE = "usage", _("Usage")

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.COLLEAGUE)
    function = models.CharField(
        _("function"), max_length=20, choices=Function, blank=True, default=""
    )
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="people", verbose_name=_("team")
    )
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="ru"
    )
    theme = models.CharField(_("theme"), max_length=10, choices=Theme, default=Theme.SYSTEM)
    key_slots = models.PositiveSmallIntegerField(
        _("places for key clients"),
        null=True,
        blank=True,
        help_text=_("How many key clients this person can look after well; empty means none."),
    )
    load_points = models.PositiveSmallIntegerField(
        _("points of load"),
        null=True,
        blank=True,
        help_text=_("How many points of load this person can carry; empty means not said."),
    )
    shortcuts = models.BooleanField(_("shortcuts of a single key"), default=True)
    compact = models.BooleanField(_("compact tables"), default=False)
    task_mail = models.BooleanField(_("a mail in the morning with my tasks"), default=True)
    # The day whose mail of tasks has gone out: one a day, whatever happens to the worker.
    task_mailed_on = models.DateField(null=True, editable=False)
    # The last day that a handover or a substitution concerns this person (accounts.access).
    lent_until = models.DateField(null=True, editable=False)
    # Counts up where the secret address for mail is to be another one.
    mail_serial = models.PositiveIntegerField(default=1, editable=False)
    # Likewise for the address of the calendar; above zero where one has been given out.
    calendar_serial = models.IntegerField(default=0, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self):
        return self.name or self.email

    def get_session_auth_hash(self) -> str:
        """What a session must hold to be this person's: another password ends it.

        Without SECRET_KEY, unlike Django's: with a key changed that would give the first request of
        a browser another session and end that of those asked at the same moment.  Sessions are rows;
        nobody writes them from outside.
        """
        return salted_hmac(
            "session of a person", self.password, secret="", algorithm="sha256"
        ).hexdigest()

    def get_session_auth_fallback_hash(self) -> tuple[str, ...]:
        return ()

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()[:2]).upper() or self.email[0].upper()


class ApiToken(Scoped):
    """A key by which another system calls the REST API as this person.

    Only a keyed hash is stored; the visible prefix finds the row.
    """

    SCOPE = ("person", "user")

    class Scope(models.TextChoices):
        """Each cuts the rights of the person, none adds to them (:mod:`kam.lib.policy`)."""

        READ = policy.READ_SCOPE, _("read")
        WRITE = policy.WRITE_SCOPE, _("change single rows")
        IMPORT = policy.IMPORT_SCOPE, _("load files and many rows at once")
        ADMIN = policy.ADMIN_SCOPE, _("administer: audit trail and settings")
        PRIVACY = policy.PRIVACY_SCOPE, _("personal data: find, hand out, destroy")

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(_("what it is for"), max_length=120)
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(
        models.CharField(max_length=10, choices=Scope), verbose_name=_("scopes"), default=list
    )
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(Scoped.Meta):
        ordering = ["-created_at"]

    def __str__(self):
        return f"{self.name} ({self.prefix}…)"

    @property
    def can_write(self) -> bool:
        return not {policy.READ_SCOPE}.issuperset(self.scopes)

    @property
    def told_scopes(self) -> list:
        """The scopes in words."""
        return [self.Scope(each).label for each in self.Scope.values if each in self.scopes]

    @staticmethod
    def hash(secret: str, key: str = "") -> str:
        key = key or settings.SECRET_KEY
        return hmac.new(key.encode(), secret.encode(), hashlib.sha256).hexdigest()

    def fits(self, secret: str) -> bool:
        """Whether this is the secret, hashed with our present key or a former one still valid."""
        keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return any(hmac.compare_digest(self.hash(secret, key), self.digest) for key in keys if key)

    @classmethod
    def issue(cls, *, user: User, name: str, scopes=(), can_write=False, expires_at=None):
        """A new token and its only readable form ``kam_<prefix>_<secret>``.

        Without ``scopes`` it reads; with ``can_write`` it may all that its person may.
        """
        scopes = list(scopes) or (cls.Scope.values if can_write else [policy.READ_SCOPE])
        prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(30)
        token = cls.unscoped.create(
            user=user,
            name=name,
            prefix=prefix,
            digest=cls.hash(secret),
            scopes=scopes,
            expires_at=expires_at,
        )
        return token, f"kam_{prefix}_{secret}"
