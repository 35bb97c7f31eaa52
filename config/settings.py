"""Every setting of the server: read from the environment, each with its reason and its unit.

The names in the environment are the names below. docs/settings.md lists them all; a test keeps the two equal.
"""

from datetime import timedelta
from pathlib import Path

import environ
from corsheaders.defaults import default_headers

from config.checks import check_settings

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# ---------------------------------------------------------------------------------------------- shape
# "local" trusts its machine and needs nothing else; "production" refuses to start when something is unsafe.
ENVIRONMENT = env.str("ENVIRONMENT", "local")
PRODUCTION = ENVIRONMENT == "production"
DEBUG = False
# Everything a local server writes: database, pictures, mails, static files. A folder.
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))
# Where the server listens: an address of this machine ("0.0.0.0" is all of them), and a port.
BIND = env.str("BIND", "0.0.0.0" if PRODUCTION else "127.0.0.1")
PORT = env.int("PORT", 8000)
# Where Prometheus reads, on all addresses; no proxy forwards it. A port, or 0 for none.
METRICS_PORT = env.int("METRICS_PORT", 0)
# How long requests that are being answered may go on after SIGTERM; below the pod's termination grace. Seconds.
GRACEFUL_SECONDS = env.int("GRACEFUL_SECONDS", 25)
# Where clients reach the server, without a slash at the end; addresses of local pictures begin with it.
PUBLIC_URL = env.str("PUBLIC_URL", f"http://127.0.0.1:{PORT}")
# Which of several servers this one is: the word that /profile answers to deploy scripts. Letters, digits and "-".
DEPLOY_SLOT = env.str("DEPLOY_SLOT", "default")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["*"])
# gunicorn processes; more than one needs the shared cache. A number.
WORKERS = env.int("WORKERS", 1)
# Requests one process answers at the same time. A number.
THREADS = env.int("THREADS", 8)
# Reverse proxies in front of the server: so many addresses at the right of X-Forwarded-For are believed. A number.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", None if PRODUCTION else 0)

# -------------------------------------------------------------------------------------------- secrets
LOCAL_SECRET = "local-only-secret-that-production-refuses"
# Signs cursors, proofs, verification codes and admin sessions. 50 characters or more.
SECRET_KEY = env.str("SECRET_KEY", LOCAL_SECRET)
# Older keys that still verify while the new one spreads.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Keys of the tokens, "kid:key" each, newest first: the first signs, all verify. HS256: any text of 32 characters or
# more. EdDSA: the private key's PEM in base64.
JWT_KEYS = env.list("JWT_KEYS", default=[f"local:{LOCAL_SECRET}"])
# HS256, or EdDSA where others verify our tokens without being able to make them.
JWT_ALGORITHM = env.str("JWT_ALGORITHM", "HS256")

# ---------------------------------------------------------------------------------------------- rooms
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "corsheaders",
    "django_filters",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "libs.outbox",
    "libs.idempotency",
    "media",
    "accounts",
    "posts",
    "moderation",
    "android",
    "operations",
]
MIDDLEWARE = [
    "config.middleware.HeadMiddleware",
    "operations.health.HealthCheckMiddleware",
    "config.middleware.RequestLogMiddleware",
    "android.middleware.AppWire",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "config.middleware.NoStoreMiddleware",
    "libs.throttling.middleware.RateHeaders",
    "config.middleware.AdminSessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.middleware.RequireContentLengthMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.middleware.AdminAuthenticationMiddleware",
    "config.middleware.AdminMessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
# A redirect turns a POST into a GET; an address is right or it is 404.
APPEND_SLASH = False
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
            ]
        },
    }
]

