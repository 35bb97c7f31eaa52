"""Settings of the server: every value that can differ comes from the environment variable of the same name.

Each comment gives the meaning and the unit. docs/settings.md lists the variables; a test compares their defaults.
"""

from datetime import timedelta
from pathlib import Path

from corsheaders.defaults import default_headers

from config.checks import check_settings
from config.environment import Env
from config.throttle_rates import DEFAULT_THROTTLE_RATES
from libs.replicas.connection import ReplicaConnection

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# ------------------------------------------------------------------------------ environment and server
# "local" needs no other setting; "production" does not start with missing or unsafe ones.
ENVIRONMENT = env.str("ENVIRONMENT", "local")
PRODUCTION = ENVIRONMENT == "production"
DEBUG = False
# Directory of the files that a local server writes: database, images, e-mails, static files, metrics.
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))
# Address and port that the server listens on; 0.0.0.0 is every address of the machine.
BIND = env.str("BIND", "0.0.0.0" if PRODUCTION else "127.0.0.1")
PORT = env.int("PORT", 8000)
# Port for Prometheus, on the address of BIND; 0 turns it off. The proxy must not forward it.
METRICS_PORT = env.int("METRICS_PORT", 0)
# Upper ends of the classes in which requests and statements are counted by their time (django-prometheus). Seconds.
PROMETHEUS_LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, float("inf"))
# Time that running requests have after SIGTERM; shorter than the pod's termination grace period. Seconds.
GRACEFUL_SECONDS = env.int("GRACEFUL_SECONDS", 25)
# URL at which clients reach the server, without a trailing slash; URLs in e-mails and of locally stored images begin
# with it.
PUBLIC_URL = env.str("PUBLIC_URL", f"http://127.0.0.1:{PORT}")
# Name of this server in a blue/green deployment, which /profile returns. Letters, digits and hyphens.
DEPLOY_SLOT = env.str("DEPLOY_SLOT", "default")
# Names and addresses by which a machine reaches itself.
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
# Host names that clients may use.
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["*"])
# The one of them that serves the admin, and nothing else; empty if the admin shares the host of the API.
ADMIN_HOST = env.str("ADMIN_HOST", "")
# Number of gunicorn processes; more than one needs REDIS_URL.
WORKERS = env.int("WORKERS", 1)
# Number of requests that one process handles at the same time.
THREADS = env.int("THREADS", 8)
# Number of requests that wait for a thread of one process; more are refused with 503. Eight for each thread wait for
# eight others, which ends within the 5 s of the Android app as long as a request takes half a second on average.
REQUEST_QUEUE_SIZE = env.int("REQUEST_QUEUE_SIZE", THREADS * 8)
# Number of reverse proxies in front: so many of the last addresses in X-Forwarded-For are trusted.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", None if PRODUCTION else 0)

# -------------------------------------------------------------------------------------------- secrets
LOCAL_SECRET = "local-only-secret-that-production-refuses"
# Key that signs cursors, proofs, verification codes, device secrets and admin sessions. 50 characters or more.
SECRET_KEY = env.str("SECRET_KEY", LOCAL_SECRET)
# Older keys that still verify signatures.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Token keys as "kid:key", newest first: the first signs, all verify. HS256: a text of 32 characters or more. EdDSA: the
# private key's PEM in base64.
JWT_KEYS = env.list("JWT_KEYS", default=[f"local:{LOCAL_SECRET}"])
# HS256, or EdDSA if other services verify the tokens.
JWT_ALGORITHM = env.str("JWT_ALGORITHM", "HS256")

