"""What load balancers and deploy scripts ask: is the process alive, may traffic come, and which server is it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.core.cache import cache as shared_cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

READING, PLAIN = ("GET", "HEAD"), "text/plain; charset=utf-8"
NOT_STORED = {"Cache-Control": "no-store"}
# A database that is slower than this is not one to send people to. Seconds.
PATIENCE = 2.0
# The database is asked in a thread of its own, so that one which hangs does not hang the answer.
_asking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="readyz")


class HealthCheckMiddleware:
    """Answers /livez, /readyz and /profile before ALLOWED_HOSTS is asked: probes call a pod by its address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info)
        if probe is None:
            return self.get_response(request)
        return probe() if request.method in READING else HttpResponseNotAllowed(READING, content_type=PLAIN)


def livez() -> HttpResponse:
    """The process answers; nothing else is asked, so that a database that blinks restarts no pod."""
    return HttpResponse("ok", content_type=PLAIN, headers=NOT_STORED)


def readyz() -> HttpResponse:
    """200 when the database answers and is migrated, 503 otherwise; the cache is reported and decides nothing."""
    database = _database()
    return JsonResponse(
        {"database": database, "cache": _cache()},
        status=200 if database == "ok" else 503,
        headers=NOT_STORED,
    )


def profile() -> HttpResponse:
    """The one word of DEPLOY_SLOT: the deploy scripts around the Android app's server look for "staging" in it."""
    return HttpResponse(settings.DEPLOY_SLOT, content_type=PLAIN, headers=NOT_STORED)


def _database() -> str:
    asked = _asking.submit(_ask_database)
    try:
        return asked.result(timeout=PATIENCE)
    except Exception as failure:  # noqa: BLE001 - whatever a driver raises, no traffic should come
        # Nobody waits for this answer any more; the next question must not stand in line behind it.
        asked.cancel()
        return f"away: {type(failure).__name__}"


def _ask_database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "ok" if _is_migrated() else "migrations pending"
    finally:
        connection.close()


_migrated = False


def _is_migrated() -> bool:
    """Whether every migration of this code has run; once it has, nobody takes it back while the process lives."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def _cache() -> str:
    try:
        shared_cache.set("readyz", "ok", 10)
        return shared_cache.get("readyz") or "away"
    except Exception:  # noqa: BLE001 - reported, never a reason to refuse traffic
        return "away"


PROBES = {"/livez": livez, "/readyz": readyz, "/profile": profile}