# ------------------------------------------------------------------------------------------- database
DATABASES = {"default": env.db("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
# Connections one process may hold; WORKERS x pods x this stays below the database's limit. A number.
DATABASE_POOL_SIZE = env.int("DATABASE_POOL_SIZE", THREADS + 2)
# A statement that takes longer is given up. Milliseconds.
DATABASE_STATEMENT_TIMEOUT = env.int("DATABASE_STATEMENT_TIMEOUT", 15_000)
# Runs of a hot statement on one connection before the server keeps its plan; 0 for never, which a pooler in front of
# PostgreSQL may need that hands out connections by transaction. A number.
DATABASE_PREPARE_THRESHOLD = env.int("DATABASE_PREPARE_THRESHOLD", 2)
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # Opening the file anew costs a request as much as all its statements.
    DATABASES["default"]["CONN_MAX_AGE"] = None
    # SQLite makes the file, and not the folder.
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    # Without these, writers that meet fail with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # What the URL asks for, such as ?sslmode=verify-full, stays.
    DATABASES["default"]["OPTIONS"] = DATABASES["default"].get("OPTIONS", {}) | {
        "pool": {
            "min_size": min(2, DATABASE_POOL_SIZE),
            "max_size": DATABASE_POOL_SIZE,
            "timeout": 5,
            # For so long the pool tries by itself to reach a database that is away, at twice the distance each time;
            # then each request has it try anew, so that whoever comes after an outage does not wait for its length.
            "reconnect_timeout": 2,
        },
        "connect_timeout": 5,
        # A database machine that is lost says nothing: without these a thread waits a quarter of an hour for it.
        # Seconds, and milliseconds a little above the longest statement.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": DATABASE_STATEMENT_TIMEOUT + 5_000,
        # Statements of `prepared` are planned by the server once a connection has run them so often, and for good.
        "prepare_threshold": DATABASE_PREPARE_THRESHOLD or None,
        "options": f"-c statement_timeout={DATABASE_STATEMENT_TIMEOUT} -c lock_timeout=5000 "
        "-c plan_cache_mode=force_generic_plan",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---------------------------------------------------------------------------------------------- cache
# The shared cache; without it each process has its own, which serves one process only.
REDIS_URL = env.str("REDIS_URL", "")
# How long an answer of the cache is waited for before the database is asked instead. Seconds.
REDIS_TIMEOUT = env.float("REDIS_TIMEOUT", 0.25)
CACHES = {
    "default": {
        "BACKEND": "config.cache.FaultTolerantRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "h2h",
        "VERSION": 1,
        "OPTIONS": {
            "SOCKET_CONNECT_TIMEOUT": REDIS_TIMEOUT,
            "SOCKET_TIMEOUT": REDIS_TIMEOUT,
            # Not pickle: whoever can write into Redis must not be able to run code here.
            "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
        },
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000}}
}

# ----------------------------------------------------------------------------------------------- mail
# Gmail's is smtp.gmail.com with port 587 and an app password. Without a host, mails are files in VAR_DIR/mail and
# shown on the console.
EMAIL_HOST = env.str("EMAIL_HOST", "")
EMAIL_PORT = env.int("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
# STARTTLS; off only for a mail catcher on the same machine.
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", True)
# A mail server that says nothing for so long is given up and tried again later. Seconds.
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 10)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Heart to Heart <no-reply@heart-to-heart.example>")
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else "config.email_backends.ConsoleFileEmailBackend"
)
EMAIL_FILE_PATH = VAR_DIR / "mail"

# ------------------------------------------------------------------------------------------- pictures
# The bucket of the pictures; without one they are files in VAR_DIR/pictures.
STORAGE_BUCKET = env.str("STORAGE_BUCKET", "")
STORAGE_REGION = env.str("STORAGE_REGION", "ap-northeast-2")
# Only for stores other than AWS.
STORAGE_ENDPOINT = env.str("STORAGE_ENDPOINT", "") or None
# The bucket of what only one member may read, such as exports: never the one above, which everybody reads. Without
# one such files are in VAR_DIR/private.
PRIVATE_BUCKET = env.str("PRIVATE_BUCKET", "")
# Where everybody reads the pictures (the CDN), without a slash at the end.
IMAGE_BASE_URL = env.str("IMAGE_BASE_URL", f"{PUBLIC_URL}/pictures")
MEDIA_ROOT = VAR_DIR / "pictures"
# Half the time a phone waits for an answer; storage that is slower than this is tried again by the client. Seconds.
STORAGE_TIMEOUT = env.float("STORAGE_TIMEOUT", 5.0)
# One picture as it is sent. Bytes.
IMAGE_MAX_BYTES = env.int("IMAGE_MAX_BYTES", 10_485_760)
# Phones make 48 and 50 megapixels. Pixels.
IMAGE_MAX_PIXELS = env.int("IMAGE_MAX_PIXELS", 64_000_000)
# The longest side of what is kept, or up to a twentieth less (media.processing.decoding); at most 4096. Pixels.
IMAGE_LONGEST_SIDE = env.int("IMAGE_LONGEST_SIDE", 2_048)
# Decoders that may open what a stranger sent; one that has a hole is taken out here.
IMAGE_FORMATS = env.list("IMAGE_FORMATS", default=["JPEG", "PNG", "WEBP", "AVIF", "HEIC"])
# Pictures decoded at the same time by one process. A number.
IMAGE_DECODER_THREADS = env.int("IMAGE_DECODER_THREADS", 2)
# What one member may keep. Bytes, and a number of pictures.
IMAGE_QUOTA_BYTES = env.int("IMAGE_QUOTA_BYTES", 5_000_000_000)
IMAGE_QUOTA_COUNT = env.int("IMAGE_QUOTA_COUNT", 10_000)
# A picture that nothing shows for so long is deleted. Hours.
IMAGE_UNREFERENCED_HOURS = env.int("IMAGE_UNREFERENCED_HOURS", 24)
STORAGES = {
    "default": {
        "BACKEND": "media.storage.s3.Bucket",
        "OPTIONS": {
            "bucket_name": STORAGE_BUCKET,
            "region_name": STORAGE_REGION,
            "endpoint_url": STORAGE_ENDPOINT,
        },
    }
    if STORAGE_BUCKET
    else {"BACKEND": "media.storage.local.Disk", "OPTIONS": {"location": MEDIA_ROOT, "base_url": "/pictures/"}},
    "private": {
        "BACKEND": "media.storage.s3.PrivateBucket",
        "OPTIONS": {
            "bucket_name": PRIVATE_BUCKET,
            "region_name": STORAGE_REGION,
            "endpoint_url": STORAGE_ENDPOINT,
        },
    }
    if PRIVATE_BUCKET
    else {
        "BACKEND": "media.storage.local.Disk",
        "OPTIONS": {"location": VAR_DIR / "private", "file_permissions_mode": 0o600},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR_DIR / "static")))
