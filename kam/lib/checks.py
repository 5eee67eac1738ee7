"""Settings that do not go together, each with what to do.  Seen by every ``manage.py`` command."""

from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.http.request import validate_host

from . import replica

LEAST_MEMORY = 256  # MB: a worker that has done nothing yet takes 150


@register()
def settings_that_do_not_go_together(**_kwargs) -> list[CheckMessage]:
    return [message for look in _LOOKS for message in look()]


def _address() -> Iterator[CheckMessage]:
    host = urlsplit(settings.SITE_URL).hostname or ""
    if not validate_host(host, settings.ALLOWED_HOSTS):
        yield Error(
            f"SITE_URL names {host or 'no host'}, which ALLOWED_HOSTS does not",
            hint="Every page would answer 400. Add the host to ALLOWED_HOSTS.", id="kam.E001",
        )  # fmt: skip
    if settings.SECURE and settings.DEBUG:
        yield Error(
            "DEBUG is on at a public address",
            hint="Pages of errors would show the settings to everybody. Leave DEBUG out.",
            id="kam.E002",
        )


def _proxies() -> Iterator[CheckMessage]:
    for name in settings.TRUSTED_PROXIES:
        try:
            whole = ip_network(name, strict=False).prefixlen == 0
        except ValueError:
            yield Error(
                f"TRUSTED_PROXIES: {name} is no network",
                hint="An address or a network, such as 10.1.0.5 or 172.31.250.0/28.", id="kam.E012",
            )  # fmt: skip
            continue
        if whole:
            yield Error(
                f"TRUSTED_PROXIES: {name} is everybody",
                hint="Anybody could say to be at any address. Name the proxy alone.", id="kam.E013",
            )  # fmt: skip


def _keys() -> Iterator[CheckMessage]:
    if settings.SECRET_KEY and settings.SECRET_KEY in settings.SECRET_KEY_FALLBACKS:
        yield Warning(
            "SECRET_KEY is among SECRET_KEY_FALLBACKS",
            hint="The new key goes into SECRET_KEY, the former one into SECRET_KEY_FALLBACKS.",
            id="kam.W003",
        )


def _mailbox() -> Iterator[CheckMessage]:
    if bool(settings.IMAP_URL) != bool(settings.IMAP_ADDRESS):
        yield Error(
            "IMAP_URL and IMAP_ADDRESS go together",
            hint="The one is the box, the other the address that people write to. Set both, or none.",
            id="kam.E004",
        )


def _folders() -> Iterator[CheckMessage]:
    if not settings.BACKUP_FOLDER:
        return
    backups, files = Path(settings.BACKUP_FOLDER), Path(settings.FILES_DIR)
    if not backups.is_absolute():
        yield Error(
            "BACKUP_FOLDER must be a full path", hint=f"Now: {backups}.", id="kam.E005"
        )  # fmt: skip
    elif backups.resolve().is_relative_to(files.resolve()):
        yield Error(
            "BACKUP_FOLDER lies in FILES_DIR",
            hint="Each backup would hold all those before it. Put it elsewhere, best on another disk.",
            id="kam.E006",
        )


def _company() -> Iterator[CheckMessage]:
    try:
        ZoneInfo(settings.COMPANY_TIME_ZONE)
    except (KeyError, ValueError, OSError):
        yield Error(
            f"COMPANY_TIME_ZONE: there is no zone {settings.COMPANY_TIME_ZONE}",
            hint="A name such as Europe/Moscow.", id="kam.E007",
        )  # fmt: skip


def _jobs() -> Iterator[CheckMessage]:
    if 0 < settings.JOB_MEMORY_MB < LEAST_MEMORY:
        yield Error(
            f"JOB_MEMORY_MB={settings.JOB_MEMORY_MB} is too little for any job",
            hint=f"At least {LEAST_MEMORY}, better 1024; 0: three quarters of the machine.",
            id="kam.E008",
        )


def _logs() -> Iterator[CheckMessage]:
    if settings.LOG_FORMAT not in ("plain", "json"):
        yield Error(
            f"LOG_FORMAT={settings.LOG_FORMAT} is neither plain nor json",
            hint="Leave it out for lines that people read.", id="kam.E009",
        )  # fmt: skip


def _company_account() -> Iterator[CheckMessage]:
    issuer = settings.OIDC_ISSUER
    if issuer and not settings.OIDC_CLIENT_ID:
        yield Error(
            "OIDC_ISSUER is set and OIDC_CLIENT_ID is not",
            hint="The provider knows this installation by it. Without both there is no such sign-in.",
            id="kam.E010",
        )
    if issuer.startswith("http://") and urlsplit(issuer).hostname not in ("localhost", "127.0.0.1"):
        yield Error(
            "OIDC_ISSUER is a plain http address",
            hint="Whoever is on the way could sign in as anybody: https.", id="kam.E011",
        )  # fmt: skip


def _replica() -> Iterator[CheckMessage]:
    if not settings.DATABASE_REPLICA_URL:
        return
    if not settings.DATABASE_URL:
        yield Error(
            "DATABASE_REPLICA_URL is set and DATABASE_URL is not",
            hint="The embedded database has no replica. Leave it out, or name your own servers.",
            id="kam.E014",
        )
    elif _place(settings.DATABASE_REPLICA_URL) == _place(settings.DATABASE_URL):
        yield Error(
            "DATABASE_REPLICA_URL is the database of DATABASE_URL",
            hint="Nothing would be gained. Name the replica, or leave it out.", id="kam.E015",
        )  # fmt: skip


def _place(url: str) -> tuple[str, int, str]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or 5432, parts.path.strip("/")


_STANDINGS = {
    replica.WRITABLE: (
        Error, "E016", "DATABASE_REPLICA_URL is a server that can be written to",
        "Was it promoted? Then it is the primary: DATABASE_URL. A replica follows a primary.",
    ),
    replica.STRANGER: (
        Error, "E017", "DATABASE_REPLICA_URL is no replica of DATABASE_URL",
        "It is a copy of another server, or names another database of it.",
    ),
    replica.AWAY: (
        Warning, "W018", "DATABASE_REPLICA_URL does not answer",
        "Long lists are read from DATABASE_URL meanwhile.",
    ),
}  # fmt: skip


@register(Tags.database)
def replica_that_is_none(**_kwargs) -> list[CheckMessage]:
    """Asked by ``migrate`` and ``check --database default``, which may ask the databases."""
    fault = replica.standing().fault if replica.is_set() else ""
    if not fault:
        return []
    level, number, said, hint = _STANDINGS[fault]
    return [level(said, hint=hint, id=f"kam.{number}")]


_LOOKS = (
    _replica,
    _company_account,
    _address,
    _proxies,
    _keys,
    _mailbox,
    _folders,
    _company,
    _jobs,
    _logs,
)
