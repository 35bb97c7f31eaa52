"""What the production shape refuses to start with."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from limits import parse_many


def refuse_unsafe(settings: Mapping[str, Any]) -> None:
    """Raise ImproperlyConfigured, naming every fault at once, so that an operator fixes them in one go."""
    if settings["ENVIRONMENT"] not in ("local", "production"):
        raise ImproperlyConfigured('ENVIRONMENT is "local" or "production".')
    if settings["IMAGE_LONGEST_SIDE"] > 4096:
        raise ImproperlyConfigured("IMAGE_LONGEST_SIDE is at most 4096 pixels.")
    faults = list(_shared_faults(settings))
    if settings["PRODUCTION"]:
        faults += _production_faults(settings) + _clear_text_faults(settings)
    if faults:
        raise ImproperlyConfigured("The server does not start like this:\n- " + "\n- ".join(faults))


def _shared_faults(settings: Mapping[str, Any]) -> list[str]:
    faults = []
    if settings["WORKERS"] > 1 and not settings["REDIS_URL"]:
        faults.append("WORKERS is above 1 without REDIS_URL: set it, or WORKERS=1. Processes must share a cache.")
    if settings["JWT_ALGORITHM"] not in ("HS256", "EdDSA"):
        faults.append("JWT_ALGORITHM is HS256 or EdDSA.")
    for scope, rate in settings["THROTTLE_RATES"].items():
        try:
            parse_many(rate)
        except ValueError:
            faults.append(f"THROTTLE_RATES: {scope}={rate} is no rate; write 30/hour, or 5/hour;20/day.")
    if not re.fullmatch("[A-Za-z0-9-]+", settings["DEPLOY_SLOT"]):
        faults.append("DEPLOY_SLOT is no single word of letters, digits and hyphens; write staging1.")
    return faults + _sunset_faults(settings["ANDROID_SUNSET_DATE"], settings["ANDROID_DEPRECATION_DATE"])


def _sunset_faults(sunset: str, deprecated: str) -> list[str]:
    try:
        # Nothing goes before it is said to be going (RFC 9745, 4).
        if not sunset or date.fromisoformat(sunset) >= date.fromisoformat(deprecated):
            return []
    except ValueError:
        return ["ANDROID_SUNSET_DATE is no date; write 2027-06-30, or nothing while the day is not decided."]
    return [f"ANDROID_SUNSET_DATE is before {deprecated}, since when the app's addresses are deprecated."]


def _clear_text_faults(settings: Mapping[str, Any]) -> list[str]:
    faults = []
    if not settings["IMAGE_BASE_URL"].startswith("https://"):
        faults.append("IMAGE_BASE_URL does not begin with https://: every picture's address is made of it.")
    if not settings["EMAIL_USE_TLS"] and settings["EMAIL_HOST"] not in ("localhost", "127.0.0.1", "::1"):
        faults.append("EMAIL_USE_TLS is off for a mail server elsewhere: codes would travel in clear text.")
    return faults


def _production_faults(settings: Mapping[str, Any]) -> list[str]:
    local = settings["LOCAL_SECRET"]
    faults = []
    if len(settings["SECRET_KEY"]) < 50 or local in settings["SECRET_KEY"]:
        faults.append("SECRET_KEY is missing, the local one, or shorter than 50 characters.")
    if any(local in key or len(key.partition(":")[2]) < 32 for key in settings["JWT_KEYS"]) or not settings["JWT_KEYS"]:
        faults.append("JWT_KEYS is missing, the local one, or has a key shorter than 32 characters (kid:key,kid:key).")
    if settings["TRUSTED_PROXIES"] is None:
        faults.append("TRUSTED_PROXIES is not set: say how many proxies stand in front (0 for none).")
    if not settings["ALLOWED_HOSTS"] or "*" in settings["ALLOWED_HOSTS"]:
        faults.append("ALLOWED_HOSTS names no host, or any host: name those that clients use.")
    if not settings["RATE_LIMITS"]:
        faults.append("RATE_LIMITS is off, which is for load tests only.")
    if not settings["EMAIL_HOST"]:
        faults.append("EMAIL_HOST is not set: nobody could sign up.")
    if "sqlite" in settings["DATABASES"]["default"]["ENGINE"]:
        faults.append("DATABASE_URL is not set: production needs PostgreSQL.")
    if not settings["REDIS_URL"]:
        faults.append("REDIS_URL is not set: workers, commands and the next release must see one logout and one limit.")
    return faults + _storage_faults(settings)


def _storage_faults(settings: Mapping[str, Any]) -> list[str]:
    faults = []
    if not settings["STORAGE_BUCKET"]:
        faults.append("STORAGE_BUCKET is not set: pictures on a server's own disk are lost with it.")
    if settings["PRIVATE_BUCKET"] in ("", settings["STORAGE_BUCKET"]):
        faults.append("PRIVATE_BUCKET is not set, or is STORAGE_BUCKET: everybody could read what is one member's.")
    return faults