# ------------------------------------------------------------------------------- apps, middleware, URLs
INSTALLED_APPS = [
    "config.apps.AdminConfig",
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
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "libs.outbox",
    "libs.idempotency",
    "libs.switches",
    "media",
    "accounts",
    "posts",
    "comments",
    "moderation",
    "notifications",
    "android",
    "operations",
]
MIDDLEWARE = [
    # First, because it empties the final response.
    "config.middleware.HeadMiddleware",
    # Before the request log and ALLOWED_HOSTS, which do not apply to health checks.
    "operations.health.HealthCheckMiddleware",
    "config.middleware.RequestLogMiddleware",
    "android.middleware.ErrorTranslation",
    "django.middleware.security.SecurityMiddleware",
    "config.page_middleware.PageMiddleware",
    "config.page_middleware.WebClientMiddleware",
    "config.middleware.NoStoreMiddleware",
    "libs.throttling.middleware.RateLimitHeadersMiddleware",
    "config.middleware.AdminHostMiddleware",
    "config.middleware.AcceptedLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.middleware.RequireContentLengthMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# Run by PageMiddleware, in this order, for everything but the API.
PAGE_MIDDLEWARE = [
    "config.middleware.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.AdminSessionMiddleware",
    "config.middleware.AdminAuthenticationMiddleware",
    "config.middleware.AdminSecondFactorMiddleware",
    "config.admin_time_zones.AdminTimeZoneMiddleware",
    "config.middleware.AdminDeviceMiddleware",
    "config.middleware.AdminMessageMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
# Off, because clients follow such a redirect with GET and lose the body of a POST.
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
# Standbys of the primary (streaming replication) that answer reads. URLs of one host each; empty for none.
DATABASES |= {f"replica{number}": each for number, each in enumerate(env.db_list("DATABASE_REPLICA_URLS"), start=1)}
DATABASE_ROUTERS = ["libs.replicas.router.ReplicaRouter"] if len(DATABASES) > 1 else []
# Longest lag of a replica that answers reads. Members who changed something read from the primary for a second longer.
# Measured every second, so that less than 3 would leave good replicas out. Seconds.
DATABASE_REPLICA_MAX_LAG = env.int("DATABASE_REPLICA_MAX_LAG", 5)
# Longest time of one statement. Milliseconds.
DATABASE_STATEMENT_TIMEOUT = env.int("DATABASE_STATEMENT_TIMEOUT", 15_000)
# Executions on a connection after which a compiled query becomes a prepared statement; 0 is never, for poolers such as
# PgBouncer that assign connections by transaction.
DATABASE_PREPARE_THRESHOLD = env.int("DATABASE_PREPARE_THRESHOLD", 2)
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # Opening the file takes as long as all statements of a request, so connections stay open.
    DATABASES["default"]["CONN_MAX_AGE"] = None
    # SQLite creates the file but not its directory.
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    # Without these, concurrent writers fail with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }
else:
    _options = {
        "connect_timeout": 3,
        # Without these, a thread waits a quarter of an hour for a database machine that has disappeared. A long
        # statement does not count, because its machine confirms what it got. Nor does one that hangs, which
        # libs.postgresql gives up. Seconds; the last in milliseconds.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 5_000,
        "prepare_threshold": DATABASE_PREPARE_THRESHOLD or None,
        # Generic plans, so that PostgreSQL plans a prepared statement once per connection. Pages in any order cost on
        # flash memory what they cost in a row; by the default for turning disks, all posts of an author are read and
        # sorted where the index has them in order. Memoize nodes allocate a hash table for all rows that a page could
        # come from, which costs several times what reading the page does.
        "options": f"-c statement_timeout={DATABASE_STATEMENT_TIMEOUT} -c lock_timeout=5000 "
        "-c plan_cache_mode=force_generic_plan -c random_page_cost=1.1 -c enable_memoize=off",
    }
    # A replica that does not answer is given up sooner, because its reads are repeated on the primary. The last is in
    # milliseconds.
    _replica_options = _options | {
        "connection_class": ReplicaConnection,
        "connect_timeout": 2,
        "tcp_user_timeout": 2_000,
    }
    for _alias, _database in DATABASES.items():
        # Our backend has a circuit breaker. check_settings refuses an engine that is not PostgreSQL's.
        _database["ENGINE"] = _database.get("ENGINE", "").replace("django.db.backends.postgresql", "libs.postgresql")
        # Each thread keeps its connection, for an hour, since PostgreSQL frees some memory only at its end. Seconds.
        _database |= {"CONN_MAX_AGE": 3_600, "CONN_HEALTH_CHECKS": True}
        # Options of the URL, such as ?sslmode=verify-full, stay.
        _database.setdefault("OPTIONS", {}).update(_options if _alias == "default" else _replica_options)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---------------------------------------------------------------------------------------------- cache
# Redis for the cache and the rate limits of all processes; without it each process has its own.
REDIS_URL = env.str("REDIS_URL", "")
# Longest wait for Redis before a request goes on without it. Seconds.
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
            # With pickle, anybody who can write to Redis could run code here.
            "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
        },
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000}}
}

