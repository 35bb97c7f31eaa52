"""Settings, keys, proxies and the disk."""

import shutil
import tempfile
from collections.abc import Iterator

from django.conf import settings
from django.core import checks

from accounts.sessions.tokens import KeyRing
from operations.doctor.findings import FAIL, OK, WARN, Finding, examination

# What one upload may take on the disk, as the proxy in front limits it. Bytes.
UPLOAD_BYTES = 110 * 1_048_576


@examination("settings")
def examine_settings() -> Iterator[Finding]:
    """Run Django's checks and ours; the start has refused settings that are wrong in themselves."""
    messages = checks.run_checks(include_deployment_checks=settings.PRODUCTION)
    found = [message for message in messages if not message.is_silenced()]
    for message in found:
        level = FAIL if message.level >= checks.ERROR else WARN
        yield Finding(level, "settings", f"{message.id}: {message.msg}", message.hint or "")
    if not found:
        yield Finding(OK, "settings", f"complete for ENVIRONMENT={settings.ENVIRONMENT}")
    if not settings.PRODUCTION:
        yield Finding(WARN, "settings", "ENVIRONMENT is local", "Set ENVIRONMENT=production where members are served.")


@examination("keys")
def examine_keys() -> Iterator[Finding]:
    """Load each token key, without showing any."""
    names = [key.partition(":")[0] for key in settings.JWT_KEYS]
    try:
        KeyRing(settings.JWT_ALGORITHM, tuple(settings.JWT_KEYS), "doctor")
    except (ValueError, TypeError):
        yield Finding(FAIL, "keys", "a key in JWT_KEYS cannot be read", "See docs/operations.md, Changing keys.")
        return
    yield Finding(OK, "keys", f"{names[0]} signs tokens, {', '.join(names)} verify them")
    if settings.SECRET_KEY_FALLBACKS:
        number = len(settings.SECRET_KEY_FALLBACKS)
        yield Finding(WARN, "keys", f"{number} old SECRET_KEYs are accepted", "Remove each a month after its change.")


@examination("proxies")
def examine_proxies() -> Iterator[Finding]:
    """Say how many proxies are trusted: no request is here whose header could be compared."""
    number = settings.TRUSTED_PROXIES or 0
    text = f"{number} proxies in front are trusted"
    if settings.PRODUCTION and not number:
        advice = "Behind a proxy all members would share the rate limits of its address: set TRUSTED_PROXIES."
        yield Finding(WARN, "proxies", text, advice)
    else:
        yield Finding(OK, "proxies", text)


@examination("disk")
def examine_disk() -> Iterator[Finding]:
    """Compare the room for temporary files of uploads with what all threads may need at once."""
    folder = settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir()
    free, needed = shutil.disk_usage(folder).free, UPLOAD_BYTES * settings.THREADS * settings.WORKERS
    text = f"{free // 1_048_576:,} MB are free for uploads, which may need {needed // 1_048_576:,} MB"
    level = OK if free >= needed else WARN if free >= UPLOAD_BYTES else FAIL
    yield Finding(level, "disk", text, "" if level == OK else "Set FILE_UPLOAD_TEMP_DIR to a larger file system.")