# Locally the files of admin and Swagger are read from the packages when asked for, so that no collectstatic is needed.
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = not PRODUCTION

# ----------------------------------------------------------------------------------------- size limits
# A body without files; the proxy in front lets 110 MB through for ten pictures. Bytes.
DATA_UPLOAD_MAX_MEMORY_SIZE = env.int("DATA_UPLOAD_MAX_MEMORY_SIZE", 262_144)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
DATA_UPLOAD_MAX_NUMBER_FILES = 20
# Larger pictures wait on disk, not in memory. Bytes.
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_HANDLERS = [
    "config.upload_handlers.PageFormLimitHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "media.upload_handlers.NamelessFileHandler",
]
# Where they wait; a read-only root needs a folder with room for 110 MB a request. A folder; else the system's.
FILE_UPLOAD_TEMP_DIR = env.str("FILE_UPLOAD_TEMP_DIR", "") or None

# --------------------------------------------------------------------------------------------- members
AUTH_USER_MODEL = "accounts.Member"
AUTHENTICATION_BACKENDS = ["accounts.sessions.backends.CountedGuesses"]
PASSWORD_HASHERS = ["accounts.credentials.hashers.FrugalArgon2"]
# OWASP's second choice of Argon2id: Django's default takes 100 MiB for each login.
# The shortest password; 15 for staff. Code points.
PASSWORD_MIN_LENGTH = env.int("PASSWORD_MIN_LENGTH", 10)
PASSWORD_MIN_LENGTH_STAFF = env.int("PASSWORD_MIN_LENGTH_STAFF", 15)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.credentials.password_validation.LengthValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "nickname", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.credentials.password_validation.ContextValidator"},
]
# How long a mailed code can be typed in. Seconds from sending.
VERIFICATION_CODE_SECONDS = env.int("VERIFICATION_CODE_SECONDS", 300)
# Wrong guesses one mailed code survives. A number.
VERIFICATION_CODE_GUESSES = env.int("VERIFICATION_CODE_GUESSES", 5)
# How long a confirmed address may be used to join. Seconds.
VERIFICATION_PROOF_SECONDS = env.int("VERIFICATION_PROOF_SECONDS", 1_800)
# Wrong passwords for one account from one network, and from everywhere, before sign-in waits. Numbers.
PASSWORD_GUESSES_PER_NETWORK = env.int("PASSWORD_GUESSES_PER_NETWORK", 10)
PASSWORD_GUESSES_TOTAL = env.int("PASSWORD_GUESSES_TOTAL", 100)
# After so long wrong passwords are forgotten. Seconds.
PASSWORD_GUESS_WINDOW_SECONDS = env.int("PASSWORD_GUESS_WINDOW_SECONDS", 900)
# Life of an access token at the v1 door. Seconds.
ACCESS_TOKEN_SECONDS = env.int("ACCESS_TOKEN_SECONDS", 600)
# The same at the door of the Android app in the store, which renews without a word to its user. Seconds.
ANDROID_ACCESS_TOKEN_SECONDS = env.int("ANDROID_ACCESS_TOKEN_SECONDS", 86_400)
# A refresh token that is not used for so long is over. Days.
REFRESH_TOKEN_IDLE_DAYS = env.int("REFRESH_TOKEN_IDLE_DAYS", 14)
# A login session ends then, however much it is used. Days.
LOGIN_SESSION_MAX_DAYS = env.int("LOGIN_SESSION_MAX_DAYS", 90)
# Devices one member is signed in on at the same time; the one that was idle longest is signed out for a new one.
LOGIN_SESSIONS_PER_MEMBER = env.int("LOGIN_SESSIONS_PER_MEMBER", 30)
# How long events such as a reused token are kept. Days.
SECURITY_EVENT_RETENTION_DAYS = env.int("SECURITY_EVENT_RETENTION_DAYS", 180)
# How long a session known to be alive is not asked for again; the bound on a logout while the cache is away. Seconds.
LOGIN_SESSION_CACHE_SECONDS = env.int("LOGIN_SESSION_CACHE_SECONDS", 30)
# A withdrawn member can come back for so long; then everything is erased. Days.
WITHDRAWAL_GRACE_DAYS = env.int("WITHDRAWAL_GRACE_DAYS", 14)
# A member's export of their data can be fetched for so long; then it is deleted. Days.
EXPORT_RETENTION_DAYS = env.int("EXPORT_RETENTION_DAYS", 7)
# The terms a new member accepts. A date.
TERMS_VERSION = env.str("TERMS_VERSION", "2026-11-01")
# The terms that the Android app in the store shows before joining, whatever the present ones are. A version.
ANDROID_TERMS_VERSION = env.str("ANDROID_TERMS_VERSION", "android-0.0.22")
# That app does not say which language it speaks; letters to who joins there are in this one. A language.
ANDROID_LANGUAGE = env.str("ANDROID_LANGUAGE", "ko")
# Since when v1 is there to be used instead; told in the Deprecation header.
ANDROID_DEPRECATION_DATE = "2026-11-01"
# When the app's addresses go, once that is decided; told in the Sunset header. A date, not before the one above.
ANDROID_SUNSET_DATE = env.str("ANDROID_SUNSET_DATE", "")
# Older clients are told to update. A version.
MINIMUM_CLIENT_VERSION = env.str("MINIMUM_CLIENT_VERSION", "1.0.0")
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(seconds=ACCESS_TOKEN_SECONDS),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=REFRESH_TOKEN_IDLE_DAYS),
    "ALGORITHM": JWT_ALGORITHM,
    "SIGNING_KEY": "unused: accounts.sessions.tokens picks the key by its kid",
    "ISSUER": "heart-to-heart",
    "USER_ID_CLAIM": "sub",
    "TOKEN_TYPE_CLAIM": "typ",
    "UPDATE_LAST_LOGIN": False,
}