# Newest posts that each process keeps rendered for the feed, at 2 kB each; 0 turns this off, as does a server without
# Redis. A number.
FEED_CACHE_POSTS = env.int("FEED_CACHE_POSTS", 400)
# Time after which a process reads them again, even if nothing was changed as far as it knows, and for which Redis
# caches the blocks, follows and mutes of a member. Seconds.
FEED_CACHE_SECONDS = env.int("FEED_CACHE_SECONDS", 3)

# --------------------------------------------------------------------------------------------- e-mail
# SMTP server; Gmail's is smtp.gmail.com and needs an app password. Without one, e-mails are files in VAR_DIR/mail and
# printed on the console.
EMAIL_HOST = env.str("EMAIL_HOST", "")
EMAIL_PORT = env.int("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
# STARTTLS; production allows "off" only for a mail server on the same machine.
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", True)
# Longest wait for the mail server before the job is retried later. Seconds.
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 10)
# Sender of all e-mails.
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Heart to Heart <no-reply@heart-to-heart.example>")
# Where members write for help; e-mails about a changed e-mail address name it.
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", "help@heart-to-heart.example")
EMAIL_BACKEND = "libs.email_delivery.SmtpBackend" if EMAIL_HOST else "config.email_backends.ConsoleFileEmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"

# ------------------------------------------------------------------------------------ push messages
# JSON key of a service account that may send messages of the Firebase project, in base64. Without one, messages are
# printed on the console, and in production none are sent.
FCM_CREDENTIALS = env.str("FCM_CREDENTIALS", "")
# URL of FCM (Firebase Cloud Messaging), without a trailing slash.
FCM_URL = env.str("FCM_URL", "https://fcm.googleapis.com")
# The function that sends a message; empty if none are sent.
PUSH_SENDER = (
    "notifications.push.fcm.send" if FCM_CREDENTIALS else "" if PRODUCTION else "notifications.push.console.send"
)

# ----------------------------------------------------------------------------------- images and files
# Public bucket of the images; without one they are files in VAR_DIR/pictures.
STORAGE_BUCKET = env.str("STORAGE_BUCKET", "")
# Private bucket: exports, images of removed posts, copies of reported images; without one, files in VAR_DIR/private.
PRIVATE_BUCKET = env.str("PRIVATE_BUCKET", "")
STORAGE_REGION = env.str("STORAGE_REGION", "ap-northeast-2")
# URL of the S3 API, for providers other than AWS.
STORAGE_ENDPOINT = env.str("STORAGE_ENDPOINT", "") or None
# URL that every image URL begins with (the CDN), without a trailing slash.
IMAGE_BASE_URL = env.str("IMAGE_BASE_URL", f"{PUBLIC_URL}/pictures")
MEDIA_ROOT = VAR_DIR / "pictures"
# Longest wait for the storage: half the time that the Android app waits for a response. Seconds.
STORAGE_TIMEOUT = env.float("STORAGE_TIMEOUT", 5.0)
# Largest image file that is accepted. Bytes.
IMAGE_MAX_BYTES = env.int("IMAGE_MAX_BYTES", 10_485_760)
# Largest image that is accepted; phones take photos of 48 and 50 megapixels. Pixels.
IMAGE_MAX_PIXELS = env.int("IMAGE_MAX_PIXELS", 64_000_000)
# Longest side of a stored image, or up to 5 % less (see media.processing.decoding); 4096 at most. Pixels.
IMAGE_LONGEST_SIDE = env.int("IMAGE_LONGEST_SIDE", 2_048)
# Formats that are decoded; remove one if its decoder has a security hole.
IMAGE_FORMATS = env.list("IMAGE_FORMATS", default=["JPEG", "PNG", "WEBP", "AVIF", "HEIC"])
# Number of images that one process decodes at the same time, at best as many as there are cores.
IMAGE_DECODER_THREADS = env.int("IMAGE_DECODER_THREADS", 2)
# Storage of one member. Bytes, and number of images.
IMAGE_QUOTA_BYTES = env.int("IMAGE_QUOTA_BYTES", 5_000_000_000)
IMAGE_QUOTA_COUNT = env.int("IMAGE_QUOTA_COUNT", 10_000)
# Time after which an image that no post or avatar uses is deleted. Hours.
IMAGE_UNREFERENCED_HOURS = env.int("IMAGE_UNREFERENCED_HOURS", 24)
_s3_options = {"region_name": STORAGE_REGION, "endpoint_url": STORAGE_ENDPOINT}
# Other servers read static files from the packages. So collectstatic needs no production settings, only STATIC_ROOT.
_static_is_collected = PRODUCTION or "STATIC_ROOT" in env
STORAGES = {
    "default": {"BACKEND": "media.storage.s3.PublicS3Storage", "OPTIONS": {"bucket_name": STORAGE_BUCKET} | _s3_options}
    if STORAGE_BUCKET
    else {"BACKEND": "media.storage.local.LocalStorage", "OPTIONS": {"location": MEDIA_ROOT, "base_url": "/pictures/"}},
    "private": {
        "BACKEND": "media.storage.s3.PrivateS3Storage",
        "OPTIONS": {"bucket_name": PRIVATE_BUCKET} | _s3_options,
    }
    if PRIVATE_BUCKET
    else {
        "BACKEND": "media.storage.local.LocalStorage",
        "OPTIONS": {"location": VAR_DIR / "private", "file_permissions_mode": 0o600},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _static_is_collected
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
STATIC_URL = "/static/"
# Directory that collectstatic writes to, and that a server which names it, or one in production, reads from.
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR_DIR / "static")))
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not _static_is_collected

