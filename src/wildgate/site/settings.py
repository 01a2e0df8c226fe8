"""Django settings of a Wildgate installation; what an operator may change is in `env.py`."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from wildgate.site import env

HERE = Path(__file__).resolve().parent
HOME = env.home()
PARTY = env.party()
PARTY_NAME = env.text("WILDGATE_PARTY_NAME")
NOTE_DAYS = env.number("WILDGATE_NOTE_DAYS", 1, 365)
NOTES_A_DAY = env.number("WILDGATE_NOTES_A_DAY", 0, 1_000_000)
VERIFY_A_MINUTE = env.number("WILDGATE_VERIFY_A_MINUTE", 0, 1_000_000)
AT_WORK = env.number("WILDGATE_AT_WORK", 1, 64)
WAITING = env.number("WILDGATE_WAITING", 0, 500)
WAIT_SECONDS = env.number("WILDGATE_WAIT_SECONDS", 1, 60)
APPEAL_DAYS = env.number("WILDGATE_APPEAL_DAYS", 1, 3650)
BASE_URL = env.text("WILDGATE_BASE_URL").rstrip("/")
DEMO = env.yes("WILDGATE_DEMO") or (HOME / "demo-world").exists()
DEBUG = env.yes("WILDGATE_DEBUG")
SECRET_KEY = env.secret_key()
PKCS11 = env.text("WILDGATE_PKCS11")
PKCS11_PIN = env.text("WILDGATE_PKCS11_PIN")
TSA_URL = env.text("WILDGATE_TSA_URL")
TSA_CERTIFICATES = tuple(filter(None, [env.file("WILDGATE_TSA_CERTIFICATES")]))
TSA_ARCHIVE = env.yes("WILDGATE_TSA_ARCHIVE")
ALLOWED_HOSTS = env.hosts()
ROOT_URLCONF = "wildgate.site.urls"
WSGI_APPLICATION = "wildgate.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = env.databases(HOME)
REPORTS_LAG = env.number("WILDGATE_REPORTS_LAG", 0, 86_400)

INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
    "django.contrib.staticfiles", "django.contrib.humanize",
    "allauth", "allauth.account", "allauth.mfa", "allauth.usersessions", "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect", "axes", "csp", "django_htmx",
    "wildgate.site.apps.SiteConfig", "wildgate.kit.apps.KitConfig", "wildgate.kit.uploads.apps.UploadsConfig",
    "wildgate.kit.cleaning.apps.CleaningConfig",
    "wildgate.apps.accounts.apps.AccountsConfig", "wildgate.apps.gateway.apps.GatewayConfig",
    "wildgate.apps.partners.apps.PartnersConfig",
    "wildgate.apps.houserules.apps.HouseRulesConfig",
    "wildgate.apps.species.apps.SpeciesConfig", "wildgate.apps.quotas.apps.QuotasConfig",
    "wildgate.apps.registers.apps.RegistersConfig", "wildgate.apps.stock.apps.StockConfig",
    "wildgate.apps.findings.apps.FindingsConfig", "wildgate.apps.fees.apps.FeesConfig",
    "wildgate.apps.permits.apps.PermitsConfig", "wildgate.apps.simplified.apps.SimplifiedConfig",
    "wildgate.apps.paper.apps.PaperConfig",
    "wildgate.apps.balances.apps.BalancesConfig", "wildgate.apps.goods.apps.GoodsConfig",
    "wildgate.apps.customs.apps.CustomsConfig", "wildgate.apps.risk.apps.RiskConfig",
    "wildgate.apps.declarations.apps.DeclarationsConfig", "wildgate.apps.carriers.apps.CarriersConfig",
    "wildgate.apps.inspections.apps.InspectionsConfig", "wildgate.apps.exchange.apps.ExchangeConfig",
    "wildgate.apps.hub.apps.HubConfig",
    "wildgate.apps.duties.apps.DutiesConfig", "wildgate.apps.privacy.apps.PrivacyConfig",
    "wildgate.apps.reports.apps.ReportsConfig",
    "wildgate.apps.enquiries.apps.EnquiriesConfig", "wildgate.apps.confirmations.apps.ConfirmationsConfig",
    "wildgate.apps.national.apps.NationalConfig",
    "wildgate.apps.letters.apps.LettersConfig",
    "wildgate.apps.controls.apps.ControlsConfig", "wildgate.apps.figures.apps.FiguresConfig",
    "wildgate.apps.explorer.apps.ExplorerConfig", "wildgate.apps.signals.apps.SignalsConfig",
    "wildgate.apps.platforms.apps.PlatformsConfig", "wildgate.apps.intelligence.apps.IntelligenceConfig",
    "wildgate.apps.tips.apps.TipsConfig", "wildgate.apps.market.apps.MarketConfig",
    "wildgate.apps.notices.apps.NoticesConfig", "wildgate.apps.campaigns.apps.CampaignsConfig",
    "wildgate.apps.portal.apps.PortalConfig",
]
MIDDLEWARE = [
    "wildgate.kit.tracks.TrackMiddleware", "django.middleware.gzip.GZipMiddleware",
    "wildgate.site.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware", "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware", "wildgate.site.shedding.StraightMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware", "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware", "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware", "wildgate.kit.typed_signs.TypedSignsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "wildgate.site.shedding.RecognisedMiddleware", "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware", "django_htmx.middleware.HtmxMiddleware",
    "wildgate.apps.partners.caller.ClientCertificateMiddleware",
    "wildgate.apps.accounts.gate.ActorMiddleware", "wildgate.apps.accounts.gate.SecondFactorMiddleware",
    "wildgate.site.wrong_way.WrongWayMiddleware",
    "wildgate.site.profiles.ProfileMiddleware",
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
PROFILE = env.choice("WILDGATE_PROFILE", ("base", "full"))
ROOMS = frozenset(filter(None, env.text("WILDGATE_ROOMS").split(",")))

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("name", "email")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "wildgate.apps.accounts.adapter.ClosedSignup"
ACCOUNT_FORMS = {name: f"wildgate.apps.accounts.forms_signin.{form}" for name, form in (
    ("login", "Login"), ("reauthenticate", "PasswordOnceMore"), ("add_email", "AddEmail"),
    ("reset_password", "ResetPassword"), ("reset_password_from_key", "ResetPasswordKey"),
    ("change_password", "ChangePassword"), ("set_password", "SetPassword"))}
MFA_FORMS = {name: f"wildgate.apps.accounts.forms_signin.{form}" for name, form in (
    ("activate_totp", "ActivateTOTP"), ("authenticate", "Authenticate"), ("reauthenticate", "Reauthenticate"),
    ("edit_webauthn", "EditPasskey"))}
MFA_ADAPTER = "wildgate.apps.accounts.adapter.OurFactors"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Wildgate: "
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Wildgate"
OIDC_ISSUER = env.issuer()
OIDC_NAME = env.text("WILDGATE_OIDC_NAME")
OIDC_STRONG = env.yes("WILDGATE_OIDC_STRONG")
SOCIALACCOUNT_ADAPTER = "wildgate.apps.accounts.identity.InvitedOnly"
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {
    "provider_class": "wildgate.apps.accounts.identity.NationalProvider",
    "APPS": [{"provider_id": "national", "name": OIDC_NAME, "client_id": env.text("WILDGATE_OIDC_CLIENT"),
              "secret": env.text("WILDGATE_OIDC_SECRET"),
              "settings": {"server_url": OIDC_ISSUER.rstrip("/")}}] if OIDC_ISSUER else [],
}}
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
CLIENT_CERT_HEADER = env.text("WILDGATE_CLIENT_CERT_HEADER")
TRUSTED_PROXIES = env.networks("WILDGATE_TRUSTED_PROXIES")
HUB = env.yes("WILDGATE_HUB")
HUB_KEEP_HOURS = env.number("WILDGATE_HUB_KEEP_HOURS", 0, 8760)
BEHIND_PROXY = env.yes("WILDGATE_BEHIND_PROXY")
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
CONTENT_SECURITY_POLICY = {"DIRECTIVES": {
    "default-src": [SELF], "script-src": [SELF], "style-src": [SELF], "img-src": [SELF, "data:"], "object-src": [NONE],
    "base-uri": [SELF], "form-action": [SELF, *env.origin("WILDGATE_OIDC_ISSUER")], "frame-ancestors": [NONE],
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
STATICFILES_DIRS = [HERE / "static"]
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": HOME / "documents"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_TIMEOUT = 10
CLAMD = env.text("WILDGATE_CLAMD")
METRICS_TOKEN = env.text("WILDGATE_METRICS_TOKEN")
WEBHOOK_LOOPBACK = env.yes("WILDGATE_WEBHOOK_LOOPBACK")
PASSKEYS_FOR = env.names("WILDGATE_PASSKEYS_FOR")
ALLOW_INNER = env.inside("WILDGATE_ALLOW_INNER")
globals().update(env.mail(env.text("WILDGATE_EMAIL_URL"), HOME, env.text("WILDGATE_SENDER")))

LOGGING = {
    "version": 1, "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s [%(track)s] %(message)s"},
                   "json": {"()": "wildgate.kit.tracks.AsJson"}},
    "filters": {
        "track": {"()": "wildgate.kit.tracks.Tracked"},
        "no-soap-faults": {  # SOAP 1.1 gives a fault the status 500: for the partner to mend, not for us
            "()": "django.utils.log.CallbackFilter", "callback": lambda record: bool(record.exc_info) or not getattr(
                getattr(record, "request", None), "path", "").startswith("/epix/")},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": ["track"],
                            "formatter": "json" if env.text("WILDGATE_LOG") == "json" else "line"}},
    "loggers": {"django.request": {"filters": ["no-soap-faults"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
