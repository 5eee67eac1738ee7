"""All settings of the product, in one file.

Everything that differs between a laptop and a fleet comes from the environment and is read by
the typed readers on top; a secret may also be given as a file (``SECRET_KEY_FILE``).  The
schedules of the system's own jobs stand at the bottom.
"""

from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()


def text(name: str, default: str = "") -> str:
    """A string from ``NAME``, or from the file that ``NAME_FILE`` points at."""
    file = env.str(f"{name}_FILE", "")
    return Path(file).read_text().strip() if file else env.str(name, default)


def origin_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def flag(name: str, default: bool) -> bool:
    return env.bool(name, default)


def names(name: str, default: str) -> list[str]:
    return [part for part in env.str(name, default).split(",") if part]


# --- What kind of installation this is -------------------------------------------------------

DEBUG = flag("DEBUG", False)
# Production is the state with a public address; the embedded demo and the tests have none.
SITE_URL = text("SITE_URL", "http://127.0.0.1:8000")
SECURE = SITE_URL.startswith("https://")
SECRET_KEY = text("SECRET_KEY")
SECRET_KEY_FALLBACKS = names("SECRET_KEY_FALLBACKS", "")
ALLOWED_HOSTS = names("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver")
CSRF_TRUSTED_ORIGINS = names("CSRF_TRUSTED_ORIGINS", SITE_URL if SECURE else "")
HOME = Path(text("KAM_HOME", str(BASE_DIR / ".kam")))
FILES_DIR = Path(text("FILES_DIR", str(HOME / "files")))

# --- Applications ----------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "kam.lib",
    "kam.audit",
    "kam.jobs",
    "kam.exports",
    "kam.webhooks",
    "kam.backup",
    "accounts",
    "scoring",
    "reports",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "lucide",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "kam.lib.proxies.TrustedProxies",
    "kam.lib.request_ids.RequestIds",
    "kam.lib.proxies.RefusePlainApi",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kam.lib.middleware.RefuseBadBytes",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "kam.lib.middleware.Person",
    "kam.audit.middleware.NoteLooks",
    "kam.lib.pace.LimitPace",
    "kam.lib.middleware.Access",
    "accounts.views.second_step_gate.Gate",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kam.lib.middleware.Fragments",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]

ROOT_URLCONF = "kam.urls"
WSGI_APPLICATION = "kam.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kam.lib.context.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "lucide.templatetags.lucide",
                "kam.lib.templatetags.kam",
                "kam.exports.templatetags.exports",
            ],
        },
    }
]

FORM_RENDERER = "kam.lib.forms.Renderer"

# --- Database: one connection; migrations run as the owner, everything else as the application --

DATABASE_URL = text("DATABASE_URL")
DATABASE_OWNER_URL = text("DATABASE_OWNER_URL", DATABASE_URL)
# Whoever reads the database for a backup, who need not be able to write; empty = the owner.
DATABASE_BACKUP_URL = text("DATABASE_BACKUP_URL")
_role_url = DATABASE_OWNER_URL if text("KAM_DB_ROLE") == "owner" else DATABASE_URL

DATABASES = {
    "default": {
        **(
            dj_database_url.parse(_role_url)
            if _role_url
            else {"ENGINE": "django.db.backends.postgresql"}
        ),
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 3,
            "options": (
                f"-c statement_timeout={env.int('STATEMENT_TIMEOUT_MS', 30_000)} -c lock_timeout=5000 "
                "-c idle_in_transaction_session_timeout=60000 "
                # How near a word has to be for the search to forgive a slip (accounts.selectors.search).
                "-c pg_trgm.word_similarity_threshold=0.4"
            ),
        },
    }
}
# A streaming replica, where long lists are read (kam.lib.replica).
DATABASE_REPLICA_URL = text("DATABASE_REPLICA_URL")
if DATABASE_REPLICA_URL:
    _options = DATABASES["default"]["OPTIONS"]
    DATABASES["replica"] = {
        **DATABASES["default"],
        **dj_database_url.parse(DATABASE_REPLICA_URL),
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {
            **_options,
            "options": f"{_options['options']} -c default_transaction_read_only=on",
        },
        "TEST": {"MIRROR": "default"},
    }
    DATABASE_ROUTERS = ["kam.lib.replica.Router"]
