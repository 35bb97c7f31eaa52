"""Checks of the settings that run at every start and raise ImproperlyConfigured."""

import json
import os
import re
from base64 import b64decode
from collections.abc import Mapping
from datetime import date
from ipaddress import ip_address
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured
from django.core.mail.message import sanitize_address
from limits import parse_many

# Names that the environment may still hold, and what they are called now.
RENAMED_SETTINGS = {
    "ACCESS_SECONDS": "ACCESS_TOKEN_SECONDS",
    "ANDROID_ACCESS_SECONDS": "ANDROID_ACCESS_TOKEN_SECONDS",
    "ANDROID_SUNSET": "ANDROID_SUNSET_DATE",
    "BANNED_ADDRESS_DAYS": "BANNED_EMAIL_DAYS",
    "CODE_GUESSES": "VERIFICATION_CODE_GUESSES",
    "CODE_SECONDS": "VERIFICATION_CODE_SECONDS",
    "DATABASE_PREPARE_AFTER": "DATABASE_PREPARE_THRESHOLD",
    "EXPORT_DAYS": "EXPORT_RETENTION_DAYS",
    "IDEMPOTENCY_KEEP_HOURS": "IDEMPOTENCY_RETENTION_HOURS",
    "IMAGE_DECODERS": "IMAGE_DECODER_THREADS",
    "IMAGE_UNSHOWN_HOURS": "IMAGE_UNREFERENCED_HOURS",
    "OUTBOX_ATTEMPTS": "OUTBOX_MAX_ATTEMPTS",
    "OUTBOX_KEEP_HOURS": "OUTBOX_RETENTION_HOURS",
    "PASSWORD_GUESSES_FAR": "PASSWORD_GUESSES_TOTAL",
    "PASSWORD_GUESSES_NEAR": "PASSWORD_GUESSES_PER_NETWORK",
    "PASSWORD_GUESS_SECONDS": "PASSWORD_GUESS_WINDOW_SECONDS",
    "PICTURES_URL": "IMAGE_BASE_URL",
    "PROOF_SECONDS": "VERIFICATION_PROOF_SECONDS",
    "RATES": "THROTTLE_RATES",
    "REFRESH_IDLE_DAYS": "REFRESH_TOKEN_IDLE_DAYS",
    "REPORT_ERASED_DAYS": "ERASED_MEMBER_REPORT_DAYS",
    "SECURITY_EVENT_DAYS": "SECURITY_EVENT_RETENTION_DAYS",
    "SESSIONS_MAX": "LOGIN_SESSIONS_PER_MEMBER",
    "SESSION_ABSOLUTE_DAYS": "LOGIN_SESSION_MAX_DAYS",
    "SESSION_CACHE_SECONDS": "LOGIN_SESSION_CACHE_SECONDS",
    "SHAPE": "ENVIRONMENT",
    "SLOT": "DEPLOY_SLOT",
}
# What is read of the key of a service account.
SERVICE_ACCOUNT_KEY = {"project_id", "client_email", "private_key", "token_uri"}
OUTBOX_LANES = ("email", "files", "exports", "push", "bulk", "default")


def check_settings(settings: Mapping[str, Any], environ: Mapping[str, str] = os.environ) -> None:
    """Raise ImproperlyConfigured with every fault of the settings, so that an operator can fix them in one go."""
    faults = [*_renamed(environ), *_general_faults(settings)]
    if settings["PRODUCTION"]:
        faults += _production_faults(settings) + _storage_faults(settings) + _cleartext_faults(settings)
    if faults:
        raise ImproperlyConfigured("The server cannot start with these settings:\n- " + "\n- ".join(faults))


def _renamed(environ: Mapping[str, str]) -> list[str]:
    return [
        f"{old} is called {new} now: rename it in the environment."
        for old, new in RENAMED_SETTINGS.items()
        if old in environ
    ]


