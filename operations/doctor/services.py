"""The cache, the mail server, and the queues that wait for others."""

from collections.abc import Iterator
from datetime import timedelta
from secrets import token_hex
from smtplib import SMTPException

import redis
from django.conf import settings
from django.core.mail import get_connection

from libs.cleanup import cleanup_tasks
from libs.outbox.stats import collect_stats
from libs.switches.models import SwitchState
from operations.doctor.findings import FAIL, OK, WARN, Finding, examination
from operations.models import CleanupRun

# Since when a due job, and the clean-up, are late.
LATE_SECONDS = 300
CLEANUP_HOURS = 3


@examination("cache")
def examine_cache() -> Iterator[Finding]:
    """Store, read and delete a value in Redis itself: the cache of the server goes on without it and says nothing."""
    if not settings.REDIS_URL:
        yield Finding(OK, "cache", "is of the process, which is enough for one process")
        return
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=settings.REDIS_TIMEOUT, socket_connect_timeout=settings.REDIS_TIMEOUT
    )
    key = f"h2h:doctor:{token_hex(8)}"
    try:
        client.set(key, "1", ex=60)
        is_good = client.incr(key) == 2 and client.delete(key) == 1
        memory = client.info("memory")
    except redis.RedisError as error:
        advice = "The server goes on without it, more slowly. Correct REDIS_URL, or start Redis."
        yield Finding(FAIL, "cache", f"Redis does not answer: {type(error).__name__}", advice)
        return
    finally:
        client.close()
    yield Finding(
        OK if is_good else FAIL, "cache", "Redis stores, counts and deletes", "" if is_good else "Restart it."
    )
    if memory.get("maxmemory") and memory.get("used_memory", 0) > 0.9 * memory["maxmemory"]:
        yield Finding(WARN, "cache", "Redis is nearly full", "Raise its maxmemory.")


@examination("e-mail")
def examine_email() -> Iterator[Finding]:
    """Connect and log in to the mail server, each within EMAIL_TIMEOUT, and send nothing."""
    if not settings.EMAIL_HOST:
        level = FAIL if settings.PRODUCTION else OK
        yield Finding(level, "e-mail", "e-mails are files", "Set EMAIL_HOST." if level == FAIL else "")
        return
    mail_server = get_connection(timeout=settings.EMAIL_TIMEOUT)
    try:
        mail_server.open()
    except (SMTPException, OSError) as error:
        advice = "Correct EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD and EMAIL_USE_TLS."
        yield Finding(FAIL, "e-mail", f"no login at the mail server: {type(error).__name__}", advice)
    else:
        how = "accepts our login" if settings.EMAIL_HOST_USER else "answers"
        yield Finding(OK, "e-mail", f"the mail server {how}; send_test_email sends an e-mail")
    finally:
        mail_server.close()


@examination("outbox")
def examine_outbox() -> Iterator[Finding]:
    """Look for late, failed and unknown jobs."""
    stats = collect_stats()
    is_late = stats.oldest_seconds > LATE_SECONDS
    text = f"{stats.due} jobs are due, the oldest for {stats.oldest_seconds:.0f} s"
    yield Finding(WARN if is_late else OK, "outbox", text, "Is a worker (run_outbox) running?" if is_late else "")
    if stats.dead:
        advice = "Run manage.py outbox status, then outbox retry --yes."
        yield Finding(WARN, "outbox", f"{stats.dead} jobs have failed for good", advice)
    if stats.unknown:
        text = f"{sum(stats.unknown.values())} jobs wait for a release that knows them"
        yield Finding(WARN, "outbox", text, "Deploy it, or run manage.py outbox drop.")


@examination("cleanup")
def examine_cleanup() -> Iterator[Finding]:
    """Look whether the schedule runs."""
    limit = timedelta(hours=CLEANUP_HOURS)
    late = [task for task in cleanup_tasks() if CleanupRun.objects.is_overdue(task, limit)]
    text = f"not in the last {CLEANUP_HOURS} hours: {', '.join(late)}" if late else "all tasks ran lately"
    advice = "Run manage.py cleanup every hour, and look into its log."
    yield Finding(WARN if late else OK, "cleanup", text, advice if late else "")


@examination("switches")
def examine_switches() -> Iterator[Finding]:
    """Show what is turned off."""
    off = SwitchState.objects.filter(is_on=False).order_by("name")
    for state in off:
        text = f"{state.name} is off since {state.changed_at:%Y-%m-%d %H:%M} UTC, by {state.changed_by}"
        yield Finding(WARN, "switches", text, f"manage.py switch set {state.name} on")
    if not off:
        yield Finding(OK, "switches", "everything is on")