# Sessions, rate limits and cache live in PostgreSQL: pages must work with the broker down.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# --- Sign-in ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
# Failures are counted in a table of our own (accounts.services.sign_in_waits), which no full or
# emptied cache forgets.
ACCOUNT_RATE_LIMITS = {"login_failed": "", "login": ""}
# Signing in with the account of the company (OpenID Connect); empty = there is none.
OIDC_ISSUER = text("OIDC_ISSUER")
OIDC_CLIENT_ID = text("OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = text("OIDC_CLIENT_SECRET")
# What the button calls it.
OIDC_NAME = text("OIDC_NAME")
# For providers that give only addresses of their own and do not say that they are proven.
OIDC_EMAIL_IS_PROVEN = flag("OIDC_EMAIL_IS_PROVEN", False)
MFA_ADAPTER = "accounts.adapter.SecondStep"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Without https browsers let passkeys work at localhost alone: there the demo and the tests run.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {"authenticate": "accounts.forms.sign_in.CodeForm"}
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "kam.lib.passwords.WordsOfTheCompany"},
]
PASSWORD_RESET_TIMEOUT = 3600

# --- Browser safety ---------------------------------------------------------------------------

SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-sessionid" if SECURE else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if SECURE else "csrftoken"
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
# Whoever looks after processes asks them inside the house, past the proxy and its TLS.
SECURE_REDIRECT_EXEMPT = [r"^health/(live|ready)$", r"^metrics$"]
# Networks of the proxies in front, whose X-Forwarded-… is believed; that of others is dropped then.
TRUSTED_PROXIES = names("TRUSTED_PROXIES", "")
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        # The hash is that of the empty string: it admits Plotly's empty <style>, filled by CSSOM.
        "style-src": ["'self'", "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        # Browsers ask it also of where a form is led on to.
        "form-action": ["'self'", *([origin_of(OIDC_ISSUER)] if OIDC_ISSUER else [])],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

# --- Language, time, money --------------------------------------------------------------------

LANGUAGE_CODE = text("LANGUAGE_CODE", "ru")
LANGUAGES = [("ru", "Русский"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
COMPANY_TIME_ZONE = text("COMPANY_TIME_ZONE", "Europe/Moscow")
COMPANY_CURRENCY = text("COMPANY_CURRENCY", "RUB")
# For how many days the original files of imports, and rows sent by programs, are kept where the
# administrator has set no months.
IMPORT_FILE_DAYS = env.int("IMPORT_FILE_DAYS", 90)
# For how long a whole import can be undone: until then what it changed is kept beside it.
IMPORT_UNDO_DAYS = env.int("IMPORT_UNDO_DAYS", 30)
# What the hashes of destroyed people are made with; empty = SECRET_KEY.  Changing it forgets them.
PERSONAL_DATA_KEY = text("PERSONAL_DATA_KEY")
# Names of people in documents when a person is destroyed: "keep" (tax law) or "mask".
PERSONAL_DATA_DOCUMENTS = text("PERSONAL_DATA_DOCUMENTS", "keep")
# Country and place of the database, files and copies, as the register of processing tells it.
DATA_RESIDENCE = text("DATA_RESIDENCE")
# A folder where other systems drop files, one folder in it for each source; empty = none.
IMPORT_FOLDER = text("IMPORT_FOLDER")
# For how many days removed records can be brought back.
REMOVED_DAYS = env.int("REMOVED_DAYS", 30)
# For how many days files of exports are kept.
EXPORT_FILE_DAYS = env.int("EXPORT_FILE_DAYS", 7)
RANKING_DAYS = env.int("RANKING_DAYS", 100)
# The key that seals what other systems are signed in to with; empty = SECRET_KEY seals it.
CREDENTIALS_KEY = text("CREDENTIALS_KEY")
CREDENTIALS_KEY_FALLBACKS = names("CREDENTIALS_KEY_FALLBACKS", "")
# Networks inside the company in which systems to pull from may stand; public ones always may.
CONNECTION_NETWORKS = names("CONNECTION_NETWORKS", "")
CONNECTION_ALLOW_HTTP = flag("CONNECTION_ALLOW_HTTP", False)

# --- Static files: straight from the source and from the wheels; collected only in the image ---

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "static-collected"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "kam.lib.wheels.WheelFinder",
]
COLLECTED = STATIC_ROOT.exists()
WHITENOISE_USE_FINDERS = not COLLECTED
WHITENOISE_MAX_AGE = 3600
STORAGES = {
    "default": {
        "BACKEND": "kam.lib.whole_files.WholeFiles",
        "OPTIONS": {"location": FILES_DIR},
    },
    "staticfiles": {
        "BACKEND": "kam.lib.wheels.ManifestStorage"
        if COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- REST API ---------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "accounts.api.second_step.HasSecondStep",
        "kam.lib.api.PolicyPermission",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["kam.lib.api_parsers.JSON"],
    "DEFAULT_PAGINATION_CLASS": "kam.lib.api.Pages",
    "DEFAULT_SCHEMA_CLASS": "kam.lib.api_schema.Schema",
    "EXCEPTION_HANDLER": "kam.lib.api_errors.answer_error",
    "COERCE_DECIMAL_TO_STRING": True,
    "URL_FORMAT_OVERRIDE": None,
}
# Requests a minute for one key or person; 0 = no limit.
API_RATE_LIMIT = env.int("API_RATE_LIMIT", 360)
# Requests a minute from one address to the page that clients open by a link; 0 = no limit.
SURVEY_RATE_LIMIT = env.int("SURVEY_RATE_LIMIT", 60)
# For how many days whoever was asked in a survey is left in peace.
SURVEY_REST_DAYS = env.int("SURVEY_REST_DAYS", 90)
API_TAGS = "kam.api_tags.TAGS"
SPECTACULAR_SETTINGS = {
    "TITLE": "KAM",
    "VERSION": "1",
    "SERVE_PUBLIC": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "kam.lib.api_schema.with_errors",
        "kam.lib.api_schema.with_tags",
    ],
    "ENUM_NAME_OVERRIDES": {
        "HandoverState": "accounts.models.Handover.State",
        "MinutesMailState": "accounts.models.MinutesMail.State",
        "MeetingKind": "accounts.models.Meeting.Kind",
        "InteractionKind": "accounts.models.Interaction.Kind",
        "ReportKind": "reports.models.periodic.Kind",
        "BuiltReportDimension": "reports.figures.built_choices.DIMENSIONS",
        "ReportMail": "reports.models.Report.Mail",
        "ReviewMailState": "reports.models.ReviewMail.State",
        "ReviewDecisionKind": "reports.models.ReviewDecision.Kind",
        "MeetingState": "accounts.models.Meeting.State",
        "MeetingEvery": "accounts.models.Meeting.Every",
        "MeetingResultKind": "accounts.models.MeetingResult.Kind",
        "ClientKind": "accounts.models.Client.Kind",
        "RelationKind": "accounts.models.Relation.Kind",
        "FileKind": "accounts.models.ImportBatch.Kind",
        "StandingValue": "accounts.models.Standing.Value",
        "FileStatus": "accounts.models.ImportFile.Status",
        "DecisionStatus": "scoring.models.Decision.Status",
        "BacktestMonths": [(3, 3), (6, 6), (12, 12)],
        "ProcessStart": "accounts.models.Process.Start",
        "DeliveryStatus": "kam.webhooks.models.Delivery.Status",
        "WebhookEventName": "kam.webhooks.catalogue.CHOICES",
        "PlannedChangeKind": "accounts.models.PlannedChange.Kind",
        "PlannedChangeState": "accounts.models.PlannedChange.State",
        "TouchedClientState": "accounts.models.TouchedClient.State",
        "InitiativeKind": "accounts.models.Initiative.Kind",
        "InitiativeStage": "accounts.models.Initiative.Stage",
        "InvitationState": "accounts.models.Invitation.State",
        "NeedState": "accounts.models.Need.State",
        "NeedSource": "accounts.models.Need.Source",
        "DestructionBasis": "accounts.models.Destruction.Basis",
        "PurposeBasis": "accounts.models.Purpose.Basis",
        "ConsentChannel": "accounts.models.Consent.Channel",
        "HowTold": "accounts.models.Contact.Told",
        "ClockState": "accounts.api.incidents.STATES",
        "PlanState": "accounts.models.AccountPlan.State",
        "PlanActionState": "accounts.models.PlanAction.State",
        "PlanSectionKind": "accounts.models.PlanSection.Kind",
        "LetterState": "accounts.models.Letter.State",
        "TaskState": "accounts.models.Task.State",
        "ProblemKind": "accounts.models.Problem.Kind",
        "ProblemOutcome": "accounts.models.Problem.Outcome",
        "SignalKind": "accounts.models.problems.SIGNAL_KINDS",
        "ProblemState": "accounts.models.Problem.State",
        "Severity": "accounts.models.Severity",
        "SignalState": "accounts.models.Signal.State",
        "PromiseState": "accounts.models.Promise.State",
        "BenefitState": "accounts.models.Benefit.State",
        "ReferenceKind": "accounts.models.Reference.Kind",
        "SurveyMail": "accounts.models.SurveyInvitation.Mail",
        "PromiseSide": "accounts.models.Promise.Side",
        "GoalSide": "accounts.models.Goal.Side",
        "RunStepState": "accounts.models.RunStep.State",
        "OnboardingOutcome": "accounts.models.Onboarding.Outcome",
    },
}

# --- Mail -------------------------------------------------------------------------------------

EMAIL_CONFIG = env.dj_email_url("EMAIL_URL", "console://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = text("DEFAULT_FROM_EMAIL", "kam@localhost")

# The box to which people hand mail on, imaps://user:password@mail.example.org:993/INBOX; empty =
# none.  Its address, to which a secret part is added for each person: kam@example.org.
IMAP_URL = text("IMAP_URL")
IMAP_ADDRESS = text("IMAP_ADDRESS")
# Networks that are not public where the box may be, and the certificate of an authority of one's own.
IMAP_ALLOWED_NETWORKS = names("IMAP_ALLOWED_NETWORKS", "")
IMAP_CA_FILE = text("IMAP_CA_FILE")

# --- Jobs: only the dispatcher and the workers read these (web never talks to the broker) -------

REDIS_URL = text("REDIS_URL")
JOB_LEASE_SECONDS = 30
# How much memory one job may take; 0 = three quarters of what the machine has.
JOB_MEMORY_MB = env.int("JOB_MEMORY_MB", 0)
# A job is asked to end after so long, and its process is ended a little later.
JOB_SECONDS = env.int("JOB_SECONDS", 1500)
JOB_SECONDS_HARD = JOB_SECONDS + max(3, JOB_SECONDS // 5)
JOB_MAX_ATTEMPTS = 3

# --- Webhooks: what other systems are told, and where a call may go ----------------------------

# For intranets and tests alone: a plain http address shows everybody on the way what is told.
WEBHOOK_ALLOW_HTTP = flag("WEBHOOK_ALLOW_HTTP", False)
# Ports that may be called; empty = any.
WEBHOOK_PORTS = names("WEBHOOK_PORTS", "443,8443")
# Networks that may be called although they are not public, such as 10.1.0.0/16.
WEBHOOK_ALLOWED_NETWORKS = names("WEBHOOK_ALLOWED_NETWORKS", "")
# An address where nothing has arrived for so many days takes nothing more.
WEBHOOK_DISABLE_DAYS = env.int("WEBHOOK_DISABLE_DAYS", 5)
# After a rotation the former secret signs beside the new one for so many hours.
WEBHOOK_ROTATION_HOURS = env.int("WEBHOOK_ROTATION_HOURS", 24)
# For how many days it is kept what was told, and what was answered.
WEBHOOK_LOG_DAYS = env.int("WEBHOOK_LOG_DAYS", 30)

# --- Backups ------------------------------------------------------------------------------------

# Where the nightly backup goes; empty = nobody makes one by schedule.
BACKUP_FOLDER = text("BACKUP_FOLDER")
# For how many days backups are kept there; 0 = for good.  The last good one always stays.
BACKUP_KEEP_DAYS = env.int("BACKUP_KEEP_DAYS", 14)
# An age recipient (age1…): backups are encrypted for the holder of its key.
BACKUP_RECIPIENT = text("BACKUP_RECIPIENT")
# Where a backup is taken apart to be tried; empty = the system's folder for such things.
BACKUP_SCRATCH = text("BACKUP_SCRATCH")
# A backup that is older is late.
BACKUP_LATE_HOURS = env.int("BACKUP_LATE_HOURS", 26)

# --- Logging ----------------------------------------------------------------------------------

# By this token Prometheus reads /metrics; without one there is no such page.
METRICS_TOKEN = text("METRICS_TOKEN")
LOG_FORMAT = text("LOG_FORMAT", "plain")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"context": {"()": "kam.lib.logs.Context"}},
    "formatters": {
        "plain": {
            "()": "kam.lib.logs.Plain",
            "format": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s",
        },
        "json": {"()": "kam.lib.logs.Json"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["context"],
            "formatter": "json" if LOG_FORMAT == "json" else "plain",
        }
    },
    "root": {"handlers": ["console"], "level": text("LOG_LEVEL", "INFO")},
    # They name the address of every request, and the address of a webhook is its secret.
    "loggers": {name: {"level": "WARNING"} for name in ("httpx", "httpcore")},
}

# --- The system's own schedules (times in the company's zone) -----------------------------------
# name: (kind of job, crontab fields: minute hour day-of-week day-of-month month, payload)

# A client that was invited or surveyed rests so many days before it is asked again; 0 = no rest.
CONTACT_REST_DAYS = env.int("CONTACT_REST_DAYS", 30)

# Shipments stop for whoever is overdue for more days than this; 0 = nobody is stopped for that.
SHIPMENT_STOP_DAYS = env.int("SHIPMENT_STOP_DAYS", 60)
# Shipments stop for whoever owes more than the credit limit of its agreements.
SHIPMENT_STOP_OVER_LIMIT = env.bool("SHIPMENT_STOP_OVER_LIMIT", False)

JOB_SCHEDULES = {
    "nightly-rebates": ("accounts.rebates", "20 1 * * *", {}),
    "morning-agreements": ("accounts.agreement_reminders", "10 6 * * *", {}),
    "morning-receivables": ("accounts.receivables", "0 5 * * *", {}),
    "nightly-potential": ("accounts.potential", "45 1 * * *", {}),
    "nightly-ranking": ("scoring.rank_all", "15 2 * * *", {}),
    "nightly-processes": ("accounts.processes", "30 5 * * *", {}),
    "nightly-radar": ("accounts.radar", "40 2 * * *", {}),
    "nightly-goals": ("accounts.goals", "30 2 * * *", {}),
    "plan-actions": ("accounts.plan_actions", "5 6 * * *", {}),
    "promises": ("accounts.promises", "0 6 * * *", {}),
    "task-mail": ("accounts.task_mails", "15 6 * * *", {}),
    "nightly-handovers": ("accounts.handovers", "5 0 * * *", {}),
    "onboardings": ("accounts.onboardings", "5 6 * * *", {}),
    "nightly-thinning": ("scoring.thin_rankings", "10 4 * * *", {}),
    "hourly-audit-seal": ("audit.seal", "20 * * * *", {}),
    "nightly-audit-check": ("audit.verify", "25 4 * * *", {}),
    "hourly-requests": ("jobs.forget_requests", "50 * * * *", {}),
    "nightly-export-files": ("exports.expire", "35 3 * * *", {}),
    "webhook-sweep": ("webhooks.sweep", "*/10 * * * *", {}),
    "nightly-webhook-log": ("webhooks.forget", "35 4 * * *", {}),
    "nightly-connection-keys": ("accounts.connections_reseal", "38 4 * * *", {}),
    "nightly-sign-ins": ("accounts.forget_sign_ins", "42 4 * * *", {}),
    "nightly-removals": ("accounts.removals", "50 3 * * *", {}),
    "nightly-retention": ("accounts.retention", "40 3 * * *", {}),
    "connections": ("accounts.connections_due", "*/15 * * * *", {}),
    "reports": ("reports.due", "*/10 * * * *", {}),
    "ledger": ("reports.read_ledger", "5-59/10 * * * *", {}),
}
if IMAP_URL:
    JOB_SCHEDULES["mailbox"] = ("accounts.mailbox", "*/5 * * * *", {})
if BACKUP_FOLDER:
    JOB_SCHEDULES["nightly-backup"] = ("backup.make", "10 3 * * *", {})
if IMPORT_FOLDER:
    JOB_SCHEDULES["import-folder"] = ("accounts.import_folder", "*/5 * * * *", {})