def _general_faults(settings: Mapping[str, Any]) -> list[str]:
    faults = []
    if settings["ENVIRONMENT"] not in ("local", "production"):
        faults.append("ENVIRONMENT must be local or production.")
    if not _is_host(settings["BIND"]):
        faults.append("BIND must be an IP address or the name of a host, without a port: PORT is a setting of its own.")
    if not _is_sender(settings["DEFAULT_FROM_EMAIL"]):
        faults.append('DEFAULT_FROM_EMAIL must be one address. A comma needs quotes: "Heart, to Heart" <no-reply@...>.')
    if settings["IMAGE_LONGEST_SIDE"] > 4096:
        faults.append("IMAGE_LONGEST_SIDE must be at most 4096 pixels.")
    if settings["WORKERS"] > 1 and not settings["REDIS_URL"]:
        faults.append("WORKERS is above 1 without REDIS_URL: processes need a shared cache. Set it, or WORKERS=1.")
    if settings["JWT_ALGORITHM"] not in ("HS256", "EdDSA"):
        faults.append("JWT_ALGORITHM must be HS256 or EdDSA.")
    if not re.fullmatch("[A-Za-z0-9-]+", settings["DEPLOY_SLOT"]):
        faults.append("DEPLOY_SLOT must be one word of letters, digits and hyphens, for example staging1.")
    return [
        *faults,
        *_admin_faults(settings),
        *_worker_faults(settings["OUTBOX_WORKERS"]),
        *_push_faults(settings["FCM_CREDENTIALS"]),
        *_replica_faults(settings),
        *_rate_faults(settings["THROTTLE_RATES"]),
        *_sunset_faults(settings["ANDROID_SUNSET_DATE"], settings["ANDROID_DEPRECATION_DATE"]),
    ]


def _admin_faults(settings: Mapping[str, Any]) -> list[str]:
    faults = []
    if settings["ADMIN_HOST"] and not {settings["ADMIN_HOST"], "*"} & {*settings["ALLOWED_HOSTS"]}:
        faults.append("ADMIN_HOST must be one of ALLOWED_HOSTS, without a port: add it there too.")
    zones = [name for name in ("ADMIN_TIME_ZONE", "MEMBER_TIME_ZONE") if settings[name] not in available_timezones()]
    return [*faults, *(f"{name} must be the name of a time zone, for example Asia/Seoul." for name in zones)]


def _worker_faults(workers: Mapping[str, Any]) -> list[str]:
    return [
        f"OUTBOX_WORKERS: {lane}={number}. Name lanes ({', '.join(OUTBOX_LANES)}) with 1 worker or more."
        for lane, number in workers.items()
        if lane not in OUTBOX_LANES or not str(number).isdecimal() or int(number) < 1
    ]


def _push_faults(credentials: str) -> list[str]:
    try:
        # With line breaks, as `base64` writes them.
        key = json.loads(b64decode(credentials)) if credentials else dict.fromkeys(SERVICE_ACCOUNT_KEY)
    # Also for bytes that are no base64, no UTF-8 or no JSON.
    except ValueError:
        key = None
    if isinstance(key, dict) and key.keys() >= SERVICE_ACCOUNT_KEY:
        return []
    return ["FCM_CREDENTIALS must be the JSON key of a service account in base64 (base64 -w0 key.json), or empty."]


def _is_host(text: str) -> bool:
    # gunicorn would take a port from it, and all addresses of the machine for nothing.
    try:
        ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        return re.fullmatch("[A-Za-z0-9.-]*[A-Za-z][A-Za-z0-9.-]*", text) is not None
    return True


def _is_sender(text: str) -> bool:
    try:
        return "@" in sanitize_address(text, "utf-8")
    # TypeError for a name without an address.
    except (ValueError, TypeError):
        return False


def _replica_faults(settings: Mapping[str, Any]) -> list[str]:
    faults = []
    engines = [each.get("ENGINE", "") for each in settings["DATABASES"].values()]
    if len(engines) > 1 and not all("postgresql" in engine for engine in engines):
        faults.append("DATABASE_REPLICA_URLS needs PostgreSQL in each URL, one host in each, and in DATABASE_URL.")
    if settings["DATABASE_REPLICA_MAX_LAG"] < 3:
        faults.append("DATABASE_REPLICA_MAX_LAG must be at least 3 seconds: replicas are measured every second.")
    return faults