# ---------------------------------------------------------------------------------------- request size
# Largest body without its files; the proxy accepts 110 MB, enough for ten images. Bytes.
DATA_UPLOAD_MAX_MEMORY_SIZE = env.int("DATA_UPLOAD_MAX_MEMORY_SIZE", 262_144)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
DATA_UPLOAD_MAX_NUMBER_FILES = 20
# Larger uploads are temporary files, smaller ones stay in memory. Bytes.
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_HANDLERS = [
    "config.upload_handlers.PageFormLimitHandler",
    "media.upload_handlers.ImageLimitHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "media.upload_handlers.AnonymousFileUploadHandler",
]
# Directory of temporary files, the system's by default; needs 110 MB for each concurrent request.
FILE_UPLOAD_TEMP_DIR = env.str("FILE_UPLOAD_TEMP_DIR", "") or None

# ----------------------------------------------------------------------------- members: authentication
AUTH_USER_MODEL = "accounts.Member"
AUTHENTICATION_BACKENDS = ["accounts.sessions.backends.RateLimitedBackend"]
PASSWORD_HASHERS = ["accounts.credentials.hashers.LowMemoryArgon2Hasher"]
# Number of passwords that one process hashes at the same time; each takes 19 MiB and one core for some 30 ms.
PASSWORD_HASHER_THREADS = env.int("PASSWORD_HASHER_THREADS", 1)
# Shortest password, and shortest of a staff member. Code points.
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
    {"NAME": "accounts.credentials.password_changes.PasswordChangeListener"},
]
# Wrong passwords for one account: of one network (or known device) in a while before it has to wait, and of all unknown
# devices in a row before only a password reset by e-mail helps (NIST SP 800-63B: at most 100).
PASSWORD_GUESSES_PER_NETWORK = env.int("PASSWORD_GUESSES_PER_NETWORK", 10)
PASSWORD_GUESSES_TOTAL = env.int("PASSWORD_GUESSES_TOTAL", 100)
# Time after which one network's or device's wrong passwords are forgotten. Seconds.
PASSWORD_GUESS_WINDOW_SECONDS = env.int("PASSWORD_GUESS_WINDOW_SECONDS", 900)
# Lifetime of a code that was sent by e-mail, from sending. Seconds.
VERIFICATION_CODE_SECONDS = env.int("VERIFICATION_CODE_SECONDS", 300)
# Wrong guesses at a code that each request, known by its ticket or network, and each other network has.
VERIFICATION_CODE_GUESSES = env.int("VERIFICATION_CODE_GUESSES", 5)
# Wrong guesses at a code by all who did not request it together; one or two networks alone cannot use them up.
VERIFICATION_CODE_GUESSES_TOTAL = env.int("VERIFICATION_CODE_GUESSES_TOTAL", 50)
# Lifetime of the proof that a correct code gives, for example for sign-up. Seconds.
VERIFICATION_PROOF_SECONDS = env.int("VERIFICATION_PROOF_SECONDS", 1_800)
# Lifetime of an access token. Seconds.
ACCESS_TOKEN_SECONDS = env.int("ACCESS_TOKEN_SECONDS", 600)
# Time without use after which a refresh token, and with it its login session, expires. Days.
REFRESH_TOKEN_IDLE_DAYS = env.int("REFRESH_TOKEN_IDLE_DAYS", 14)
# Longest time of a login session, however much it is used. Days.
LOGIN_SESSION_MAX_DAYS = env.int("LOGIN_SESSION_MAX_DAYS", 90)
# Login sessions (devices) of one member; a further login ends the one that was idle longest.
LOGIN_SESSIONS_PER_MEMBER = env.int("LOGIN_SESSIONS_PER_MEMBER", 30)
# Time for which the cache remembers that a login session is valid. If the cache misses a logout, access tokens of the
# session work for so long. Seconds.
LOGIN_SESSION_CACHE_SECONDS = env.int("LOGIN_SESSION_CACHE_SECONDS", 30)
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

