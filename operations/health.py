"""Health checks for load balancers and deploy scripts: /livez, /readyz and /profile."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

ALLOWED_METHODS = ("GET", "HEAD")
TEXT = "text/plain; charset=utf-8"
NO_STORE = {"Cache-Control": "no-store"}
# A database that answers later than this counts as away. Seconds.
DATABASE_TIMEOUT = 2.0
# The check runs in a thread, so that a database that hangs does not hang the response.
_executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="readyz")


class HealthCheckMiddleware:
    """Answer health checks before ALLOWED_HOSTS is checked, because they call a pod by its IP address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        health_check = HEALTH_CHECKS.get(request.path_info)
        if health_check is None:
            return self.get_response(request)
        if request.method not in ALLOWED_METHODS:
            return HttpResponseNotAllowed(ALLOWED_METHODS, content_type=TEXT)
        return health_check()


def livez() -> HttpResponse:
    """Return 200 without checking anything else, so that a database outage restarts no pods."""
    return HttpResponse("ok", content_type=TEXT, headers=NO_STORE)


def readyz() -> HttpResponse:
    """Return 200 if the database answers and is migrated, else 503; the state of the cache is only reported."""
    database = _database_state()
    return JsonResponse(
        {"database": database, "cache": _cache_state()},
        status=200 if database == "ok" else 503,
        headers=NO_STORE,
    )


def deploy_slot() -> HttpResponse:
    """Return DEPLOY_SLOT; the deploy scripts of the Android app's server look for "staging" in it."""
    return HttpResponse(settings.DEPLOY_SLOT, content_type=TEXT, headers=NO_STORE)


def _database_state() -> str:
    check = _executor.submit(_check_database)
    try:
        return check.result(timeout=DATABASE_TIMEOUT)
    except Exception as error:  # noqa: BLE001 - whatever a driver raises, the server is not ready
        # A check that has not started must not delay the next one.
        check.cancel()
        return f"away: {type(error).__name__}"


def _check_database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "ok" if _is_migrated() else "migrations pending"
    finally:
        connection.close_if_unusable_or_obsolete()


_migrated = False


def _is_migrated() -> bool:
    # A positive result is remembered: migrations are not undone while the process lives.
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def _cache_state() -> str:
    try:
        cache.set("readyz", "ok", 10)
        return "ok" if cache.get("readyz") == "ok" else "away"
    except Exception:  # noqa: BLE001 - an outage of the cache does not make the server unready
        return "away"


HEALTH_CHECKS = {"/livez": livez, "/readyz": readyz, "/profile": deploy_slot}
