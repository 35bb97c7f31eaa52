"""The server's own database and outbox with none of its rooms: processes of these tests start quickly."""

from config.settings import (
    DATABASES,
    DEFAULT_AUTO_FIELD,
    OUTBOX_ATTEMPTS,
    OUTBOX_KEEP_HOURS,
    OUTBOX_LEASE_SECONDS,
    SECRET_KEY,
    USE_TZ,
)

INSTALLED_APPS = ["libs.outbox", "tests.libs.outbox.slow_jobs"]

__all__ = [
    "DATABASES",
    "DEFAULT_AUTO_FIELD",
    "INSTALLED_APPS",
    "OUTBOX_ATTEMPTS",
    "OUTBOX_KEEP_HOURS",
    "OUTBOX_LEASE_SECONDS",
    "SECRET_KEY",
    "USE_TZ",
]