# ------------------------------------------------------------------------ members: terms and retention
# Version of the terms that members must accept.
TERMS_VERSION = env.str("TERMS_VERSION", "2026-11-01")
# Web pages with the terms and the privacy policy, which clients open. URLs, or empty where there are none yet.
TERMS_URL = env.str("TERMS_URL", "")
PRIVACY_URL = env.str("PRIVACY_URL", "")
# Oldest version of a v1 client; older ones tell their users to update.
MINIMUM_CLIENT_VERSION = env.str("MINIMUM_CLIENT_VERSION", "1.0.0")
# Time in which a member can cancel the withdrawal; then everything is erased. Days.
WITHDRAWAL_GRACE_DAYS = env.int("WITHDRAWAL_GRACE_DAYS", 14)
# Time for which a member's data export can be downloaded. Days.
EXPORT_RETENTION_DAYS = env.int("EXPORT_RETENTION_DAYS", 7)
# Time for which security events, such as a reused refresh token, are stored. Days.
SECURITY_EVENT_RETENTION_DAYS = env.int("SECURITY_EVENT_RETENTION_DAYS", 180)

# ----------------------------------------------------------------------------------------------- posts
# Longest text of a post. Graphemes, which are characters as people count them.
POST_MAX_GRAPHEMES = env.int("POST_MAX_GRAPHEMES", 2_000)
# Largest number of images in a post.
POST_MAX_IMAGES = env.int("POST_MAX_IMAGES", 10)
# Longest text of a comment. Graphemes.
COMMENT_MAX_GRAPHEMES = env.int("COMMENT_MAX_GRAPHEMES", 500)
# Members whom one member can follow.
FOLLOWS_MAX = env.int("FOLLOWS_MAX", 7_500)
# Default and largest number of items on a page.
PAGE_SIZE = env.int("PAGE_SIZE", 20)
PAGE_SIZE_MAX = env.int("PAGE_SIZE_MAX", 100)

# ------------------------------------------------------------------------------------------ moderation
# Longest text of a report. Graphemes.
REPORT_MAX_GRAPHEMES = env.int("REPORT_MAX_GRAPHEMES", 1_000)
# Time for which reports keep texts and images of an erased member while one of them is open. Days.
ERASED_MEMBER_REPORT_DAYS = env.int("ERASED_MEMBER_REPORT_DAYS", 90)
# Longest time for which the e-mail address of a member who withdrew while suspended, or with an upheld report, cannot
# sign up again. Days.
BANNED_EMAIL_DAYS = env.int("BANNED_EMAIL_DAYS", 365)