def _rate_faults(rates: Mapping[str, str]) -> list[str]:
    faults = []
    for scope, rate in rates.items():
        try:
            parse_many(rate)
        except ValueError:
            faults.append(f"THROTTLE_RATES: {scope}={rate} is not a rate. Write 30/hour, or 5/hour;20/day.")
    return faults


def _sunset_faults(sunset: str, deprecation: str) -> list[str]:
    try:
        # A sunset must not be earlier than the deprecation (RFC 9745, 4).
        if not sunset or date.fromisoformat(sunset) >= date.fromisoformat(deprecation):
            return []
    except ValueError:
        return ["ANDROID_SUNSET_DATE must be a date such as 2027-06-30, or empty while there is none."]
    return [f"ANDROID_SUNSET_DATE must not be before {deprecation}, the date of the deprecation."]


def _production_faults(settings: Mapping[str, Any]) -> list[str]:
    # In the local secrets of every release; all of them are public.
    local = "local-only-secret"
    faults = []
    if len(settings["SECRET_KEY"]) < 50 or local in settings["SECRET_KEY"]:
        faults.append("SECRET_KEY is missing, the local one, or shorter than 50 characters.")
    if any(len(key) < 50 or local in key for key in settings["SECRET_KEY_FALLBACKS"]):
        faults.append("SECRET_KEY_FALLBACKS contains the local key, or one shorter than 50 characters: remove it.")
    if any(local in key or len(key.partition(":")[2]) < 32 for key in settings["JWT_KEYS"]) or not settings["JWT_KEYS"]:
        faults.append("JWT_KEYS is missing, the local one, or has a key shorter than 32 characters (kid:key,kid:key).")
    if settings["TRUSTED_PROXIES"] is None:
        faults.append("TRUSTED_PROXIES is not set: give the number of proxies in front of the server (0 for none).")
    if not settings["ALLOWED_HOSTS"] or "*" in settings["ALLOWED_HOSTS"]:
        faults.append("ALLOWED_HOSTS is empty or allows any host: list the host names that clients use.")
    if not settings["RATE_LIMITS"]:
        faults.append("RATE_LIMITS is off, which is for load tests only.")
    if not settings["EMAIL_HOST"]:
        faults.append("EMAIL_HOST is not set: nobody could sign up.")
    if "sqlite" in settings["DATABASES"]["default"]["ENGINE"]:
        faults.append("DATABASE_URL is not set: production needs PostgreSQL.")
    if not settings["REDIS_URL"]:
        faults.append("REDIS_URL is not set: all processes must share revoked sessions and rate limits.")
    return faults


def _storage_faults(settings: Mapping[str, Any]) -> list[str]:
    faults = []
    if not settings["STORAGE_BUCKET"]:
        faults.append("STORAGE_BUCKET is not set: images on the server's own disk are lost with it.")
    if settings["PRIVATE_BUCKET"] in ("", settings["STORAGE_BUCKET"]):
        faults.append("PRIVATE_BUCKET is not set, or is STORAGE_BUCKET: private files would be public.")
    return faults


def _cleartext_faults(settings: Mapping[str, Any]) -> list[str]:
    faults = [
        f"{name} must begin with https://: members read that page before they sign up."
        for name in ("TERMS_URL", "PRIVACY_URL")
        if not settings[name].startswith("https://")
    ]
    if "@" not in settings["SUPPORT_EMAIL"] or settings["SUPPORT_EMAIL"].endswith("heart-to-heart.example"):
        faults.append("SUPPORT_EMAIL is not set: members whose address was changed by somebody else write to it.")
    if not settings["IMAGE_BASE_URL"].startswith("https://"):
        faults.append("IMAGE_BASE_URL must begin with https://, because every image URL begins with it.")
    if not settings["PUBLIC_URL"].startswith("https://"):
        faults.append("PUBLIC_URL must begin with https://, because links in e-mails begin with it.")
    if not settings["FCM_URL"].startswith("https://"):
        faults.append("FCM_URL must begin with https://, because our access token and nicknames are sent there.")
    if not settings["EMAIL_USE_TLS"] and settings["EMAIL_HOST"] not in settings["LOCAL_HOSTS"]:
        faults.append("EMAIL_USE_TLS is off for a remote mail server: e-mails would be sent unencrypted.")
    return faults