# ----------------------------------------------------------------------------------------------- posts
# The longest post. Graphemes: what people count as letters.
POST_MAX_GRAPHEMES = env.int("POST_MAX_GRAPHEMES", 2_000)
# Pictures in one post. A number.
POST_MAX_IMAGES = env.int("POST_MAX_IMAGES", 10)
# Rows in a page: when the client does not say, and at most. Numbers.
PAGE_SIZE = env.int("PAGE_SIZE", 20)
PAGE_SIZE_MAX = env.int("PAGE_SIZE_MAX", 100)

# ------------------------------------------------------------------------------------------ moderation
# What a reporter may say. Graphemes.
REPORT_MAX_GRAPHEMES = env.int("REPORT_MAX_GRAPHEMES", 1_000)
# What reports tell of an erased member is removed then, although one of them is still open. Days.
ERASED_MEMBER_REPORT_DAYS = env.int("ERASED_MEMBER_REPORT_DAYS", 90)
# Whoever leaves with an upheld report, or suspended, does not join anew with the same address for so long. Days.
BANNED_EMAIL_DAYS = env.int("BANNED_EMAIL_DAYS", 365)

# ---------------------------------------------------------------------------------------------- limits
# Off only for load tests; refused in production.
RATE_LIMITS = env.bool("RATE_LIMITS", True)
# How often, in the words of the limits library; several rates are parted by ";". docs/api.md tells what each counts.
THROTTLE_RATES = {
    "code-address": "30/hour",
    "code-email": "5/hour;20/day",
    "confirm-address": "60/hour",
    "sign-up-address": "20/hour",
    "sign-in-address": "60/minute;600/hour",
    "refresh-failure-address": "60/minute",
    "upload-member": "120/hour;600/day",
    "post-member": "60/hour;300/day",
    "edit-member": "60/hour;300/day",
    "search-member": "60/minute;600/hour",
    "password-member": "20/hour",
    "relation-member": "120/minute",
    "report-member": "20/hour;50/day",
    # A page of reading and its pictures' rows is a few requests; a fast thumb stays far below ten a second.
    "read-member": "600/minute",
    "write-member": "120/minute",
    "devices-session": "60/minute",
    "config-address": "1200/minute",
} | env.dict("THROTTLE_RATES", default={})