# --------------------------------------------------------------------------------------- Android API
# Lifetime of an access token of the Android app. Seconds.
ANDROID_ACCESS_TOKEN_SECONDS = env.int("ANDROID_ACCESS_TOKEN_SECONDS", 86_400)
# Version of the terms that the app shows before sign-up.
ANDROID_TERMS_VERSION = env.str("ANDROID_TERMS_VERSION", "android-0.0.22")
# Language of members who sign up with the app, which does not send one.
ANDROID_LANGUAGE = env.str("ANDROID_LANGUAGE", "ko")
# Time for which the app can sign up with a confirmed address; shorter than in v1, since it shows no proof. Seconds.
ANDROID_CONFIRMATION_SECONDS = env.int("ANDROID_CONFIRMATION_SECONDS", 600)
# Time after the confirmation in which only the network that confirmed (/24, /48) can sign up with the address. Seconds.
ANDROID_CONFIRMATION_NETWORK_SECONDS = env.int("ANDROID_CONFIRMATION_NETWORK_SECONDS", 180)
# Dates of the Deprecation and Sunset headers; no sunset is announced while its date is empty.
ANDROID_DEPRECATION_DATE = "2026-11-01"
ANDROID_SUNSET_DATE = env.str("ANDROID_SUNSET_DATE", "")

# ----------------------------------------------------------------------------------------- rate limits
# Turn off for load tests only; production refuses it.
RATE_LIMITS = env.bool("RATE_LIMITS", True)
# Rates by scope; a scope that is not given keeps its rate of config/throttle_rates.py.
THROTTLE_RATES = DEFAULT_THROTTLE_RATES | env.dict("THROTTLE_RATES", default={})

# ------------------------------------------------------------------------------ outbox and idempotency
# Run outbox workers as threads of the server, as `make run` does; otherwise use `manage.py run_outbox`.
OUTBOX_THREAD = env.bool("OUTBOX_THREAD", False)
# Jobs that one worker process runs at the same time, by lane: each lane has threads of its own. Most of an e-mail is
# waiting for the mail server. Numbers.
OUTBOX_WORKERS = {"email": 6, "files": 1, "exports": 1, "push": 2, "bulk": 1, "default": 1}
OUTBOX_WORKERS |= env.dict("OUTBOX_WORKERS", default={})
# Attempts after which a job has failed for good.
OUTBOX_MAX_ATTEMPTS = env.int("OUTBOX_MAX_ATTEMPTS", 12)
# Time after which the job of a killed worker is free again; longer than any handler runs. Seconds.
OUTBOX_LEASE_SECONDS = env.int("OUTBOX_LEASE_SECONDS", 120)
# Time for which finished jobs are stored. Hours.
OUTBOX_RETENTION_HOURS = env.int("OUTBOX_RETENTION_HOURS", 72)
# Time for which a repeated request with the same Idempotency-Key gets the stored response. Hours.
IDEMPOTENCY_RETENTION_HOURS = env.int("IDEMPOTENCY_RETENTION_HOURS", 24)
# Time after which the key of an interrupted request is free again; longer than any creating request runs. Seconds.
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
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "libs.api.renderers.JSONOnlyNegotiation",
    "DEFAULT_SCHEMA_CLASS": "libs.api.openapi.ProblemSchema",
    "DEFAULT_THROTTLE_CLASSES": ["libs.throttling.throttles.DefaultRateLimit"],
    "DEFAULT_FILTER_BACKENDS": [],
    "DEFAULT_PAGINATION_CLASS": None,
    "EXCEPTION_HANDLER": "libs.api.problems.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "NUM_PROXIES": TRUSTED_PROXIES,
    "DATETIME_FORMAT": "iso-8601",
}
# Whom developers of clients write to; shown in the API documents.
API_CONTACT_EMAIL = env.str("API_CONTACT_EMAIL", "api@heart-to-heart.example")
SPECTACULAR_SETTINGS = {
    "TITLE": "Heart to Heart",
    "VERSION": "1.0.0",
    # OpenAPI 3.0 cannot describe a reference that may be null.
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "The API of Heart to Heart. docs/api.md explains login, pagination and errors.",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVERS": [{"url": "/", "description": "The server that this document came from."}],
    "CONTACT": {"name": "Heart to Heart", "email": API_CONTACT_EMAIL},
    "LICENSE": {"name": "Proprietary", "identifier": "LicenseRef-Proprietary"},
    "TAGS": [
        {"name": "verification-codes", "description": "Codes by e-mail that prove an address."},
        {"name": "members", "description": "Sign-up, search, profiles, followers."},
        {"name": "sessions", "description": "Login, token renewal, logout, devices."},
        {"name": "password-resets", "description": "A new password with a code by e-mail."},
        {"name": "me", "description": "One's own profile, credentials, exports and withdrawal."},
        {"name": "follows", "description": "Following members."},
        {"name": "blocks", "description": "Blocking members."},
        {"name": "posts", "description": "Publishing, feeds, search, edits, deletion."},
        {"name": "mutes", "description": "Muting members, whose posts leave one's own feeds."},
        {"name": "hearts", "description": "Hearts for posts."},
        {"name": "saved", "description": "Posts that a member keeps in a list of their own."},
        {"name": "comments", "description": "Comments on posts, and replies to them."},
        {
            "name": "notifications",
            "description": "What happened to oneself and one's posts, and which kinds of it one wants to know.",
        },
        {"name": "push-subscription", "description": "Where push messages for one's device go."},
        {"name": "push-subscriptions", "description": "All of one's own devices that get push messages."},
        {"name": "images", "description": "Images that are uploaded before the post that shows them."},
        {"name": "reports", "description": "Reports of members, posts and comments."},
        {"name": "appeals", "description": "Objections to decisions about oneself."},
        {"name": "config", "description": "Limits and versions for clients."},
    ],
    "SERVE_INCLUDE_SCHEMA": False,
    # drf-spectacular describes file fields of requests as binary only with components of their own.
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_NAME_OVERRIDES": {
        "ExportState": ["queued", "running", "ready", "failed", "expired"],
        "ReportReason": "moderation.serializers.V1_REASONS",
        "NotificationKind": "notifications.models.kinds.Kind.values",
        "PushAddressKind": ["token", "installation"],
        "ReportState": ["open", "dismissed", "upheld"],
        "ReportSubject": ["member", "post", "comment"],
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "PREPROCESSING_HOOKS": ["config.openapi.exclude_android"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "libs.api.openapi.add_problem_component",
    ],
}
# Whether /docs/ and the OpenAPI documents are served.
API_DOCS = env.bool("API_DOCS", not PRODUCTION)
# Origins of web clients; mobile clients need none.
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
FORMAT_MODULE_PATH = ["config.formats"]
# Time zone of the times in e-mails and sentences for members, who have none of their own.
MEMBER_TIME_ZONE = env.str("MEMBER_TIME_ZONE", "Asia/Seoul")

