"""Django settings of a Wildgate installation; what an operator may change is in `env.py`."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from wildgate.site import env

HERE = Path(__file__).resolve().parent
HOME = env.home()
PARTY = env.text("WILDGATE_PARTY").upper()
PARTY_NAME = env.text("WILDGATE_PARTY_NAME")
NOTE_DAYS = env.number("WILDGATE_NOTE_DAYS", 1, 365)
NOTES_A_DAY = env.number("WILDGATE_NOTES_A_DAY", 0, 1_000_000)
BASE_URL = env.text("WILDGATE_BASE_URL").rstrip("/")
DEMO = env.yes("WILDGATE_DEMO") or (HOME / "demo-world").exists()
DEBUG = env.yes("WILDGATE_DEBUG")
SECRET_KEY = env.secret_key()
PKCS11 = env.text("WILDGATE_PKCS11")
PKCS11_PIN = env.text("WILDGATE_PKCS11_PIN")
TSA_URL = env.text("WILDGATE_TSA_URL")
TSA_CERTIFICATES = tuple(filter(None, [env.file("WILDGATE_TSA_CERTIFICATES")]))
TSA_ARCHIVE = env.yes("WILDGATE_TSA_ARCHIVE")
ALLOWED_HOSTS = [host.strip() for host in env.text("WILDGATE_HOSTS").split(",") if host.strip()]
ROOT_URLCONF = "wildgate.site.urls"
WSGI_APPLICATION = "wildgate.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": env.database(env.text("DATABASE_URL"), HOME, durable=env.yes("WILDGATE_DURABLE"))}

INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
    "django.contrib.staticfiles", "django.contrib.humanize",
    "allauth", "allauth.account", "allauth.mfa", "axes", "csp", "django_htmx",
    "wildgate.site.apps.SiteConfig", "wildgate.kit.apps.KitConfig", "wildgate.kit.uploads.apps.UploadsConfig",
    "wildgate.apps.accounts.apps.AccountsConfig",
    "wildgate.apps.species.apps.SpeciesConfig", "wildgate.apps.quotas.apps.QuotasConfig",
    "wildgate.apps.registers.apps.RegistersConfig", "wildgate.apps.stock.apps.StockConfig",
    "wildgate.apps.findings.apps.FindingsConfig",
    "wildgate.apps.permits.apps.PermitsConfig",
    "wildgate.apps.paper.apps.PaperConfig",
    "wildgate.apps.customs.apps.CustomsConfig", "wildgate.apps.reports.apps.ReportsConfig",
    "wildgate.apps.enquiries.apps.EnquiriesConfig",
]
MIDDLEWARE = [
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware", "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware", "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware", "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware", "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware", "django_htmx.middleware.HtmxMiddleware",
    "wildgate.apps.accounts.gate.ActorMiddleware", "wildgate.apps.accounts.gate.SecondFactorMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [HERE / "templates"], "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages", "django.template.context_processors.i18n",
        "wildgate.site.context.shell",
    ]},
}]

STOCK = env.text("WILDGATE_STOCK")
SPECIMENS = env.text("WILDGATE_SPECIMENS")

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "wildgate.apps.accounts.adapter.ClosedSignup"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Wildgate"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "wildgate.apps.accounts.adapter.tried_address"
ACCOUNT_RATE_LIMITS = {"login_failed": False}  # django-axes counts failures, for all processes together
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_VERBOSE = False

SECURE = urlsplit(BASE_URL).scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "wildgate.site.views.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.yes("WILDGATE_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {"DIRECTIVES": {
    "default-src": [SELF], "script-src": [SELF], "style-src": [SELF], "img-src": [SELF, "data:"], "object-src": [NONE],
    "base-uri": [SELF], "form-action": [SELF], "frame-ancestors": [NONE],
}}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_000_000

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("es", _("Spanish")), ("ar", _("Arabic"))]
LOCALE_PATHS = [HERE / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [HERE / "static"]
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": HOME / "documents"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
globals().update(env.mail(env.text("WILDGATE_EMAIL_URL"), HOME, env.text("WILDGATE_SENDER")))

LOGGING = {
    "version": 1, "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