# ---------------------------------------------------------------------------------------------- outbox
# Local servers run the worker as a thread; elsewhere it is `manage.py run_outbox`.
OUTBOX_THREAD = env.bool("OUTBOX_THREAD", False)
# A job is tried so often before it is kept as dead. A number.
OUTBOX_MAX_ATTEMPTS = env.int("OUTBOX_MAX_ATTEMPTS", 12)
# A job taken by a worker that died is free again then; longer than any handler may take. Seconds.
OUTBOX_LEASE_SECONDS = env.int("OUTBOX_LEASE_SECONDS", 120)
# Done jobs are kept so long for those who look for one. Hours.
OUTBOX_RETENTION_HOURS = env.int("OUTBOX_RETENTION_HOURS", 72)

# ----------------------------------------------------------------------------------------- idempotency
# A request with an Idempotency-Key gets the first answer for so long. Hours.
IDEMPOTENCY_RETENTION_HOURS = env.int("IDEMPOTENCY_RETENTION_HOURS", 24)
# A key whose request died is free again then; longer than any creating request may take. Seconds.
IDEMPOTENCY_LEASE_SECONDS = env.int("IDEMPOTENCY_LEASE_SECONDS", 60)

# ------------------------------------------------------------------------------------------------- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.sessions.authentication.MemberAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "accounts.permissions.TermsAccepted",
    ],
    "DEFAULT_RENDERER_CLASSES": ["libs.api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["libs.api.parsers.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "libs.api.renderers.AlwaysJSON",
    "DEFAULT_SCHEMA_CLASS": "libs.api.openapi.ProblemSchema",
    "DEFAULT_THROTTLE_CLASSES": ["libs.throttling.throttles.Wide"],
    "DEFAULT_FILTER_BACKENDS": [],
    "DEFAULT_PAGINATION_CLASS": None,
    "EXCEPTION_HANDLER": "libs.api.problems.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "NUM_PROXIES": TRUSTED_PROXIES,
    "DATETIME_FORMAT": "iso-8601",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Heart to Heart",
    "VERSION": "1.0.0",
    # 3.0 has no honest way to say that an object may be null.
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "The API of Heart to Heart. Sign-in, paging and errors are told in docs/api.md.",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    # File fields are binary in requests only when requests have components of their own.
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "PREPROCESSING_HOOKS": ["config.openapi.without_the_app"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "libs.api.openapi.add_problem_component",
    ],
}
# Whether /docs/ and the schema are shown to everybody.
API_DOCS = env.bool("API_DOCS", not PRODUCTION)
# A mobile client needs none; a web client's origin is named here.
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/api/"
CORS_EXPOSE_HEADERS = ["X-Request-ID", "Retry-After", "ETag", "RateLimit", "RateLimit-Policy", "Idempotency-Replayed"]
CORS_ALLOW_HEADERS = [*default_headers, "idempotency-key", "if-match", "if-none-match", "x-request-id"]

# ------------------------------------------------------------------------------------------- languages
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ko", "한국어")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]

# --------------------------------------------------------------------------------------------- security
# The edge ends TLS and says so; it overwrites what a client says.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
# An API that redirects http to https hides the mistake of a client that sent its token in the clear.
SECURE_SSL_REDIRECT = False
SILENCED_SYSTEM_CHECKS = ["security.W008"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000 if PRODUCTION else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
# A moderator's admin session. Seconds.
SESSION_COOKIE_AGE = env.int("SESSION_COOKIE_AGE", 28_800)
SESSION_ENGINE = "config.admin_sessions"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "img-src": f"'self' data: {IMAGE_BASE_URL}",
    "style-src": "'self' 'unsafe-inline'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
}

# ------------------------------------------------------------------------------------------------ logs
# The least grave events that are written: DEBUG, INFO, WARNING or ERROR.
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOGGING_CONFIG = "config.logging.configure"
LOGGING = {"level": LOG_LEVEL, "as_json": PRODUCTION}

check_settings(globals())