# -------------------------------------------------------------------------------------------- security
# The proxy terminates TLS and overwrites this header of clients.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
# Off, because a redirect would hide that a client sends its token over unencrypted HTTP.
SECURE_SSL_REDIRECT = False
# The last three look in MIDDLEWARE for what the admin needs, which is in PAGE_MIDDLEWARE.
SILENCED_SYSTEM_CHECKS = ["security.W008", "admin.E408", "admin.E409", "admin.E410"]
# Time for which browsers insist on TLS. Seconds.
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000 if PRODUCTION else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
# Lifetime of a session in the admin. Seconds.
SESSION_COOKIE_AGE = env.int("SESSION_COOKIE_AGE", 28_800)
SESSION_ENGINE = "config.admin_sessions"
# With this prefix, browsers accept the cookies over TLS only, and from no other host of the domain (RFC 6265bis).
SESSION_COOKIE_NAME = "__Host-sessionid" if PRODUCTION else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if PRODUCTION else "csrftoken"
# Whether staff must show a code of their authenticator app after the password.
ADMIN_SECOND_FACTOR = env.bool("ADMIN_SECOND_FACTOR", PRODUCTION)
# Name under which authenticator apps show the codes of the admin.
OTP_TOTP_ISSUER = "Heart to Heart" if PRODUCTION else f"Heart to Heart {ENVIRONMENT}"
# Time zone in which the admin shows times until a moderator chooses another one.
ADMIN_TIME_ZONE = env.str("ADMIN_TIME_ZONE", "Asia/Seoul")
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    # Without the slash, the path of the URL would be that of the only file that browsers show (CSP 3, 6.7.2.12).
    "img-src": f"'self' data: {IMAGE_BASE_URL}/",
    "style-src": "'self' 'unsafe-inline'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
}

# --------------------------------------------------------------------------------------------- logging
# Lowest level that is logged: DEBUG, INFO, WARNING or ERROR.
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOGGING_CONFIG = "config.logging.configure"
LOGGING = {"level": LOG_LEVEL, "as_json": PRODUCTION}

check_settings(globals())
