"""The settings of the outbox without the server's apps, so that processes of these tests start quickly."""

from config.settings import (
    DATABASE_STATEMENT_TIMEOUT,
    DATABASES,
    DEFAULT_AUTO_FIELD,
    OUTBOX_LEASE_SECONDS,
    OUTBOX_MAX_ATTEMPTS,
    OUTBOX_RETENTION_HOURS,
    OUTBOX_WORKERS,
    SECRET_KEY,
    USE_TZ,
)

INSTALLED_APPS = ["libs.outbox", "tests.libs.outbox.slow_jobs"]

__all__ = [
    "DATABASES",
    "DATABASE_STATEMENT_TIMEOUT",
    "DEFAULT_AUTO_FIELD",
    "INSTALLED_APPS",
    "OUTBOX_LEASE_SECONDS",
    "OUTBOX_MAX_ATTEMPTS",
    "OUTBOX_RETENTION_HOURS",
    "OUTBOX_WORKERS",
    "SECRET_KEY",
    "USE_TZ",
]
